#include "analyzer/grants/claude.h"
#include "analyzer/grants/places.h"

#include <string.h>

#define READS (GRANT_READ | GRANT_BIT(MAP))
/* Its tools write a file beside and rename it. */
#define EDITS (GRANT_EDIT | GRANT_BIT(CREATE) | GRANT_BIT(RENAME))

struct call {
	const struct claude *claude;
	const struct statement *from;
	struct bytes body; /* in the parentheses; no data: there are none */
};

static void refuse(const struct call *call, const char *why)
{
	granted_note(call->from, NOTE_UNREAD, "%s", why);
}

/* ---- files ---- */

/* A name alone is found at any depth (gitignore(5)). */
static bool floats(struct bytes body)
{
	if (bytes_start_with(body, bytes_of("./"))) {
		body.data += 2;
		body.size -= 2;
	}
	return body.size && *body.data != '~' && !memchr(body.data, '/', body.size - 1);
}

static void add_files(const struct call *call, unsigned actions)
{
	scoped(place) struct place place = { 0 };

	if (!call->body.data) {
		place_add_tree(call->from, RESOURCE_FILE, actions, &place);
		return;
	}
	if (call->body.size && *call->body.data == '!') {
		refuse(call, "it takes back what others name");
		return;
	}
	if (place_read(call->from, call->body, PLACE_PROJECT, &place))
		place_add_ignored(call->from, RESOURCE_FILE, actions, &place, floats(call->body));
}

static unsigned edits(const struct call *call)
{
	return call->claude->is_sandboxed ? GRANT_CHANGE : EDITS;
}

static void add_read(const struct call *call)
{
	add_files(call, call->from->is_denied ? GRANT_BIT(READ) | GRANT_BIT(LIST) | GRANT_BIT(MAP)
					      : GRANT_READ);
}

/* What is edited is read first. */
static void add_edit(const struct call *call)
{
	add_files(call, call->from->is_denied ? edits(call) : GRANT_READ | edits(call));
}

static void add_pathless(const struct call *call, void (*add)(const struct call *call),
			 const char *why)
{
	if (call->body.data)
		refuse(call, why);
	else
		add(call);
}

static void add_write(const struct call *call)
{
	add_pathless(call, add_edit, "paths of this tool are never consulted: Edit(PATH) is meant");
}

static void add_search(const struct call *call)
{
	add_pathless(call, add_read, "paths of this tool are never consulted: Read(PATH) is meant");
}

/* ---- commands, hosts ---- */

static void add_all_commands(const struct call *call)
{
	if (call->from->is_denied)
		granted_note(call->from, NOTE_WIDER,
			     "programs that hooks, servers of MCP and Claude Code itself start are "
			     "not denied");
	if (call->from->is_denied || call->claude->is_strict)
		granted_add_programs(call->from);
	else
		granted_add_everything(call->from);
}

static void add_bash(const struct call *call)
{
	if (!call->body.data || bytes_equal(call->body, bytes_of("*")))
		add_all_commands(call);
	else
		granted_add_typed(call->from, call->body);
}

static void add_fetch(const struct call *call)
{
	static const char domain[] = "domain:";
	struct bytes host = call->body;

	if (!host.data) {
		granted_add_domain(call->from, bytes_of("*"));
		return;
	}
	if (!bytes_start_with(host, bytes_of(domain))) {
		refuse(call, "it is no domain:NAME");
		return;
	}
	host.data += sizeof domain - 1;
	host.size -= sizeof domain - 1;
	granted_add_domain(call->from, host);
}

/* What is its own and leaves no access behind that a pattern names. */
static void add_own(const struct call *call)
{
	granted_note(call->from, NOTE_NARROWER,
		     "a tool of its own, whose calls are no access that is recorded");
}

/* ---- servers of MCP ---- */

/* "mcp__server__tool", behind the first "__". */
static void add_mcp(const struct statement *from, struct bytes name)
{
	const char *end = memmem(name.data, name.size, "__", 2);
	struct bytes server = { name.data, end ? (size_t)(end - name.data) : name.size };
	struct bytes tool = bytes_of("*");

	if (end)
		tool = (struct bytes){ end + 2, name.size - server.size - 2 };
	granted_add_tools(from, server, tool);
}

/* ---- the rule ---- */

static const struct {
	const char *name;
	void (*add)(const struct call *call);
} tool[] = {
	{ "Read", add_read },
	{ "Edit", add_edit },
	{ "Write", add_write },
	{ "MultiEdit", add_write },
	{ "NotebookEdit", add_write },
	{ "Grep", add_search },
	{ "Glob", add_search },
	{ "LS", add_search },
	{ "NotebookRead", add_search },
	{ "Bash", add_bash },
	{ "WebFetch", add_fetch },
	{ "WebSearch", add_own },
	{ "Agent", add_own },
	{ "Task", add_own },
	{ "TaskCreate", add_own },
	{ "TaskGet", add_own },
	{ "TaskList", add_own },
	{ "TaskOutput", add_own },
	{ "TaskStop", add_own },
	{ "TaskUpdate", add_own },
	{ "TodoWrite", add_own },
	{ "Skill", add_own },
	{ "SlashCommand", add_own },
	{ "ExitPlanMode", add_own },
	{ "EnterPlanMode", add_own },
	{ "AskUserQuestion", add_own },
	{ "BashOutput", add_own },
	{ "KillShell", add_own },
	{ "KillBash", add_own },
	{ "ToolSearch", add_own },
	{ "LSP", add_own },
	{ "Monitor", add_own },
	{ "Cd", add_own },
};

void claude_add_rule(const struct claude *claude, const struct statement *from, struct bytes rule)
{
	const char *open = rule.size ? memchr(rule.data, '(', rule.size) : NULL;
	struct bytes name = { rule.data, open ? (size_t)(open - rule.data) : rule.size };
	struct call call = { claude, from, { NULL, 0 } };

	if (bytes_start_with(rule, bytes_of("mcp__"))) {
		add_mcp(from, (struct bytes){ rule.data + 5, rule.size - 5 });
		return;
	}
	if (open && (rule.data[rule.size - 1] != ')' || name.size + 2 >= rule.size)) {
		refuse(&call, "it is no TOOL(WHAT)");
		return;
	}
	if (open)
		call.body = (struct bytes){ open + 1, rule.size - name.size - 2 };
	for (size_t i = 0; i < sizeof tool / sizeof *tool; i++) {
		if (!bytes_equal(name, bytes_of(tool[i].name)))
			continue;
		tool[i].add(&call);
		return;
	}
	refuse(&call, "it names no tool that is known");
}
