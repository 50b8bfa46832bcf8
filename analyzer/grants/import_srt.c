#include "analyzer/grants/sandbox.h"
#include "analyzer/grants/sources.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>

/* What an object must be for the rest to hold; NULL: it is not there, which is noted. */
static void take_object(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	(void)settings;
	if (!json_is_object(value))
		settings_note_type(from, "object");
}

static void take_weaker(const struct settings *settings, const struct statement *from,
			json_t *value)
{
	(void)settings;
	if (!json_is_false(value))
		granted_note(from, NOTE_NARROWER, "the sandbox then holds less than it says");
}

static const struct member member[] = {
	{ "network", take_object },
	{ "filesystem", take_object },
	{ "credentials", take_object },
	{ "enableWeakerNestedSandbox", take_weaker },
	{ "enableWeakerNetworkIsolation", NULL },
	{ "allowAppleEvents", NULL },
	{ "allowPty", NULL },
	{ "ignoreViolations", NULL },
	{ "ripgrep", NULL },
	{ "mandatoryDenySearchDepth", NULL },
	{ "seccomp", NULL },
	{ "bwrapPath", NULL },
	{ "socatPath", NULL },
	{ "javaAgentJarPath", NULL },
	{ "windows", NULL },
	{ "git", NULL },
	{ "$schema", NULL },
	{ "pare", NULL },
	{ NULL, NULL },
};

static void note_missing(const struct sandbox *sandbox, const json_t *root, const char *name)
{
	struct statement from = { .source = sandbox->source,
				  .grants = sandbox->grants,
				  .text = name };

	if (!json_object_get(root, name))
		granted_note(&from, NOTE_UNREAD, "it is missing: srt takes no settings without it");
}

/* The settings of `srt` (schema of @anthropic-ai/sandbox-runtime 0.0.78). */
int import_srt(const struct source *source, struct granted *ret, struct error *err)
{
	struct sandbox sandbox = { source, ret, "", true };
	struct settings settings = { source, ret, "", NULL };
	scoped(buffer) struct buffer name = { 0 };
	json_t *root = source_json(source, err);

	if (!root)
		return -EINVAL;
	if (!json_object_get(root, "network") && !json_object_get(root, "filesystem")) {
		json_decref(root);
		return error_say(err, EINVAL, "%s: has neither \"network\" nor \"filesystem\"",
				 text_safe(bytes_of(source->name), 100, &name));
	}
	settings_read(&settings, root, member);
	note_missing(&sandbox, root, "network");
	note_missing(&sandbox, root, "filesystem");
	sandbox_add_files(&sandbox, json_object_get(root, "filesystem"));
	sandbox_add_network(&sandbox, json_object_get(root, "network"));
	sandbox_add_credentials(&sandbox, json_object_get(root, "credentials"));
	ret->governs = 1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM | 1u << RESOURCE_HOST |
		       1u << RESOURCE_SOCKET | 1u << RESOURCE_VARIABLE;
	json_decref(root);
	return 0;
}
