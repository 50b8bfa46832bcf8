#include "analyzer/grants/script.h"
#include "core/bwrap_script.h"
#include "core/clock.h"
#include "core/digest.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool walked, tested; /* which functions there are of the set */
	bool below;	     /* the test is of what is below the place */
} set_row[] = {
	[SET_ROOM] = { "room", true, true, false },
	[SET_FREE] = { "free", false, true, false },
	[SET_EDIT] = { "edit", true, true, false },
	[SET_READ] = { "read", true, true, false },
	[SET_GLANCE] = { "glance", true, true, false },
	[SET_HIDE] = { "hide", true, false, false },
	[SET_TREE] = { "tree", true, true, true },
	[SET_OPEN] = { "open", true, true, true },
	[SET_DEVICE] = { "device", true, false, false },
	[SET_WAY] = { "way", false, true, false },
};

bool script_is_own(struct bytes text)
{
	return !memchr(text.size ? text.data : "", 0, text.size) &&
	       bytes_start_with(text, bytes_of("#!/bin/sh\n# Made by pare "));
}

void script_cleanup(struct script *script)
{
	for (size_t set = 0; set < SETS; set++) {
		for (size_t i = 0; i < script->set[set].count; i++)
			free(script->set[set].place[i].pattern);
		free(script->set[set].place);
	}
	*script = (struct script){ 0 };
}

/* The pattern is taken over. */
static void keep(struct script_reader *reader, struct script_places *places,
		 const struct script_place *place)
{
	size_t capacity = places->capacity ? places->capacity * 2 : 64;

	if (places->count == places->capacity) {
		struct script_place *grown = reallocarray(places->place, capacity, sizeof *grown);

		if (!grown) {
			reader->failed = true;
			free(place->pattern);
			return;
		}
		places->place = grown;
		places->capacity = capacity;
	}
	places->place[places->count++] = *place;
}

/* ---- what is walked through ---- */

static bool read_walk(struct script_reader *reader, const char *name, struct script_places *places)
{
	if (!script_take(reader, "pare_each_") || !script_take(reader, name) ||
	    !script_take(reader, "() {\n"))
		return false;
	while (!script_take(reader, ":\n}\n")) {
		struct script_place place = { .line = script_line(reader) };
		bool is_read =
			script_take(reader, "pare_expand \"$1\" ")
				? script_pattern(reader, &place)
				: script_take(reader, "\"$1\" ") && script_path(reader, &place);

		if (!is_read)
			return false;
		keep(reader, places, &place);
		if (!script_take(reader, "\n"))
			return false;
	}
	return true;
}

/* ---- what a test of the same set must say ---- */

/* Whether the folder around the place is a room: only there the test is asked. */
static bool is_in_room(const struct script *script, const struct script_place *place)
{
	const struct script_places *rooms = &script->set[SET_ROOM];
	const char *slash = strrchr(place->pattern, '/');
	size_t size = slash ? (size_t)(slash - place->pattern) : 0;

	for (size_t i = 0; i < rooms->count && size; i++)
		if (strlen(rooms->place[i].pattern) == size &&
		    !memcmp(rooms->place[i].pattern, place->pattern, size))
			return true;
	return false;
}

static void write_arm(enum script_set set, const struct script_place *place, struct buffer *out)
{
	if (strcmp(place->pattern, "/") != 0)
		buffer_append(out, place->words.data, place->words.size);
	buffer_add(out, set_row[set].below ? "/?*) return 0 ;;\n" : ") return 0 ;;\n");
}

static bool has_arm(const struct script *script, enum script_set set,
		    const struct script_place *place)
{
	if (place->is_open)
		return false;
	return (set != SET_READ && set != SET_GLANCE) || is_in_room(script, place);
}

static void write_call(enum script_set set, const struct script_place *place, struct buffer *out)
{
	buffer_add(out, set_row[set].below ? "! pare_below \"$1\" " : "! pare_fits \"$1\" ");
	buffer_append(out, place->words.data, place->words.size);
	buffer_add(out, " || return 0\n");
}

