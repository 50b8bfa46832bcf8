#include "reports/exporters/settings.h"

#include "core/secret_name.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/losses.h"

#include <string.h>

bool settings_take(struct bytes path)
{
	return path_is_without(path, "*?[]{}()!\\\"'$~,#");
}

/* Why the host is left out, or NULL. */
static const char *refusal(const struct rule *rule, struct endpoint *endpoint)
{
	if (rule->action == ACTION_RESOLVE)
		return "names are looked up by its proxy, not inside";
	if (rule_is_listening(rule))
		return "inside the sandbox anything may listen, and nobody outside reaches it";
	if (!rule_endpoint(rule, endpoint))
		return "a host that varies";
	if (!endpoint_is(endpoint, "tcp"))
		return "its proxy takes TCP only";
	if (host_kind(endpoint->host) != HOST_NAME ||
	    bytes_equal(endpoint->host, bytes_of("localhost")))
		return NULL;
	/* Its patterns have to be domains: not of one label, nor ending with a dot. */
	if (!host_is_plain(endpoint->host) ||
	    !memchr(endpoint->host.data, '.', endpoint->host.size) ||
	    endpoint->host.data[endpoint->host.size - 1] == '.')
		return "no domain";
	return NULL;
}

static bool has(const json_t *list, const char *text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), text))
			return true;
	return false;
}

/* What the agent serves itself it reaches inside, where nobody asks the proxy: a host of the
 * sandbox's settings would be one outside. */
static bool is_left_out(const struct policy *policy, const struct rule *rule,
			struct endpoint *endpoint, struct losses *losses)
{
	const char *reason = refusal(rule, endpoint);

	if (reason)
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
	else if (rule_is_inward(policy, rule))
		losses_add(losses, rule, LOSS_NARROWED, "only what listens inside the sandbox");
	else
		return false;
	return true;
}

static void add_host(json_t *list, const struct endpoint *endpoint, bool ports)
{
	scoped(buffer) struct buffer text = { 0 };
	bool brackets = ports && host_kind(endpoint->host) == HOST_IPV6;

	buffer_add(&text, brackets ? "[" : "");
	buffer_append(&text, endpoint->host.data, endpoint->host.size);
	buffer_add(&text, brackets ? "]" : "");
	if (ports && endpoint_port(endpoint))
		buffer_printf(&text, ":%u", endpoint_port(endpoint));
	if (!has(list, buffer_text(&text)))
		json_array_append_new(list, json_string(buffer_text(&text)));
}

json_t *settings_hosts(const struct policy *policy, bool ports, struct losses *losses)
{
	json_t *list = json_array();

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		struct endpoint endpoint;

		if (rule->resource != RESOURCE_HOST || is_left_out(policy, rule, &endpoint, losses))
			continue;
		add_host(list, &endpoint, ports);
		if (!ports || !endpoint_port(&endpoint))
			losses_add(losses, rule, LOSS_WIDENED, "any port of the host");
		condition_losses(rule, losses);
	}
	return list;
}

json_t *settings_paths(const struct trees *trees, bool written)
{
	json_t *list = json_array();

	for (size_t i = 0; i < trees->count; i++)
		if (tree_is_written(&trees->tree[i]) == written)
			json_array_append_new(list, json_string(trees->tree[i].path));
	return list;
}

static bool is_granted(const struct policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_VARIABLE &&
		    rule_names(&policy->rule[i], name))
			return true;
	return false;
}

json_t *settings_variables(const struct policy *policy)
{
	json_t *list = json_array();

	for (size_t i = 0; i < secret_name_count; i++) {
		const struct secret_name *row = &secret_name_row[i];

		if (row->value != SECRET_PLAIN && !strchr(row->pattern, '*') &&
		    !is_granted(policy, row->pattern))
			json_array_append_new(list, json_pack("{s:s, s:s}", "name", row->pattern,
							      "mode", "deny"));
	}
	return list;
}

void settings_variable_losses(const struct policy *policy, struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "variables are passed on, but for those of well-known secrets");
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_VARIABLE)
			condition_losses(&policy->rule[i], losses);
}

void settings_losses(const struct policy *policy, bool tools, struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "every program that can be read can be executed, with any arguments, and what "
		   "can be executed or mapped can be read; so can /usr, and what its programs are "
		   "started with of /etc (ld.so.cache, alternatives)");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "a path stands for all below it where it is a folder");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "kernel facilities that need no privilege are not blocked");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "processes inside the sandbox may signal and trace each other");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->resource == RESOURCE_PROCESS)
			losses_add(losses, rule, LOSS_NARROWED, "only inside the sandbox");
		else if (rule->resource == RESOURCE_KERNEL)
			losses_add(losses, rule, LOSS_DROPPED, "the sandbox has no privileges");
		else if (rule->resource == RESOURCE_SOCKET)
			losses_add(losses, rule, LOSS_DROPPED, "unix sockets are refused");
		else if (rule->resource == RESOURCE_TOOL && !tools)
			losses_add(losses, rule, LOSS_DROPPED, "a sandbox sees no tool calls");
	}
}
