#include "reports/exporters/conditions.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/settings.h"
#include "reports/exporters/tools.h"

#include "core/error.h"

#include <errno.h>

/* What is written between quotes holds none of what TOML would take for anything else:
 * settings_take(), host_is_plain(), path_is_text(). */
static void write_list(const json_t *list, const char *format, struct buffer *out)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		buffer_printf(out, format, json_string_value(json_array_get(list, i)));
}

static void write_trees(const struct trees *trees, const struct losses *losses, struct buffer *out)
{
	buffer_add(out, "[permissions.pare.filesystem]\n\":minimal\" = \"read\"\n\"/usr\" = "
			"\"read\"\n");
	for (size_t i = 0; i < trees->count; i++) {
		const struct tree *tree = &trees->tree[i];

		buffer_printf(out, "\"%s\" = \"%s\"", tree->path,
			      tree_is_written(tree) ? "write" : "read");
		comment_wider("#", losses, tree->rule, tree->rule_count, out);
		buffer_add_char(out, '\n');
	}
}

/* A server's table has to have its command, too, which no policy knows. */
static json_t *tools_json(const struct policy *policy, struct losses *losses)
{
	json_t *servers = json_object();

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];
		struct tool tool;

		if (!rule_tool(rule, &tool, losses))
			continue;
		if (!tool_is_plain(&tool)) {
			losses_add(losses, rule, LOSS_DROPPED,
				   "a name like this cannot be written there");
			continue;
		}
		losses_add(losses, rule, LOSS_NEEDS_HELPER,
			   "the server's table has to be completed by how it is started");
		condition_losses(rule, losses);
		tool_add(servers, &tool);
	}
	return servers;
}

static void write_tools(json_t *servers, struct buffer *out)
{
	const char *server;
	json_t *names;

	json_object_foreach(servers, server, names)
	{
		buffer_printf(out, "\n# [mcp_servers.%s]\n# enabled_tools = [", server);
		for (size_t i = 0; i < json_array_size(names); i++)
			buffer_printf(out, "%s\"%s\"", i ? ", " : "",
				      json_string_value(json_array_get(names, i)));
		buffer_add(out, "]\n");
	}
}

/* Whether something listens inside.  Without a network no socket can be made, and with one all
 * that is local goes to the proxy, which is outside, unless local binding is allowed. */
static bool serves_itself(const struct policy *policy)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == RESOURCE_HOST &&
		    rule_is_inward(policy, &policy->rule[i]))
			return true;
	return false;
}

static void write_network(const struct policy *policy, const json_t *hosts, struct buffer *out)
{
	bool local = serves_itself(policy);

	if (!json_array_size(hosts) && !local) {
		buffer_add(out, "\n[permissions.pare.network]\nenabled = false\n");
		return;
	}
	buffer_printf(out,
		      "\n[permissions.pare.network]\nenabled = true\nmode = \"full\"\n"
		      "allow_local_binding = %s\n\n[permissions.pare.network.domains]\n",
		      local ? "true" : "false");
	write_list(hosts, "\"%s\" = \"allow\"\n", out);
}

static void write_variables(const struct policy *policy, struct buffer *out)
{
	buffer_add(out, "\n[shell_environment_policy]\ninherit = \"all\"\n"
			"ignore_default_excludes = true\ninclude_only = [\"PATH\", "
			"\"HOME\", \"LANG\", \"TMPDIR\"");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->resource == RESOURCE_VARIABLE &&
		    settings_take(rule->match.token[0].literal))
			buffer_printf(out, ", \"%.*s\"", (int)rule->match.token[0].literal.size,
				      rule->match.token[0].literal.data);
	}
	buffer_add(out, "]\n");
}

/* Codex compares names of variables without regard to case. */
static void own_losses(const struct policy *policy, const json_t *hosts, struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "all of /etc can be read (\":minimal\"), and /dev has the usual devices and "
		   "shared memory of its own");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "outside the sandbox everything that somebody says yes to, unless "
		   "approval_policy is \"never\"");
	if (json_array_size(hosts) && serves_itself(policy))
		losses_add(losses, NULL, LOSS_WIDENED,
			   "a host's name may lead to an address of the local network");
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (rule->resource != RESOURCE_VARIABLE)
			continue;
		if (!settings_take(rule->match.token[0].literal)) {
			losses_add(losses, rule, LOSS_DROPPED,
				   "a name like this cannot be written there");
			continue;
		}
		losses_add(losses, rule, LOSS_WIDENED, "the name in small and capital letters");
		condition_losses(rule, losses);
	}
}

int export_codex(const struct policy *policy, struct buffer *out, struct losses *losses,
		 struct error *err)
{
	static const char *const use[] = {
		"A profile for the sandbox of Codex: $CODEX_HOME/config.toml.  $CODEX_HOME/tmp and "
		"the folder",
		"of the program have to be readable, too.  Commands: --to execpolicy.",
	};
	static const struct tree_style style = { .own_devices = true,
						 .whole_system = true,
						 .takes = settings_take };
	scoped(trees) struct trees trees = { 0 };
	json_t *hosts, *tools;
	int r;

	trees_collect(&trees, policy, &style, losses);
	if (trees.failed)
		return error_set(err, ENOMEM, "collect what is granted");
	trees_prune(&trees);
	settings_losses(policy, true, losses);
	hosts = settings_hosts(policy, false, losses);
	own_losses(policy, hosts, losses);
	tools = tools_json(policy, losses);
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (!r) {
		buffer_add(out, "default_permissions = \"pare\"\n\n[features]\nnetwork_proxy = "
				"true\n\n");
		write_trees(&trees, losses, out);
		write_network(policy, hosts, out);
		write_variables(policy, out);
		write_tools(tools, out);
		r = buffer_status(out);
	}
	json_decref(hosts);
	json_decref(tools);
	return r;
}
