#ifndef REPORTS_EXPORTERS_TOOLS_H
#define REPORTS_EXPORTERS_TOOLS_H

#include "core/bytes.h"

#include <jansson.h>
#include <stdbool.h>

struct losses;
struct rule;

/* "server/tool" taken apart at its first slash, borrowed. */
struct tool {
	struct bytes server, name;
};

/* False: the rule is none of a tool, or its name cannot be written, which is told. */
bool rule_tool(const struct rule *rule, struct tool *ret, struct losses *losses);
/* Adds it to an object of servers, each with an array of names; once. */
void tool_add(json_t *servers, const struct tool *tool);
/* Letters, digits, _ and -, which no pattern of rules takes for anything else. */
bool tool_is_plain(const struct tool *tool);

#endif
