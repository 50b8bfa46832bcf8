#include "analyzer/grants/claude.h"
#include "analyzer/grants/sources.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct claude *claude_of(const struct settings *settings)
{
	return settings->context;
}

/* ---- permissions ---- */

static void take_rule(const struct settings *settings, const struct statement *from,
		      struct bytes text)
{
	struct statement one = *from;

	/* The rule alone says enough. */
	one.text = from->text + strcspn(from->text, ":") + 2;
	claude_add_rule(claude_of(settings), &one, text);
}

static void take_allow(const struct settings *settings, const struct statement *from, json_t *value)
{
	settings_each_text(settings, from, value, take_rule);
}

/* Nobody is asked where nothing is asked: it is then refused. */
static void take_ask(const struct settings *settings, const struct statement *from, json_t *value)
{
	struct statement gated = *from;

	gated.gate = GATE_CONFIRM;
	if (claude_of(settings)->asks || !json_is_array(value))
		settings_each_text(settings, &gated, value, take_rule);
}

static void take_deny(const struct settings *settings, const struct statement *from, json_t *value)
{
	struct statement denied = *from;

	denied.is_denied = true;
	settings_each_text(settings, &denied, value, take_rule);
}

static void take_outside(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	(void)settings;
	if (json_is_true(value))
		granted_note(from, NOTE_WIDER,
			     "its own tools refuse what is outside of the working folders");
}

static const struct member permission_member[] = {
	{ "allow", take_allow },
	{ "ask", take_ask },
	{ "deny", take_deny },
	{ "blockReadsOutsideWorkingDirectories", take_outside },
	{ "blockWritesOutsideWorkingDirectories", take_outside },
	/* Looked at before: read_mode(), claude_add_mode(). */
	{ "defaultMode", NULL },
	{ "additionalDirectories", NULL },
	{ "denyInsteadOfPrompting", NULL },
	{ "disableBypassPermissionsMode", NULL },
	{ "disableAutoMode", NULL },
	{ NULL, NULL },
};

static void take_permissions(const struct settings *settings, const struct statement *from,
			     json_t *value)
{
	struct settings inside = *settings;

	inside.prefix = "permissions.";
	if (json_is_object(value))
		settings_read(&inside, value, permission_member);
	else
		settings_note_type(from, "object");
}

/* ---- all else ---- */

static void take_environment(const struct settings *settings, const struct statement *from,
			     json_t *value)
{
	const char *name;
	json_t *text;

	(void)settings;
	if (!json_is_object(value))
		settings_note_type(from, "object");
	json_object_foreach(value, name, text)
	{
		granted_add_secret(from, bytes_of(name));
	}
}

static void take_hooks(const struct settings *settings, const struct statement *from, json_t *value)
{
	(void)settings;
	if (json_object_size(value) || !json_is_object(value))
		granted_note(from, NOTE_UNREAD, "its commands may allow, or refuse, any call");
}

static void take_plugins(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	(void)settings;
	if (json_object_size(value) || !json_is_object(value))
		granted_note(from, NOTE_UNREAD, "plugins bring tools, servers and hooks");
}

static void deny_server(const struct settings *settings, const struct statement *from,
			struct bytes name)
{
	struct statement denied = *from;

	(void)settings;
	denied.is_denied = true;
	granted_add_all_tools(&denied, name);
}

static void take_refused(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	settings_each_text(settings, from, value, deny_server);
}

/* [{"serverName": ...}], or by command or address. */
static void take_denied(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	json_t *row;
	size_t i;

	if (!json_is_array(value))
		settings_note_type(from, "list");
	json_array_foreach(value, i, row)
	{
		struct bytes name = json_bytes_of(json_object_get(row, "serverName"));

		if (name.size)
			deny_server(settings, from, name);
		else
			granted_note(from, NOTE_UNREAD,
				     "a server is denied by something else than "
				     "its name");
	}
}

static void take_servers(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	(void)settings;
	(void)value;
	granted_note(from, NOTE_UNREAD, "its place is .mcp.json: import that with --from mcp");
}

static const struct member member[] = {
	{ "permissions", take_permissions },
	{ "sandbox", claude_take_sandbox },
	{ "env", take_environment },
	{ "hooks", take_hooks },
	{ "enabledPlugins", take_plugins },
	{ "disabledMcpjsonServers", take_refused },
	{ "deniedMcpServers", take_denied },
	{ "mcpServers", take_servers },
	/* Which servers there may be; their tools are allowed by rules. */
	{ "allowedMcpServers", NULL },
	{ "enabledMcpjsonServers", NULL },
	{ "enableAllProjectMcpServers", NULL },
	{ "allowManagedMcpServersOnly", NULL },
	{ "pare", NULL },
#define SETTING(name) { name, NULL },
#include "analyzer/grants/claude_setting.def"
	{ NULL, NULL },
};

/* Whether commands run in the sandbox, and cannot but. */
static void read_sandbox(struct claude *claude)
{
	json_t *sandbox = claude->sandbox;

	claude->is_sandboxed = settings_flag(sandbox, "enabled", false);
	claude->is_strict = claude->is_sandboxed &&
			    settings_flag(sandbox, "failIfUnavailable", false) &&
			    !settings_flag(sandbox, "allowUnsandboxedCommands", true) &&
			    !json_array_size(json_object_get(sandbox, "excludedCommands"));
}

