#include "analyzer/grants/codex.h"
#include "analyzer/grants/sources.h"

#include <string.h>

/* So many folders deep is one looked for that "**" stands for. */
#define GLOB_DEPTH 8

/* Denies what the glob admits where patterns say that exactly: a denial must not take away
 * more. */
static bool deny_exactly(const struct statement *from, struct bytes glob)
{
	scoped(granted) struct granted tried = { 0 };
	scoped(buffer) struct buffer ignored = { 0 };
	struct statement probe = *from;
	bool exact;

	probe.grants = &tried;
	exact = glob_patterns(&probe, RESOURCE_FILE, glob, &ignored);
	for (size_t i = 0; i < tried.note_count; i++)
		exact = exact && tried.note[i].kind == NOTE_NARROWER;
	if (exact) {
		granted_add_glob(from, RESOURCE_FILE, SANDBOX_READ | GRANT_CHANGE, glob);
		granted_add_glob(from, RESOURCE_PROGRAM, GRANT_BIT(EXEC), glob);
	}
	from->grants->failed |= tried.failed || ignored.failed;
	return exact;
}

/* Two stars between slashes as no folder, one star, two stars with a slash between, and so on. */
static bool deny_deep(const struct statement *from, struct bytes glob)
{
	const char *stars = memmem(glob.data, glob.size, "/**/", 4);
	scoped(buffer) struct buffer middle = { 0 };

	if (!stars)
		return false;
	for (size_t depth = 0; depth <= GLOB_DEPTH; depth++) {
		scoped(buffer) struct buffer way = { 0 };

		buffer_append(&way, glob.data, (size_t)(stars - glob.data));
		buffer_append(&way, middle.data, middle.size);
		buffer_append(&way, stars + 3, glob.size - (size_t)(stars + 3 - glob.data));
		buffer_add(&middle, "/*");
		if (way.failed || middle.failed || !deny_exactly(from, buffer_bytes(&way)))
			return false;
	}
	granted_note(from, NOTE_NARROWER, "denied at any depth: here at most %d folders deep",
		     GLOB_DEPTH);
	return true;
}

/* Appends the folder that a path of the table begins with, where it is known. */
static bool write_folder(const struct statement *from, struct bytes path, struct buffer *out)
{
	bool is_home = bytes_start_with(path, bytes_of("~"));
	struct bytes folder =
		root_folder(&from->source->roots, is_home ? ROOT_HOME : ROOT_WORKSPACE);

	if (is_home || bytes_start_with(path, bytes_of(":"))) {
		buffer_append(out, folder.data, folder.size);
		path.data += is_home ? 1 : path.size;
		path.size = is_home ? path.size - 1 : 0;
	} else {
		folder = path;
	}
	buffer_append(out, path.data, path.size);
	return folder.size;
}

void codex_deny(const struct statement *from, struct bytes path, struct bytes below)
{
	struct statement denied = *from;
	scoped(buffer) struct buffer glob = { 0 };

	denied.is_denied = true;
	if (!write_folder(from, path, &glob)) {
		granted_note(from, NOTE_UNREAD,
			     "nobody said which folder that is: --workspace, --home");
		return;
	}
	if (below.size)
		buffer_add_char(&glob, '/');
	buffer_append(&glob, below.data, below.size);
	if (buffer_status(&glob) < 0)
		from->grants->failed = true;
	else if (!deny_exactly(&denied, buffer_bytes(&glob)) &&
		 !deny_deep(&denied, buffer_bytes(&glob)))
		granted_note(from, NOTE_WIDER, "what it denies is not told by patterns");
}
