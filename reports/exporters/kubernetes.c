#include "reports/exporters/kubernetes.h"

#include "reports/exporters/losses.h"

#include <ctype.h>

/* Every other byte than a letter or a digit becomes a dash; it may not end with one. */
static void write_name(const struct policy *policy, struct buffer *out)
{
	buffer_add(out, "pare-");
	for (const char *at = policy->agent; *at && out->size < 60; at++) {
		bool plain = text_is_plain((struct bytes){ at, 1 }, "");

		buffer_add_char(out, plain ? (char)tolower((unsigned char)*at) : '-');
	}
	if (out->size && out->data[out->size - 1] == '-')
		buffer_add_char(out, 'x');
}

static json_t *name_json(const struct policy *policy)
{
	scoped(buffer) struct buffer name = { 0 };

	write_name(policy, &name);
	return json_string(buffer_text(&name));
}

json_t *kubernetes_metadata(const struct policy *policy)
{
	return json_pack("{s:o}", "name", name_json(policy));
}

json_t *kubernetes_labels(const struct policy *policy)
{
	return json_pack("{s:o}", "app", name_json(policy));
}

json_t *kubernetes_ports(const struct endpoint *endpoint, bool text)
{
	scoped(buffer) struct buffer port = { 0 };
	const char *protocol = endpoint_is(endpoint, "udp") ? "UDP" : "TCP";

	if (!endpoint_port(endpoint))
		return text ? json_pack("[{s:s, s:s}]", "port", "0", "protocol", protocol)
			    : json_pack("[{s:s}]", "protocol", protocol);
	buffer_printf(&port, "%u", endpoint_port(endpoint));
	if (text)
		return json_pack("[{s:s, s:s}]", "port", buffer_text(&port), "protocol", protocol);
	return json_pack("[{s:i, s:s}]", "port", (int)endpoint_port(endpoint), "protocol",
			 protocol);
}

json_t *kubernetes_block(const struct endpoint *endpoint)
{
	scoped(buffer) struct buffer text = { 0 };

	buffer_append(&text, endpoint->host.data, endpoint->host.size);
	buffer_add(&text, host_kind(endpoint->host) == HOST_IPV6 ? "/128" : "/32");
	return json_string(buffer_text(&text));
}

void kubernetes_losses(struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "nobody asks within the pod (loopback), nor of what comes from its node");
}

static bool has_ports(const struct endpoint *endpoint)
{
	return endpoint_is(endpoint, "tcp") || endpoint_is(endpoint, "udp") ||
	       endpoint_is(endpoint, "dns");
}

bool kubernetes_takes(const struct rule *rule, struct endpoint *ret, struct losses *losses)
{
	const char *reason = NULL;

	if (rule->resource != RESOURCE_HOST)
		return false;
	if (!rule_endpoint(rule, ret))
		reason = "a host that varies";
	else if (!has_ports(ret))
		reason = "neither TCP nor UDP";
	else if (host_is_loopback(ret->host) || rule->action == ACTION_BIND)
		return false; /* inside the pod, where nothing asks; or told of by what is accepted
			       */
	else if (host_kind(ret->host) == HOST_NAME && !host_is_plain(ret->host))
		reason = "no name of a host";
	if (reason)
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
	else if (rule->action == ACTION_ACCEPT)
		losses_add(losses, rule, LOSS_WIDENED, "from anywhere");
	return !reason;
}
