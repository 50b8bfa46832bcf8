#include "analyzer/grants/merge.h"

#include <stdlib.h>
#include <string.h>

/* "{digit:1-4}" in a pattern. */
struct count {
	size_t begin, end; /* of the numbers */
	unsigned long least, most;
};

/* Where two texts differ first. */
static size_t common(const char *a, const char *b)
{
	size_t at = 0;

	while (a[at] && a[at] == b[at])
		at++;
	return at;
}

/* Whether the byte stands for itself because of a backslash. */
static bool is_escaped(const char *text, size_t at)
{
	size_t before = at;

	while (before && text[before - 1] == '\\')
		before--;
	return (at - before) % 2;
}

/* The numbers that the byte at `at` is one of. */
static bool find_count(const char *text, size_t at, struct count *ret)
{
	size_t brace = at;
	const char *colon;
	char *end;

	while (brace && (text[brace] != '{' || is_escaped(text, brace)))
		brace--;
	colon = strchr(text + brace, ':');
	if (text[brace] != '{' || !colon || (size_t)(colon - text) >= at)
		return false;
	ret->begin = (size_t)(colon - text) + 1;
	if (strcspn(text + brace, "}/") < at - brace)
		return false;
	ret->least = ret->most = strtoul(colon + 1, &end, 10);
	if (*end == '-')
		ret->most = strtoul(end + 1, &end, 10);
	ret->end = (size_t)(end - text);
	return *end == '}' && end > colon + 1;
}

static unsigned long smaller(unsigned long a, unsigned long b)
{
	return a < b ? a : b;
}

static bool touch(const struct count *a, const struct count *b)
{
	return a->begin == b->begin && a->most + 1 >= b->least && b->most + 1 >= a->least;
}

/* What admits what both do, or NULL. */
static char *join(const char *a, const char *b)
{
	scoped(buffer) struct buffer both = { 0 };
	size_t at = common(a, b);
	struct count one, other;

	if (!a[at] && !b[at])
		return strdup(a);
	if (!find_count(a, at, &one) || !find_count(b, at, &other) || !touch(&one, &other) ||
	    strcmp(a + one.end, b + other.end) != 0)
		return NULL;
	buffer_append(&both, a, one.begin);
	buffer_printf(&both, "%lu-%lu%s", smaller(one.least, other.least),
		      one.most + other.most - smaller(one.most, other.most), a + one.end);
	return buffer_steal(&both);
}

/* Joins with the one at `at` all that it can be joined with, which are then NULL. */
static bool join_all(char **list, size_t count, size_t at)
{
	bool joined = false;

	for (size_t i = at + 1; list[at] && i < count; i++) {
		char *both = list[i] ? join(list[at], list[i]) : NULL;

		if (!both)
			continue;
		free(list[at]);
		free(list[i]);
		list[at] = both;
		list[i] = NULL;
		joined = true;
		i = at;
	}
	return joined;
}

static size_t split(const struct buffer *patterns, char ***ret)
{
	const char *at = buffer_text(patterns), *end = at + patterns->size;
	size_t count = 0;

	for (const char *text = at; text < end; text += strlen(text) + 1)
		count++;
	*ret = calloc(count + 1, sizeof **ret);
	for (size_t i = 0; *ret && i < count; i++, at += strlen(at) + 1)
		(*ret)[i] = strdup(at);
	return *ret ? count : 0;
}

void patterns_merge(struct buffer *patterns)
{
	char **list = NULL;
	size_t count;
	bool again = true;

	if (patterns->failed || !patterns->size)
		return;
	count = split(patterns, &list);
	while (again) {
		again = false;
		for (size_t i = 0; i < count; i++)
			again = join_all(list, count, i) || again;
	}
	if (list)
		buffer_clear(patterns);
	for (size_t i = 0; i < count; i++) {
		if (list[i])
			buffer_append(patterns, list[i], strlen(list[i]) + 1);
		free(list[i]);
	}
	free(list);
}
