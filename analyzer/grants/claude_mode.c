#include "analyzer/grants/claude.h"
#include "analyzer/grants/places.h"
#include "analyzer/grants/sources.h"

#include <string.h>

/* What defaultMode says beside the rules: what needs no question. */

struct mode {
	const struct claude *claude;
	bool edits;
};

static void add_folder(const struct mode *mode, const struct statement *from,
		       const struct place *place)
{
	place_add_tree(from, RESOURCE_FILE, GRANT_READ, place);
	if (mode->edits)
		place_add_tree(from, RESOURCE_FILE, GRANT_CHANGE, place);
}

static void take_folder(const struct settings *settings, const struct statement *from,
			struct bytes text)
{
	scoped(place) struct place place = { 0 };

	if (place_read(from, text, PLACE_PLAIN, &place))
		add_folder(settings->context, from, &place);
}

static void add_folders(struct mode *mode, json_t *permissions, const struct statement *from)
{
	struct settings settings = { mode->claude->source, mode->claude->grants, "", mode };
	json_t *more = json_object_get(permissions, "additionalDirectories");
	const struct place workspace = { .root = ROOT_WORKSPACE };
	struct statement folders = *from;

	add_folder(mode, from, &workspace);
	folders.text = "permissions.additionalDirectories";
	if (more)
		settings_each_text(&settings, &folders, more, take_folder);
}

/* Commands that acceptEdits does not ask about either (permission-modes). */
static void add_edit_commands(const struct statement *from)
{
	static const char *const name[] = { "mkdir", "touch", "rm", "rmdir", "mv", "cp", "sed" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		scoped(buffer) struct buffer pattern = { 0 };

		if (program_pattern(from, bytes_of(name[i]), &pattern))
			granted_add_command(from, buffer_text(&pattern), NULL);
	}
	granted_note(
		from, NOTE_WIDER,
		"mkdir, touch, rm, rmdir, mv, cp and sed only on paths in the working folders, "
		"and nothing in .git, .claude, .vscode and others of that kind");
}

void claude_add_mode(const struct claude *claude)
{
	const char *name = claude->mode;
	struct mode mode = { claude, !strcmp(name, "acceptEdits") };
	scoped(buffer) struct buffer text = { 0 };
	struct statement from = { .source = claude->source, .grants = claude->grants };
	bool is_auto = !strcmp(name, "auto");

	buffer_printf(&text, "permissions.defaultMode: %s", name);
	from.text = buffer_text(&text);
	if (is_auto)
		granted_note(&from, NOTE_WIDER, "a model refuses what it takes for dangerous");
	if (is_auto || !strcmp(name, "bypassPermissions"))
		granted_add_everything(&from);
	add_folders(&mode, claude->permissions, &from);
	if (mode.edits)
		add_edit_commands(&from);
	if (!strcmp(name, "plan"))
		granted_note(&from, NOTE_WIDER, "nothing is edited until a plan is accepted");
}
