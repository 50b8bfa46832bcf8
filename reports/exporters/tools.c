#include "reports/exporters/tools.h"

#include "core/policy.h"
#include "reports/exporters/endpoint.h"
#include "reports/exporters/header.h"
#include "reports/exporters/losses.h"
#include "reports/exporters/trees.h"

#include <string.h>

bool rule_tool(const struct rule *rule, struct tool *ret, struct losses *losses)
{
	struct bytes name;
	const char *slash;

	if (rule->resource != RESOURCE_TOOL)
		return false;
	name = rule->match.token[0].literal;
	slash = name.size ? memchr(name.data, '/', name.size) : NULL;
	if (!slash || slash == name.data || slash + 1 == name.data + name.size ||
	    !path_is_text(name)) {
		losses_add(losses, rule, LOSS_DROPPED, "it is no SERVER/TOOL that can be written");
		return false;
	}
	ret->server = (struct bytes){ name.data, (size_t)(slash - name.data) };
	ret->name = (struct bytes){ slash + 1, name.size - ret->server.size - 1 };
	return true;
}

void tool_add(json_t *servers, const struct tool *tool)
{
	scoped(text) char *server = strndup(tool->server.data, tool->server.size);
	json_t *list = server ? json_object_get(servers, server) : NULL;

	if (server && !list) {
		json_object_set_new(servers, server, json_array());
		list = json_object_get(servers, server);
	}
	json_array_append_new(list, json_name(tool->name));
}

bool tool_is_plain(const struct tool *tool)
{
	return text_is_plain(tool->server, "_-") && text_is_plain(tool->name, "_-");
}
