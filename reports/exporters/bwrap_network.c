#include "reports/exporters/bwrap_losses.h"
#include "reports/exporters/endpoint.h"

/* Whether the agent itself listens where it connects to. */
static bool is_served(const struct policy *policy, const struct endpoint *to)
{
	for (size_t i = 0; i < policy->count; i++) {
		struct endpoint own;

		if (!rule_endpoint(&policy->rule[i], &own) || !rule_is_listening(&policy->rule[i]))
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

bool rule_is_inward(const struct policy *policy, const struct rule *rule)
{
	struct endpoint endpoint;

	if (rule->own) /* the run listens there, on this machine */
		return true;
	if (!rule_endpoint(rule, &endpoint))
		return false;
	if (rule->action == ACTION_RESOLVE)
		return is_own_resolver(policy, endpoint);
	if (!rule_is_listening(rule))
		return host_is_loopback(endpoint.host) && is_served(policy, &endpoint);
	/* Port 0 is any free one: a socket that nobody was told of. */
	return host_is_loopback(endpoint.host) ||
	       (host_is_any(endpoint.host) && bytes_equal(endpoint.port, bytes_of("0")));
}

bool policy_needs_network(const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_HOST &&
		    !rule_is_inward(policy, &policy->rule[i]))
			return true;
	return false;
}

void plan_network(struct plan *plan, const struct policy *policy)
{
	plan->network = policy_needs_network(policy);
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
