#include "analyzer/grants/places.h"
#include "analyzer/grants/sandbox.h"
#include "analyzer/grants/sources.h"

#include <stdlib.h>
#include <string.h>

#define READS (GRANT_READ | GRANT_BIT(MAP))

/* Of one with the others, which nobody wants to wait for, so many. */
#define LISTED_MAX 4096

/* A list of paths, each with what it stands for. */
struct listed {
	struct place *place;
	char **text;
	size_t count;
};

struct files {
	const struct sandbox *sandbox;
	struct listed deny_read, allow_read, allow_write, deny_write;
	struct listed *taking;
	bool hides_all; /* "/" is denied */
};

static void release(struct listed *list)
{
	for (size_t i = 0; i < list->count; i++) {
		place_cleanup(&list->place[i]);
		free(list->text[i]);
	}
	free(list->place);
	free(list->text);
}

static void files_cleanup(struct files *files)
{
	release(&files->deny_read);
	release(&files->allow_read);
	release(&files->allow_write);
	release(&files->deny_write);
}

/* ---- the lists ---- */

static bool make_room(struct listed *list)
{
	struct place *places = reallocarray(list->place, list->count + 1, sizeof *list->place);
	char **texts;

	if (!places)
		return false;
	list->place = places;
	texts = reallocarray(list->text, list->count + 1, sizeof(*texts));
	list->text = texts ? texts : list->text;
	return texts;
}

static void keep(const struct settings *settings, const struct statement *from, struct bytes text)
{
	struct files *files = settings->context;
	struct listed *list = files->taking;
	scoped(place) struct place place = { 0 };
	char *copy;

	if (list->count == LISTED_MAX) {
		granted_note(from, NOTE_UNREAD, "it is one of very many");
		return;
	}
	if (!place_read(from, text, PLACE_PLAIN, &place))
		return;
	copy = strdup(from->text);
	if (!copy || !make_room(list)) {
		from->grants->failed = true;
		free(copy);
		return;
	}
	list->text[list->count] = copy;
	list->place[list->count++] = place;
	place = (struct place){ 0 };
}

static void take(const struct settings *settings, const struct statement *from, json_t *value,
		 struct listed *list)
{
	struct files *files = settings->context;

	files->taking = list;
	settings_each_text(settings, from, value, keep);
}

#define LIST(member)                                                                               \
	static void take_##member(const struct settings *settings, const struct statement *from,   \
				  json_t *value)                                                   \
	{                                                                                          \
		take(settings, from, value, &((struct files *)settings->context)->member);         \
	}
LIST(deny_read)
LIST(allow_read)
LIST(allow_write)
LIST(deny_write)

static const struct member member[] = {
	{ "denyRead", take_deny_read },
	{ "allowRead", take_allow_read },
	{ "allowWrite", take_allow_write },
	{ "denyWrite", take_deny_write },
	{ "disabled", NULL },
	{ "allowGitConfig", NULL },
	{ "allowManagedReadPathsOnly", NULL },
	{ NULL, NULL },
};

/* ---- reading ---- */

static struct statement statement(const struct files *files, const char *text)
{
	return (struct statement){ .source = files->sandbox->source,
				   .grants = files->sandbox->grants,
				   .text = text };
}

static void add_reads(const struct files *files, const struct statement *from,
		      const struct place *place)
{
	place_add_tree(from, RESOURCE_FILE, READS, place);
	if (files->sandbox->runs_anything)
		place_add_tree(from, RESOURCE_PROGRAM, GRANT_BIT(EXEC), place);
}

/* Whether something below it can be read again: then no denial of all of it would be true. */
static enum holding reopened(const struct files *files, const struct place *place)
{
	const struct listed *const list[] = { &files->allow_read, &files->allow_write };
	const struct roots *roots = &files->sandbox->source->roots;
	enum holding most = HOLDS_NOT;

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < list[i]->count && most < HOLDS; j++) {
			enum holding now = place_holds(place, &list[i]->place[j], roots);

			most = now > most ? now : most;
		}
	return most;
}

static void deny_reads(const struct files *files, size_t i)
{
	const struct place *place = &files->deny_read.place[i];
	struct statement from = statement(files, files->deny_read.text[i]);
	enum holding holding = reopened(files, place);

	if (holding == HOLDS) {
		granted_note(&from, NOTE_WIDER,
			     "no pattern says \"but for what is allowed again below it\": the "
			     "grants have all of it");
		return;
	}
	from.is_denied = true;
	if (holding == HOLDS_HARDLY)
		granted_note(&from, NOTE_WIDER,
			     "not what is allowed again, should that be below it: say where, "
			     "--workspace, --home");
	if (!place_is_glob(place)) {
		/* A folder is there, and empty. */
		place_add_parts(&from, RESOURCE_FILE, READS & ~GRANT_BIT(STAT), READS, place);
		return;
	}
	granted_note(&from, NOTE_WIDER, "only what is there when a command starts is denied");
	place_add_ignored(&from, RESOURCE_FILE, READS, place, false);
}

