#include "analyzer/audit/narrow.h"

#include "analyzer/shape.h"
#include "core/cover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of a hundred uses so many may be of something new. */
#define NEW_PERCENT 5

/* So many names show how all are made. */
#define SAMPLE 1024

/* A part of what was used: one name, or what is in one folder. */
struct part_used {
	size_t begin, end;
	size_t folder; /* bytes of the text */
	bool is_whole; /* it is taken as it is */
};

struct narrowing {
	const struct rule *rule;
	const struct used *used;
	struct part_used part[NARROW_MAX];
	size_t count;
};

static int rank(char c)
{
	return c == '/' ? 1 : (unsigned char)c;
}

int narrow_compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return rank(*a) - rank(*b);
}

/* Two runs at least have used some of it. */
static bool is_shared(const struct used *used, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (used[i].first_run != used[0].first_run || used[i].last_run != used[i].first_run)
			return true;
	return false;
}

/* So many runs at least. */
static uint64_t runs_of(const struct used *used, size_t count)
{
	uint64_t most = 0;

	for (size_t i = 0; i < count; i++)
		if (used[i].runs > most)
			most = used[i].runs;
	return most;
}

bool narrow_is_closed(const struct used *used, size_t count)
{
	uint64_t single = 0, runs = 0;

	for (size_t i = 0; i < count; i++) {
		single += !is_shared(&used[i], 1);
		runs += used[i].runs;
	}
	return single * 100 <= runs * NEW_PERCENT;
}

/* ---- folders ---- */

static bool ends(char c)
{
	return !c || c == '/';
}

/* The folder that all of it is in, or is. */
static size_t common_folder(const struct narrowing *narrowing, size_t begin, size_t end)
{
	const char *a = narrowing->used[begin].text, *b = narrowing->used[end - 1].text;
	size_t folder = 0;

	for (size_t i = 0;; i++) {
		if (ends(a[i]) && ends(b[i]))
			folder = i;
		if (!a[i] || a[i] != b[i])
			return folder;
	}
}

static struct part_used make_part(const struct narrowing *narrowing, size_t begin, size_t end)
{
	struct part_used part = { .begin = begin, .end = end, .is_whole = begin + 1 == end };

	if (narrowing->rule->match.is_path)
		part.folder = common_folder(narrowing, begin, end);
	return part;
}

/* Where the next name of the folder begins. */
static size_t next_child(const struct narrowing *narrowing, const struct part_used *part, size_t at)
{
	const char *text = narrowing->used[at].text;
	size_t size = part->folder, end = at + 1;

	if (!narrowing->rule->match.is_path || !text[size])
		return end;
	size += 1 + strcspn(text + size + 1, "/");
	while (end < part->end && !strncmp(narrowing->used[end].text, text, size) &&
	       ends(narrowing->used[end].text[size]))
		end++;
	return end;
}

/* Whether the names in the folder are few, and seem to be all there are; ret_count of them. */
static bool is_closed(const struct narrowing *narrowing, const struct part_used *part,
		      size_t *ret_count)
{
	uint64_t single = 0, runs = 0;
	size_t count = 0, end;

	for (size_t at = part->begin; at < part->end; at = end) {
		end = next_child(narrowing, part, at);
		if (++count > NARROW_MAX)
			return false;
		single += !is_shared(&narrowing->used[at], end - at);
		runs += runs_of(&narrowing->used[at], end - at);
	}
	*ret_count = count;
	return single * 100 <= runs * NEW_PERCENT;
}

/* Puts the names of a folder in its place. */
static bool split(struct narrowing *narrowing, size_t number)
{
	struct part_used part = narrowing->part[number], *place = &narrowing->part[number];
	size_t count, at = part.begin;

	if (part.is_whole || !is_closed(narrowing, &part, &count) ||
	    narrowing->count - 1 + count > NARROW_MAX) {
		place->is_whole = true;
		return false;
	}
	memmove(place + count, place + 1, (narrowing->count - number - 1) * sizeof *place);
	narrowing->count += count - 1;
	for (; at < part.end; place++) {
		size_t end = next_child(narrowing, &part, at);

		*place = make_part(narrowing, at, end);
		at = end;
	}
	return true;
}

/* The folders first that are nearest to the top. */
static void split_all(struct narrowing *narrowing, size_t count)
{
	bool again = true;

	narrowing->part[0] = make_part(narrowing, 0, count);
	narrowing->count = 1;
	while (again) {
		size_t before = narrowing->count;

		again = false;
		for (size_t i = 0; i < narrowing->count; i++) {
			again = split(narrowing, i) || again;
			i += narrowing->count - before;
			before = narrowing->count;
		}
	}
}

/* ---- as patterns ---- */

static bool is_flat(const struct narrowing *narrowing, const struct part_used *part)
{
	for (size_t i = part->begin; i < part->end; i++) {
		const char *rest = narrowing->used[i].text + part->folder;

		if (*rest != '/' || strchr(rest + 1, '/'))
			return false;
	}
	return true;
}

static struct bytes base_of(struct bytes name)
{
	const char *slash = memrchr(name.data, '/', name.size);
	size_t before = slash ? (size_t)(slash - name.data) + 1 : 0;