static bool is_disabled(const struct claude *claude, const char *name)
{
	struct bytes value = json_bytes_of(json_object_get(claude->permissions, name));

	return bytes_equal(value, bytes_of("disable"));
}

static bool is_mode(const struct claude *claude, const char *name, const char *unless)
{
	return !strcmp(claude->mode, name) && is_disabled(claude, unless);
}

/* One that is not known is dropped, and "default" in force. */
static const char *find_mode(const struct claude *claude)
{
	static const char *const name[] = { "default", "manual",  "acceptEdits",
					    "plan",    "dontAsk", "bypassPermissions",
					    "auto" };
	json_t *value = json_object_get(claude->permissions, "defaultMode");
	struct statement from = { .source = claude->source,
				  .grants = claude->grants,
				  .text = "permissions.defaultMode" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (bytes_equal(json_bytes_of(value), bytes_of(name[i])))
			return name[i];
	if (value)
		granted_note(&from, NOTE_UNREAD, "it is no mode that is known: default holds");
	return "default";
}

static void read_mode(struct claude *claude)
{
	claude->mode = find_mode(claude);
	if (is_mode(claude, "auto", "disableAutoMode") ||
	    is_mode(claude, "bypassPermissions", "disableBypassPermissionsMode"))
		claude->mode = "default";
	claude->asks = strcmp(claude->mode, "dontAsk") != 0 &&
		       !settings_flag(claude->permissions, "denyInsteadOfPrompting", false);
}

/* ---- what holds for all of it ---- */

static int compare(const void *a, const void *b)
{
	const struct rule *const *one = a, *const *other = b;

	return rule_compare(*one, *other);
}

/* Of equal ones the weaker condition is kept: a question that another rule makes none. */
static void note_ungated(const struct claude *claude)
{
	struct granted *grants = claude->grants;
	struct rule **sorted = calloc(grants->allowed.count + 1, sizeof(*sorted));
	struct statement from = { .source = claude->source, .grants = grants };

	if (!sorted) {
		grants->failed = true;
		return;
	}
	for (size_t i = 0; i < grants->allowed.count; i++)
		sorted[i] = &grants->allowed.rule[i];
	if (grants->allowed.count)
		qsort(sorted, grants->allowed.count, sizeof(*sorted), compare);
	for (size_t i = 1; i < grants->allowed.count; i++) {
		const struct rule *a = sorted[i - 1], *b = sorted[i];

		if (rule_compare(a, b) != 0 || a->gate == b->gate)
			continue;
		from.text = a->gate ? a->justification : b->justification;
		granted_note(&from, NOTE_WIDER,
			     "it is asked for, where the grants have it with "
			     "what else is allowed of the same name");
	}
	free(sorted);
}

static void note_all(const struct claude *claude)
{
	struct statement from = { .source = claude->source, .grants = claude->grants };

	granted_note(&from, NOTE_NARROWER,
		     "commands that only read (cat, ls, grep, git status) are never asked about, "
		     "and what a command starts itself is not restricted");
	if (claude->asks)
		granted_note(&from, NOTE_NARROWER,
			     "for what no rule names somebody is asked, who may allow it");
	granted_note(&from, NOTE_NARROWER,
		     claude->is_strict
			     ? "Claude Code itself is outside of the sandbox: its own files and "
			       "the hosts of its provider are in no rule"
			     : "commands that run outside of a sandbox touch whatever their user "
			       "can");
}

/* Where what is not granted is refused, and not asked for. */
static unsigned governs(const struct claude *claude)
{
	bool is_closed = !claude->asks || !strcmp(claude->mode, "bypassPermissions");
	bool is_listed = settings_flag(json_object_get(claude->sandbox, "network"),
				       "strictAllowlist", false);
	unsigned bits = is_closed ? 1u << RESOURCE_TOOL : 0;

	if (!claude->is_strict)
		return bits;
	bits |= 1u << RESOURCE_SOCKET | 1u << RESOURCE_VARIABLE;
	if (is_closed)
		bits |= 1u << RESOURCE_FILE | (is_listed ? 1u << RESOURCE_HOST : 0);
	return bits;
}

int import_claude(const struct source *source, struct granted *ret, struct error *err)
{
	struct claude claude = { .source = source, .grants = ret };
	struct settings settings = { source, ret, "", &claude };
	scoped(buffer) struct buffer name = { 0 };
	json_t *root = source_json(source, err);

	if (!root)
		return -EINVAL;
	if (!json_is_object(root)) {
		json_decref(root);
		return error_say(err, EINVAL, "%s: it is no object",
				 text_safe(bytes_of(source->name), 100, &name));
	}
	claude.permissions = json_object_get(root, "permissions");
	claude.sandbox = json_object_get(root, "sandbox");
	read_sandbox(&claude);
	read_mode(&claude);
	claude_add_mode(&claude);
	settings_read(&settings, root, member);
	note_ungated(&claude);
	note_all(&claude);
	ret->governs = governs(&claude);
	json_decref(root);
	return 0;
}