static void add_all_but(const struct files *files)
{
	struct statement from = statement(files, "denyRead: what is not in it can be read");
	struct place everything = { 0 };

	add_reads(files, &from, &everything);
	for (size_t i = 0; i < files->deny_read.count; i++)
		deny_reads(files, i);
}

static void add_opened(const struct files *files)
{
	static const char *const system[] = { "/proc", "/dev", "/sys" };
	struct statement from = statement(files, "denyRead: / is denied but for /proc, /dev, /sys");

	for (size_t i = 0; i < sizeof system / sizeof *system; i++)
		granted_add_tree(&from, RESOURCE_FILE, READS, bytes_of(system[i]));
	for (size_t i = 0; i < files->allow_read.count; i++) {
		const struct place *place = &files->allow_read.place[i];

		from.text = files->allow_read.text[i];
		if (place_is_glob(place)) {
			place_add_ignored(&from, RESOURCE_FILE, READS, place, false);
			granted_note(&from, NOTE_WIDER,
				     "only what is there when a command starts is allowed");
		} else {
			add_reads(files, &from, place);
		}
	}
}

/* ---- writing ---- */

/* A folder with "**" behind it is the folder there; other globs are passed over. */
static bool take_literal(const struct statement *from, struct place *place)
{
	struct buffer *path = &place->path;

	if (path->size > 2 && !strcmp(path->data + path->size - 3, "/**")) {
		path->size -= 3;
		path->data[path->size] = '\0';
	}
	if (!place_is_glob(place))
		return true;
	granted_note(from, from->is_denied ? NOTE_WIDER : NOTE_NARROWER,
		     "Linux passes globs over in lists of what may be written");
	return false;
}

static bool is_hidden(const struct files *files, const struct place *place)
{
	for (size_t i = 0; i < files->deny_read.count; i++)
		if (place_holds(&files->deny_read.place[i], place,
				&files->sandbox->source->roots) == HOLDS)
			return true;
	return false;
}

/* What it lets be written in any case: terminals, its own folder, and two of the home unless they
 * are hidden. */
static void add_own(const struct files *files)
{
	static const char *const device[] = { "/dev/null", "/dev/tty", "/dev/stdout",
					      "/dev/stderr" };
	static const char *const folder[] = { "/tmp/claude", "~/.npm/_logs", "~/.claude/debug" };
	struct statement from = statement(files, "what can always be written");

	for (size_t i = 0; i < sizeof device / sizeof *device; i++)
		granted_add_path(&from, RESOURCE_FILE, GRANT_READ | GRANT_EDIT,
				 bytes_of(device[i]));
	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++) {
		scoped(place) struct place place = { 0 };

		if (place_read(&from, bytes_of(folder[i]), PLACE_PLAIN, &place) &&
		    (place.root == ROOT_NONE || !is_hidden(files, &place)))
			place_add_tree(&from, RESOURCE_FILE, READS | GRANT_CHANGE, &place);
	}
}

static void add_writes(const struct files *files)
{
	struct statement from = statement(files, NULL);

	add_own(files);
	for (size_t i = 0; i < files->allow_write.count; i++) {
		struct place *place = &files->allow_write.place[i];

		from.text = files->allow_write.text[i];
		if (!take_literal(&from, place))
			continue;
		place_add_tree(&from, RESOURCE_FILE, GRANT_CHANGE, place);
		if (files->hides_all)
			add_reads(files, &from, place);
	}
	from.is_denied = true;
	for (size_t i = 0; i < files->deny_write.count; i++) {
		from.text = files->deny_write.text[i];
		if (take_literal(&from, &files->deny_write.place[i]))
			place_add_tree(&from, RESOURCE_FILE, GRANT_CHANGE,
				       &files->deny_write.place[i]);
	}
}

static void note_protected(const struct files *files)
{
	struct statement from = statement(files, "filesystem");

	if (files->allow_write.count)
		granted_note(&from, NOTE_WIDER,
			     "files that run things (.bashrc, .gitconfig, .git/hooks, .vscode, "
			     ".mcp.json) are never written, nor others of that kind");
}

static void add_disabled(const struct files *files)
{
	struct statement from = statement(files, "filesystem.disabled");

	granted_add(&from, RESOURCE_FILE, GRANT_ALL, "/");
	granted_add(&from, RESOURCE_FILE, GRANT_ALL, "/**");
	if (files->sandbox->runs_anything)
		granted_add_programs(&from);
}

void sandbox_add_files(const struct sandbox *sandbox, json_t *filesystem)
{
	scoped(files) struct files files = { .sandbox = sandbox };
	scoped(buffer) struct buffer prefix = { 0 };
	struct settings settings = { sandbox->source, sandbox->grants, NULL, &files };

	buffer_printf(&prefix, "%sfilesystem.", sandbox->prefix);
	settings.prefix = buffer_text(&prefix);
	settings_read(&settings, filesystem, member);
	for (size_t i = 0; i < files.deny_read.count; i++)
		files.hides_all = files.hides_all || place_is_everything(&files.deny_read.place[i]);
	if (settings_flag(filesystem, "disabled", false)) {
		add_disabled(&files);
		return;
	}
	if (files.hides_all)
		add_opened(&files);
	else
		add_all_but(&files);
	add_writes(&files);
	note_protected(&files);
}