static void write_test(const struct script *script, enum script_set set, struct buffer *out)
{
	const struct script_places *places = &script->set[set];

	buffer_printf(out, "pare_%s_has() {\n%s", set_row[set].name,
		      places->count ? "case $1 in\n" : "");
	for (size_t i = 0; i < places->count; i++)
		if (has_arm(script, set, &places->place[i]))
			write_arm(set, &places->place[i], out);
	buffer_add(out, places->count ? "esac\n" : "");
	for (size_t i = 0; i < places->count; i++)
		if (places->place[i].is_open)
			write_call(set, &places->place[i], out);
	buffer_add(out, "return 1\n}\n");
}

/* ---- what is only tested ---- */

static bool read_arms(struct script_reader *reader, struct script_places *places)
{
	if (!script_take(reader, "case $1 in\n"))
		return true;
	while (!script_take(reader, "esac\n")) {
		struct script_place place = { .line = script_line(reader) };

		if (!script_path(reader, &place))
			return false;
		keep(reader, places, &place);
		if (!script_take(reader, ") return 0 ;;\n"))
			return false;
	}
	return true;
}

/* The folders on the way to the roots, which the exporter knows as little. */
static void pass_roots(struct script_reader *reader)
{
	static const char *const line[] = {
		"case \"$pare_ws\"/ in \"$1\"/*) return 0 ;; esac\n",
		"case \"$pare_home\"/ in \"$1\"/*) return 0 ;; esac\n",
		"case \"$pare_tmp\"/ in \"$1\"/*) return 0 ;; esac\n",
	};

	for (size_t i = 0; i < sizeof line / sizeof *line; i++)
		script_take(reader, line[i]);
}

static bool read_test(struct script_reader *reader, enum script_set set,
		      struct script_places *places)
{
	if (!script_take(reader, "pare_") || !script_take(reader, set_row[set].name) ||
	    !script_take(reader, "_has() {\n") || !read_arms(reader, places))
		return false;
	while (script_take(reader, "! pare_fits \"$1\" ")) {
		struct script_place place = { .line = script_line(reader) };

		if (!script_pattern(reader, &place))
			return false;
		keep(reader, places, &place);
		if (!script_take(reader, " || return 0\n"))
			return false;
	}
	if (set == SET_WAY)
		pass_roots(reader);
	return script_take(reader, "return 1\n}\n");
}

static bool read_set(struct script_reader *reader, struct script *script, enum script_set set)
{
	scoped(buffer) struct buffer test = { 0 };

	if (set_row[set].walked && !read_walk(reader, set_row[set].name, &script->set[set]))
		return false;
	if (!set_row[set].tested)
		return true;
	if (!set_row[set].walked)
		return read_test(reader, set, &script->set[set]);
	write_test(script, set, &test);
	return buffer_status(&test) == 0 && script_take(reader, buffer_text(&test));
}

/* ---- all else ---- */

static bool read_flag(struct script_reader *reader, const char *name, bool *ret)
{
	if (!script_take(reader, name))
		return false;
	*ret = script_take(reader, "yes");
	return *ret || script_take(reader, "no");
}

static bool read_flags(struct script_reader *reader, struct script *ret)
{
	return read_flag(reader, "pare_network=", &ret->network) &&
	       read_flag(reader, " pare_nested=", &ret->nested) &&
	       read_flag(reader, "\npare_proc=", &ret->proc) &&
	       read_flag(reader, " pare_proc_writable=", &ret->proc_writable) &&
	       read_flag(reader, " pare_devices=", &ret->devices) &&
	       read_flag(reader, " pare_shm=", &ret->shared_memory) && script_take(reader, "\n");
}

/* Up to `digits` of them; how many there are. */
static int read_number(struct script_reader *reader, int digits, int64_t *ret)
{
	int count = 0;

	for (; count < digits && reader->at < reader->text.size; count++, reader->at++) {
		char c = reader->text.data[reader->at];

		if (c < '0' || c > '9')
			break;
		*ret = *ret * 10 + (c - '0');
	}
	return count;
}

