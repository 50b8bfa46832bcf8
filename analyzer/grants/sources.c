#include "analyzer/grants/sources.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where programs are looked for when the environment does not say. */
#define PATH_DEFAULT "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The executable that a path leads to. */
static bool resolve(const char *path, char resolved[static PATH_MAX])
{
	return *path == '/' && realpath(path, resolved) && !access(resolved, X_OK);
}

static bool search_path(const char *name, char resolved[static PATH_MAX])
{
	const char *at = getenv("PATH");
	bool found = false;

	for (at = at && *at ? at : PATH_DEFAULT; *at && !found;) {
		scoped(buffer) struct buffer path = { 0 };
		size_t size = strcspn(at, ":");

		buffer_append(&path, at, size);
		buffer_printf(&path, "/%s", name);
		found = resolve(buffer_text(&path), resolved);
		at += size + (at[size] == ':');
	}
	return found;
}

bool program_pattern(const struct statement *from, struct bytes name, struct buffer *ret)
{
	scoped(text) char *text = strndup(name.size ? name.data : "", name.size);
	char resolved[PATH_MAX];

	if (!text || strlen(text) != name.size || !name.size) {
		from->grants->failed = from->grants->failed || !text;
		granted_note(from, NOTE_UNREAD, "it is no name of a program");
		return false;
	}
	if (!resolve(text, resolved) && (strchr(text, '/') || !search_path(text, resolved))) {
		granted_note(from, NOTE_UNREAD, "this machine has no such program");
		return false;
	}
	pattern_of_name(&from->source->roots, RESOURCE_PROGRAM, bytes_of(resolved), ret);
	from->grants->failed = from->grants->failed || buffer_status(ret) < 0;
	return !ret->failed;
}

json_t *source_json(const struct source *source, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 }, reason = { 0 };
	json_error_t error;
	json_t *root =
		json_loadb(source->text.data, source->text.size, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		error_say(err, EINVAL, "%s:%d: %s", text_safe(bytes_of(source->name), 100, &name),
			  error.line, text_safe(bytes_of(error.text), 200, &reason));
	return root;
}

struct bytes json_bytes_of(const json_t *value)
{
	return json_is_string(value)
		       ? (struct bytes){ json_string_value(value), json_string_length(value) }
		       : (struct bytes){ 0 };
}
