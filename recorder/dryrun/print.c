#include "recorder/dryrun/command.h"

#include "core/error.h"
#include "core/text.h"
#include "recorder/dryrun/mounts.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define SHOWN_BELOW 12 /* of a new folder with more in it only the number is said */

static const char sign[] = { '+', '~', '-', 'm' };
static const char *const kind_word[] = { "created", "changed", "deleted", "metadata" };

static const struct {
	unsigned part;
	const char *word;
} part_row[] = {
	{ PART_TYPE, "type" },	 { PART_CONTENT, "content" }, { PART_MODE, "mode" },
	{ PART_OWNER, "owner" }, { PART_TIME, "time" },	      { PART_ATTRIBUTES, "attributes" },
};

static const char *type_word(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "folder";
	case S_IFLNK:
		return "link";
	case S_IFIFO:
		return "pipe";
	case S_IFSOCK:
		return "socket";
	default:
		return "file";
	}
}

void print_path(const struct effect *effect, FILE *out)
{
	scoped(buffer) struct buffer shown = { 0 };

	fprintf(out, "%c %s%s", sign[effect->kind], text_safe(bytes_of(effect->path), 0, &shown),
		S_ISDIR(effect->now.st_mode) ? "/" : "");
}

static void print_parts(const struct effect *effect, FILE *out)
{
	const char *separator = "  ";

	for (size_t i = 0; i < sizeof part_row / sizeof *part_row; i++) {
		if (!(effect->differs & part_row[i].part))
			continue;
		fprintf(out, "%s%s", separator, part_row[i].word);
		if (part_row[i].part == PART_MODE)
			fprintf(out, " %o -> %o", effect->real.st_mode & 07777,
				effect->now.st_mode & 07777);
		if (part_row[i].part == PART_OWNER)
			fprintf(out, " %u:%u -> %u:%u", effect->real.st_uid, effect->real.st_gid,
				effect->now.st_uid, effect->now.st_gid);
		separator = ", ";
	}
}

/* How many of those behind it are in a new folder. */
static size_t count_below(const struct effects *effects, size_t at)
{
	size_t count = 0;

	if (effects->effect[at].kind != EFFECT_CREATED || !S_ISDIR(effects->effect[at].now.st_mode))
		return 0;
	while (at + count + 1 < effects->count &&
	       path_is_in(effects->effect[at + count + 1].path, effects->effect[at].path))
		count++;
	return count;
}

static void print_one(const struct effect *effect, uint64_t below, FILE *out)
{
	print_path(effect, out);
	if (below)
		fprintf(out, "  with %" PRIu64 " in it", below);
	else if (effect->kind == EFFECT_CREATED && S_ISREG(effect->now.st_mode))
		fprintf(out, "  %jd bytes", (intmax_t)effect->now.st_size);
	print_parts(effect, out);
	fputc('\n', out);
}

static int print_note(void *context, char *line)
{
	scoped(buffer) struct buffer shown = { 0 };

	fprintf(context, "note: %s\n", text_safe(bytes_of(line), 0, &shown));
	return 0;
}

static void print_notes(const struct left *left, FILE *out)
{
	struct error ignored = { 0 };

	places_each_line(buffer_text(&left->folder), "notes", print_note, out, &ignored);
}

void print_effects(const struct left *left, FILE *out)
{
	const struct effects *effects = &left->effects;
	size_t count[4] = { 0 };

	for (size_t i = 0; i < effects->count; i++) {
		size_t below = count_below(effects, i);

		print_one(&effects->effect[i],
			  effects->effect[i].kind == EFFECT_DELETED ? effects->effect[i].files
			  : below > SHOWN_BELOW			    ? below
								    : 0,
			  out);
		count[effects->effect[i].kind]++;
		for (size_t folded = below > SHOWN_BELOW ? below : 0; folded; folded--)
			count[effects->effect[++i].kind]++;
	}
	print_notes(left, out);
	fprintf(out, "%zu created, %zu changed, %zu deleted, %zu with other attributes\n", count[0],
		count[1], count[2], count[3]);
}

size_t print_conflicts(const struct effects *effects, char *const *path, size_t count, FILE *out)
{
	scoped(buffer) struct buffer shown = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < effects->count; i++) {
		const struct effect *effect = &effects->effect[i];

		if (!effect->conflict || !effect_is_wanted(effect, path, count))
			continue;
		fprintf(out, "conflict: %s: %s\n", text_safe(bytes_of(effect->path), 0, &shown),
			effect->conflict);
		found++;
	}
	return found;
}

static json_t *text_of(const char *text)
{
	scoped(buffer) struct buffer escaped = { 0 };

	text_escape(bytes_of(text), TEXT_EXACT, &escaped);
	return json_string(buffer_text(&escaped));
}

static json_t *object_of(const struct effect *effect)
{
	json_t *object = json_object(), *parts = json_array();
	char mode[16];

	for (size_t i = 0; i < sizeof part_row / sizeof *part_row; i++)
		if (effect->differs & part_row[i].part)
			json_array_append_new(parts, json_string(part_row[i].word));
	snprintf(mode, sizeof mode, "%04o", effect->now.st_mode & 07777);
	json_object_set_new(object, "path", text_of(effect->path));
	json_object_set_new(object, "effect", json_string(kind_word[effect->kind]));
	json_object_set_new(object, "type", json_string(type_word(effect->now.st_mode)));
	json_object_set_new(object, "differs", parts);
	json_object_set_new(object, "mode", json_string(mode));
	json_object_set_new(object, "bytes", json_integer(effect->now.st_size));
	if (effect->kind == EFFECT_DELETED && S_ISDIR(effect->now.st_mode))
		json_object_set_new(object, "entries", json_integer((json_int_t)effect->files));
	if (effect->conflict)
		json_object_set_new(object, "conflict", text_of(effect->conflict));
	return object;
}

int print_effects_json(const struct effects *effects, FILE *out)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < effects->count; i++) {
		json_t *object = object_of(&effects->effect[i]);

		r = json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII);
		json_decref(object);
		fputc('\n', out);
	}
	return r;
}
