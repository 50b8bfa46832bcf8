#include "analyzer/grants/claude.h"
#include "analyzer/grants/sandbox.h"

static void take_excluded(const struct settings *settings, const struct statement *from,
			  struct bytes text)
{
	(void)settings;
	(void)text;
	granted_note(from, NOTE_NARROWER, "it runs outside of the sandbox");
}

static void take_excludeds(const struct settings *settings, const struct statement *from,
			   json_t *value)
{
	settings_each_text(settings, from, value, take_excluded);
}

static void take_object(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	(void)settings;
	if (!json_is_object(value))
		settings_note_type(from, "object");
}

static void take_flag(const struct settings *settings, const struct statement *from, json_t *value)
{
	(void)settings;
	if (!json_is_boolean(value))
		settings_note_type(from, "boolean");
}

static void take_weaker(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	(void)settings;
	if (json_is_true(value))
		granted_note(from, NOTE_NARROWER, "the sandbox then holds less than it says");
}

static const struct member sandbox_member[] = {
	{ "enabled", take_flag },
	{ "autoAllowBashIfSandboxed", take_flag },
	{ "allowUnsandboxedCommands", take_flag },
	{ "failIfUnavailable", take_flag },
	{ "excludedCommands", take_excludeds },
	{ "network", take_object },
	{ "filesystem", take_object },
	{ "credentials", take_object },
	{ "enableWeakerNestedSandbox", take_weaker },
	{ "enableWeakerNetworkIsolation", NULL },
	{ "allowAppleEvents", NULL },
	{ "ignoreViolations", NULL },
	{ "ripgrep", NULL },
	{ "bwrapPath", NULL },
	{ "socatPath", NULL },
	{ NULL, NULL },
};

/* Its own folder is always open to commands. */
static void add_workspace(const struct claude *claude)
{
	struct statement from = { .source = claude->source,
				  .grants = claude->grants,
				  .text = "sandbox: the working folder can be written" };

	granted_add(&from, RESOURCE_FILE, GRANT_CHANGE, "$WS");
	granted_add(&from, RESOURCE_FILE, GRANT_CHANGE, "$WS/**");
}

void claude_take_sandbox(const struct settings *settings, const struct statement *from,
			 json_t *value)
{
	const struct claude *claude = settings->context;
	struct sandbox sandbox = { settings->source, settings->grants, "sandbox.", false };
	struct settings inside = *settings;
	struct statement commands = *from;

	inside.prefix = "sandbox.";
	take_object(settings, from, value);
	settings_read(&inside, value, sandbox_member);
	if (!claude->is_sandboxed)
		return;
	add_workspace(claude);
	sandbox_add_files(&sandbox, json_object_get(value, "filesystem"));
	sandbox_add_network(&sandbox, json_object_get(value, "network"));
	sandbox_add_credentials(&sandbox, json_object_get(value, "credentials"));
	commands.text = "sandbox.autoAllowBashIfSandboxed";
	if (settings_flag(value, "autoAllowBashIfSandboxed", true))
		granted_add_programs(&commands);
}