static bool read_seconds(struct script_reader *reader, int64_t *ret_ns)
{
	int64_t seconds = 0, rest = 0;
	int digits;

	if (!read_number(reader, 9, &seconds))
		return false;
	if (script_take(reader, ".")) {
		digits = read_number(reader, 9, &rest);
		for (int i = digits; i < 9; i++)
			rest *= 10;
		if (!digits)
			return false;
	}
	*ret_ns = seconds * SECOND_NS + rest;
	return true;
}

static bool read_limits(struct script_reader *reader, struct policy_limits *ret)
{
	const char *file = "prlimit --fsize=";

	if (!script_take(reader, "pare_limits='"))
		return false;
	if (script_take(reader, "timeout --foreground -s KILL ")) {
		if (!read_seconds(reader, &ret->time_ns))
			return false;
		file = " prlimit --fsize=";
	}
	if (script_take(reader, file) && !read_number(reader, 18, &ret->file_bytes))
		return false;
	return script_take(reader, "'\n");
}

static bool read_variables(struct script_reader *reader, struct script_places *places)
{
	if (!script_take(reader, "pare_is_granted() {\ncase $1 in\n"))
		return false;
	while (!script_take(reader, "esac\nreturn 1\n}\n")) {
		scoped(buffer) struct buffer name = { 0 }, pattern = { 0 };
		struct script_place place = { .line = script_line(reader) };

		if (!script_quoted(reader, &name) || !script_take(reader, ") return 0 ;;\n"))
			return false;
		pattern_write_literal(buffer_bytes(&name), &pattern);
		place.pattern = buffer_steal(&pattern);
		if (!place.pattern)
			reader->failed = true;
		else
			keep(reader, places, &place);
	}
	return true;
}

static bool read_tables(struct script_reader *reader, struct script *ret)
{
	for (enum script_set set = 0; set < SET_VARIABLE; set++)
		if (!read_set(reader, ret, set))
			return false;
	return read_limits(reader, &ret->limits) && read_variables(reader, &ret->set[SET_VARIABLE]);
}

static bool read_end(struct script_reader *reader)
{
	scoped(buffer) struct buffer end = { 0 };
	struct bytes fixed = bwrap_script_fixed();

	bwrap_script_secrets(&end);
	buffer_append(&end, fixed.data, fixed.size);
	return buffer_status(&end) == 0 && script_take(reader, buffer_text(&end)) &&
	       reader->at == reader->text.size;
}

/* Whether the comment, which has just begun, is the sum of all behind it. */
static bool is_sum(struct script_reader *reader, size_t end)
{
	struct bytes text = reader->text;
	char sum[DIGEST_HEX_SIZE] = "";

	if (!script_take(reader, &BWRAP_SCRIPT_SUM[1]))
		return false;
	if (digest_of((struct bytes){ text.data + end, text.size - end }, sum) < 0)
		reader->failed = true;
	return script_take(reader, sum) && reader->at + 1 == end;
}

static void read_head(struct script_reader *reader, struct script *ret)
{
	struct bytes text = reader->text;

	while (script_take(reader, "#")) {
		const char *at = text.data + reader->at;
		const char *newline = memchr(at, '\n', text.size - reader->at);
		size_t end = newline ? (size_t)(newline - text.data) + 1 : text.size;

		ret->is_summed = is_sum(reader, end) || ret->is_summed;
		reader->at = end;
	}
}

bool script_read(struct bytes text, struct script *ret)
{
	struct script_reader reader = { .text = text, .line = 1 };
	bool is_read;

	read_head(&reader, ret);
	is_read = read_flags(&reader, ret) && read_tables(&reader, ret) && read_end(&reader);
	ret->line = script_line(&reader);
	ret->failed = reader.failed;
	return is_read;
}
