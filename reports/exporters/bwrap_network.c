#include "reports/exporters/bwrap_losses.h"

#include <arpa/inet.h>
#include <string.h>

/* "tcp/[::1]:80" taken apart; all of it borrowed. */
struct endpoint {
	struct bytes protocol, host, port;
};

static bool endpoint_of(struct bytes name, struct endpoint *ret)
{
	const char *slash = name.size ? memchr(name.data, '/', name.size) : NULL;
	const char *colon = name.size ? memrchr(name.data, ':', name.size) : NULL;
	struct bytes host;

	if (!slash || !colon || colon < slash)
		return false;
	host = (struct bytes){ slash + 1, (size_t)(colon - slash) - 1 };
	if (host.size > 1 && host.data[0] == '[' && host.data[host.size - 1] == ']')
		host = (struct bytes){ host.data + 1, host.size - 2 };
	ret->protocol = (struct bytes){ name.data, (size_t)(slash - name.data) };
	ret->host = host;
	ret->port = (struct bytes){ colon + 1, (size_t)(name.data + name.size - colon) - 1 };
	return true;
}

/* Only as an address: a name may lead anywhere. */
static bool host_is_loopback(struct bytes host)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in_addr in;
	struct in6_addr in6;

	if (bytes_equal(host, bytes_of("localhost")))
		return true;
	if (!host.size || host.size >= sizeof text)
		return false;
	memcpy(text, host.data, host.size);
	if (inet_pton(AF_INET, text, &in) == 1)
		return ntohl(in.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, text, &in6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&in6) || (IN6_IS_ADDR_V4MAPPED(&in6) && in6.s6_addr[12] == 127);
}

static bool host_is_any(struct bytes host)
{
	return bytes_equal(host, bytes_of("0.0.0.0")) || bytes_equal(host, bytes_of("::"));
}

static bool is_listening(const struct rule *rule)
{
	return rule->action == ACTION_BIND || rule->action == ACTION_ACCEPT;
}

static bool rule_endpoint(const struct rule *rule, struct endpoint *ret)
{
	return rule->resource == RESOURCE_HOST && rule->match.count == 1 &&
	       rule->match.token[0].kind == TOKEN_LITERAL &&
	       endpoint_of(rule->match.token[0].literal, ret);
}

/* Whether the agent itself listens where it connects to. */
static bool is_served(const struct policy *policy, const struct endpoint *to)
{
	for (size_t i = 0; i < policy->count; i++) {
		struct endpoint own;

		if (!rule_endpoint(&policy->rule[i], &own) || !is_listening(&policy->rule[i]))
			continue;
		if (bytes_equal(own.protocol, to->protocol) && host_is_loopback(own.host) &&
		    bytes_equal(own.port, to->port))
			return true;
	}
	return false;
}

/* What is looked up at a resolver that the agent runs itself: "dns/name:53", over UDP or TCP. */
static bool is_own_resolver(const struct policy *policy, struct endpoint resolver)
{
	resolver.protocol = bytes_of("udp");
	if (is_served(policy, &resolver))
		return true;
	resolver.protocol = bytes_of("tcp");
	return is_served(policy, &resolver);
}

/* Whether a loopback interface of its own does for the rule. */
static bool is_inward(const struct policy *policy, const struct rule *rule)
{
	struct endpoint endpoint;

	if (rule->own) /* the run listens there, on this machine */
		return true;
	if (!rule_endpoint(rule, &endpoint))
		return false;
	if (rule->action == ACTION_RESOLVE)
		return is_own_resolver(policy, endpoint);
	if (!is_listening(rule))
		return host_is_loopback(endpoint.host) && is_served(policy, &endpoint);
	/* Port 0 is any free one: a socket that nobody was told of. */
	return host_is_loopback(endpoint.host) ||
	       (host_is_any(endpoint.host) && bytes_equal(endpoint.port, bytes_of("0")));
}

void plan_network(struct plan *plan, const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_HOST &&
		    !is_inward(policy, &policy->rule[i]))
			plan->network = true;
}

void host_losses(const struct plan *plan, const struct rule *rule, struct losses *losses)
{
	if (plan->network && rule->action == ACTION_RESOLVE)
		losses_add(losses, rule, LOSS_WIDENED,
			   "any name of any resolver: bubblewrap does not see what is asked");
	else if (plan->network)
		losses_add(losses, rule, LOSS_WIDENED,
			   "any host and any port: bubblewrap knows the whole network or none");
}
