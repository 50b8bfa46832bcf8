#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"

#include "core/policy.h"

#include <inttypes.h>

/* What a rule is to the two chains. */
struct match {
	const struct rule *rule;
	struct endpoint endpoint;
	enum host_kind kind;
	unsigned port;
	size_t index; /* of the rule, for the name of its set */
};

/* Why nftables cannot hold the rule, or NULL. */
static const char *refusal(struct match *match)
{
	struct endpoint *endpoint = &match->endpoint;

	if (match->rule->action == ACTION_RESOLVE)
		return "packets are not looked into: what may be asked is the resolver's rule";
	if (!rule_endpoint(match->rule, endpoint))
		return "nftables knows no hosts of this kind";
	if (!endpoint_is(endpoint, "tcp") && !endpoint_is(endpoint, "udp"))
		return "neither TCP nor UDP";
	match->kind = host_kind(endpoint->host);
	match->port = endpoint_port(endpoint);
	if (match->kind == HOST_NAME && !host_is_plain(endpoint->host))
		return "no name of a host";
	if (match->kind == HOST_NAME && rule_is_listening(match->rule))
		return "nobody listens at a name";
	return NULL;
}

/* Whether nftables can hold the rule; tells why not. */
static bool take(const struct policy *policy, size_t index, struct match *match,
		 struct losses *losses)
{
	const struct rule *rule = &policy->rule[index];
	const char *reason;

	*match = (struct match){ .rule = rule, .index = index };
	if (rule->resource != RESOURCE_HOST)
		return false;
	reason = refusal(match);
	if (reason)
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
	return !reason;
}

static bool is_named(const struct match *match)
{
	return match->kind == HOST_NAME && rule_is_sending(match->rule);
}

static void match_losses(const struct match *match, struct losses *losses)
{
	const struct rule *rule = match->rule;

	if (is_named(match))
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "the sets h%zu_4 and h%zu_6 are empty: something has to add the "
			   "addresses of the name, and to keep them true",
			   match->index, match->index);
	if (!match->port && rule->action != ACTION_BIND)
		losses_add(losses, rule, LOSS_WIDENED, "any port");
	if (rule->action == ACTION_BIND)
		losses_add(losses, rule, LOSS_WIDENED,
			   "any port can be bound; nobody reaches one that may not accept");
}

static bool has_rate(const struct rule *rule)
{
	return rule->rate_per_second || rule->rate_per_minute || rule->rate_per_hour;
}

/* What nftables can say of conditions it says. */
static void rate_losses(const struct rule *rule, struct losses *losses)
{
	struct rule rest = *rule;
	size_t from = losses->count;

	if (rule_is_sending(rule) && has_rate(rule)) {
		losses_add(losses, rule, LOSS_NARROWED,
			   "so often at even intervals, not as soon as it likes");
		if (rule->action == ACTION_SEND)
			losses_add(losses, rule, LOSS_WIDENED,
				   "what is sent after an answer is not counted");
		rest.rate_per_second = rest.rate_per_minute = rest.rate_per_hour = rest.burst = 0;
	}
	condition_losses(&rest, losses);
	while (from < losses->count)
		losses->loss[from++].rule = rule;
}

/* NFTNL_UDATA_COMMENT_MAXLEN, with its NUL; a longer name is for readers only. */
#define COMMENT_MAX 127

static void write_sets(const struct match *match, struct buffer *out)
{
	struct bytes host = match->endpoint.host;
	int size = (int)host.size;

	for (int version = 4; version <= 6; version += 2) {
		buffer_printf(out, "\tset h%zu_%d {", match->index, version);
		if (size <= COMMENT_MAX)
			buffer_printf(out, "\n\t\tcomment \"%.*s\"", size, host.data);
		else
			buffer_printf(out, " # %.*s", size, host.data);
		buffer_printf(out, "\n\t\ttype %s\n\t\tflags timeout\n\t}\n",
			      version == 4 ? "ipv4_addr" : "ipv6_addr");
	}
}

/* Of a rule, so that it holds for both families together. */
struct rate {
	const char *unit;
	int64_t rate, burst;
};

static void rates_of(const struct rule *rule, struct rate ret[static 3])
{
	ret[0] = (struct rate){ "second", rule->rate_per_second, 1 };
	ret[1] = (struct rate){ "minute", rule->rate_per_minute, rule->burst ? rule->burst : 1 };
	ret[2] = (struct rate){ "hour", rule->rate_per_hour, 1 };
}

static void declare_rates(const struct match *match, struct buffer *out)
{
	struct rate rate[3];

	rates_of(match->rule, rate);
	for (int i = 0; i < 3; i++)
		if (rate[i].rate)
			buffer_printf(out,
				      "\tlimit l%zu_%s {\n\t\trate %" PRId64 "/%s burst %" PRId64
				      " packets\n\t}\n",
				      match->index, rate[i].unit, rate[i].rate, rate[i].unit,
				      rate[i].burst);
}

