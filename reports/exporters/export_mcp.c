#include "reports/exporters/exporters.h"
#include "reports/exporters/conditions.h"
#include "reports/exporters/header.h"
#include "reports/exporters/tools.h"

#include "core/policy.h"

/* isToolEnabled() of docker/mcp-gateway (commit 1361d78, internal/gateway/capabilitites.go). */
static void gateway_losses(struct losses *losses)
{
	losses_add(losses, NULL, LOSS_WIDENED,
		   "a server that is not listed has all of its tools: give the gateway only those "
		   "that are (--servers)");
	losses_add(losses, NULL, LOSS_WIDENED,
		   "prompts and resources of the servers are not looked at");
}

int export_mcp(const struct policy *policy, struct buffer *out, struct losses *losses,
	       struct error *err)
{
	static const char *const use[] = {
		"Servers of MCP and the tools of each that may be called: tools.yaml of Docker's "
		"MCP",
		"gateway.  (JSON is YAML.)",
	};
	json_t *servers = json_object();
	int r;

	foreign_losses(policy, 1u << RESOURCE_TOOL, "it lists tools only", losses);
	gateway_losses(losses);
	for (size_t i = 0; i < policy->count; i++) {
		struct tool tool;

		if (!rule_tool(&policy->rule[i], &tool, losses))
			continue;
		condition_losses(&policy->rule[i], losses);
		tool_add(servers, &tool);
	}
	r = header_write(policy, losses, "#", use, sizeof use / sizeof *use, out, err);
	if (r) {
		json_decref(servers);
		return r;
	}
	return json_finish(servers, out, err);
}