	return (struct bytes){ name.data + before, name.size - before };
}

/* Whether all names are made alike. */
static bool are_alike(const struct bytes *name, size_t count)
{
	scoped(buffer) struct buffer first = { 0 }, other = { 0 };
	bool alike = true;

	shape_key(name[0], &first);
	for (size_t i = 1; i < count && alike; i++) {
		buffer_clear(&other);
		shape_key(name[i], &other);
		alike = first.size && bytes_equal(buffer_bytes(&first), buffer_bytes(&other));
	}
	return alike && buffer_status(&first) == 0 && buffer_status(&other) == 0;
}

/* What chance has made of all names, by some that are spread over them.  0; 1: they are not of one
 * make; -ENOMEM. */
static int infer(const struct used *used, size_t count, struct varying *ret)
{
	scoped(varying) struct varying varying = { 0 };
	struct bytes name[SAMPLE];
	size_t names = count < SAMPLE ? count : SAMPLE;
	int r;

	for (size_t i = 0; i < names; i++)
		name[i] = base_of(used[i * count / names].raw);
	if (!are_alike(name, names))
		return 1;
	r = shape_infer(name, names, &varying);
	if (r)
		return r;
	if (shape_is_numbers(&varying))
		return 1;
	for (size_t i = 0; i < count; i++)
		if (!varying_matches(&varying, base_of(used[i].raw)))
			return 1;
	*ret = varying;
	varying = (struct varying){ 0 };
	return 0;
}

/* "cc{hex:8}.o" where chance made the names, else "*". */
static int write_names(const struct narrowing *narrowing, const struct part_used *part,
		       struct buffer *out)
{
	scoped(varying) struct varying varying = { 0 };
	int r = infer(&narrowing->used[part->begin], part->end - part->begin, &varying);

	if (r == 0)
		varying_write(&varying, out);
	else
		buffer_add(out, "*");
	return r < 0 ? r : 0;
}

static int write_part(const struct narrowing *narrowing, const struct part_used *part,
		      struct buffer *out)
{
	const char *text = narrowing->used[part->begin].text;

	if (out->size)
		buffer_add_char(out, '\n');
	if (part->begin + 1 == part->end) {
		buffer_add(out, text);
		return 0;
	}
	if (!text[part->folder])
		buffer_printf(out, "%s\n", text);
	buffer_append(out, text, part->folder);
	buffer_add_char(out, '/');
	if (is_flat(narrowing, part))
		return write_names(narrowing, part, out);
	buffer_add(out, "**");
	return 0;
}

static int write_parts(const struct narrowing *narrowing, struct buffer *out)
{
	int r = 0;

	for (size_t i = 0; i < narrowing->count && r == 0; i++)
		r = write_part(narrowing, &narrowing->part[i], out);
	return r < 0 ? r : buffer_status(out);
}

/* Whether only folders below the folder are left out, which nobody had a use for. */
static bool only_flattens(const struct pattern *large, const struct pattern *small)
{
	size_t last = large->count - 1;

	if (small->count != large->count || large->token[last].kind != TOKEN_SUBTREE ||
	    small->token[last].kind != TOKEN_ANY)
		return false;
	for (size_t i = 0; i < last; i++)
		if (token_compare(&large->token[i], &small->token[i]))
			return false;
	return true;
}

/* Whether the line is a pattern that admits less than the rule's. */
static bool is_narrower(const struct rule *rule, const char *line, size_t size)
{
	scoped(pattern) struct pattern pattern = { 0 };
	scoped(buffer) struct buffer text = { 0 };

	buffer_append(&text, line, size);
	return buffer_status(&text) == 0 &&
	       pattern_parse(&pattern, rule->resource, buffer_text(&text), NULL) == 0 &&
	       pattern_includes(&rule->match, &pattern) &&
	       !pattern_includes(&pattern, &rule->match) && !only_flattens(&rule->match, &pattern);
}

static bool are_narrower(const struct rule *rule, const char *lines)
{
	while (*lines) {
		size_t size = strcspn(lines, "\n");

		if (!is_narrower(rule, lines, size))
			return false;
		lines += size + (lines[size] == '\n');
	}
	return true;
}

/* Many names where names of some make are granted: they are meant. */
static bool is_made_so(const struct pattern *pattern, size_t count)
{
	return pattern->token[pattern->count - 1].kind == TOKEN_VARYING && count > NARROW_MAX;
}

int narrow_names(const struct rule *rule, const struct used *used, size_t count, struct buffer *out)
{
	scoped(buffer) struct buffer lines = { 0 };
	struct narrowing narrowing = { .rule = rule, .used = used };

	if (!count || !pattern_is_open(&rule->match) || is_made_so(&rule->match, count))
		return 0;
	split_all(&narrowing, count);
	if (!rule->match.is_path && narrowing.count != count)
		return 0;
	if (write_parts(&narrowing, &lines) < 0)
		return -ENOMEM;
	if (are_narrower(rule, buffer_text(&lines)))
		buffer_append(out, lines.data, lines.size);
	return buffer_status(out);
}