static void write_rates(const struct match *match, struct buffer *out)
{
	struct rate rate[3];

	if (!has_rate(match->rule))
		return;
	rates_of(match->rule, rate);
	buffer_add(out, "ct state new ");
	for (int i = 0; i < 3; i++)
		if (rate[i].rate)
			buffer_printf(out, "limit name \"l%zu_%s\" ", match->index, rate[i].unit);
}

static void write_port(const struct match *match, struct buffer *out)
{
	int size = (int)match->endpoint.protocol.size;

	if (match->port)
		buffer_printf(out, "%.*s dport %u ", size, match->endpoint.protocol.data,
			      match->port);
	else
		buffer_printf(out, "meta l4proto %.*s ", size, match->endpoint.protocol.data);
}

static void write_end(const struct match *match, const struct losses *losses, struct buffer *out)
{
	buffer_add(out, "accept");
	buffer_printf(out, "  # %s", match->rule->id);
	comment_wider("#", losses, &match->rule, 1, out);
	buffer_add_char(out, '\n');
}

static void write_line(const struct match *match, const char *end, const struct losses *losses,
		       struct buffer *out)
{
	int size = (int)match->endpoint.host.size;
	const char *host = match->endpoint.host.data;

	for (int version = 4; version <= 6; version += 2) {
		const char *family = version == 4 ? "ip" : "ip6";

		if (match->kind == (version == 4 ? HOST_IPV6 : HOST_IPV4))
			continue;
		buffer_add(out, "\t\t");
		if (host_is_any(match->endpoint.host) && rule_is_listening(match->rule))
			buffer_printf(out, "meta nfproto ipv%d ", version);
		else if (match->kind != HOST_NAME)
			buffer_printf(out, "%s %s %.*s ", family, end, size, host);
		else
			buffer_printf(out, "%s %s @h%zu_%d ", family, end, match->index, version);
		write_port(match, out);
		write_rates(match, out);
		write_end(match, losses, out);
	}
}

static void write_chain(const struct policy *policy, bool out_of, struct losses *unused,
			const struct losses *losses, struct buffer *out)
{
	buffer_printf(out,
		      "\tchain %s {\n\t\ttype filter hook %s priority filter; policy drop;\n"
		      "\t\tct state established,related accept\n"
		      "\t\ticmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, "
		      "nd-router-advert } accept\n",
		      out_of ? "out" : "in", out_of ? "output" : "input");
	for (size_t i = 0; i < policy->count; i++) {
		struct match match;

		if (!take(policy, i, &match, unused))
			continue;
		if (out_of ? rule_is_sending(match.rule) : match.rule->action == ACTION_ACCEPT)
			write_line(&match, "daddr", losses, out);
	}
	if (out_of)
		buffer_add(out, "\t\treject with icmpx type admin-prohibited\n");
	buffer_add(out, "\t}\n");
}

static void write_table(const struct policy *policy, const struct losses *losses,
			struct buffer *out)
{
	scoped(losses) struct losses unused = { 0 };

	buffer_add(out, "table inet pare\ndelete table inet pare\ntable inet pare {\n");
	for (size_t i = 0; i < policy->count; i++) {
		struct match match;

		if (!take(policy, i, &match, &unused))
			continue;
		if (is_named(&match))
			write_sets(&match, out);
		declare_rates(&match, out);
	}
	write_chain(policy, true, &unused, losses, out);
	write_chain(policy, false, &unused, losses, out);
	buffer_add(out, "}\n");
}

int export_nftables(const struct policy *policy, struct buffer *out, struct losses *losses,
		    struct error *err)
{
	static const char *const use[] = {
		"The network of an agent that has a network namespace of its own (nft -f FILE in "
		"it): "
		"what",
		"the policy does not name is refused.  A name's addresses are added by a helper, "
		"as "
		"in",
		"    nft add element inet pare h0_4 '{ 192.0.2.1 timeout 1h }'",
	};
	int r;

	foreign_losses(policy, 1u << RESOURCE_HOST, "nftables sees packets only", losses);
	losses_add(
		losses, NULL, LOSS_WIDENED,
		"all processes in the namespace are alike, and may look for neighbours (ICMPv6), "
		"bind every port, and ask a resolver that they reach for every name");
	for (size_t i = 0; i < policy->count; i++) {
		struct match match;

		if (take(policy, i, &match, losses))
			match_losses(&match, losses);
		if (policy->rule[i].resource == RESOURCE_HOST)
			rate_losses(&policy->rule[i], losses);
	}
	buffer_add(out, "#!/usr/sbin/nft -f\n");
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r)
		return r;
	write_table(policy, losses, out);
	return buffer_status(out);
}
