#include "analyzer/protect.h"

#include "core/language.h"

#include <stddef.h>
#include <string.h>

enum uses { USES_NONE, USES_SECRET, USES_STARTUP };

static const struct protected_row {
	enum resource resource;
	enum uses uses;
	struct protected_object object;
} protected_row[] = {
#define PLAIN_FILE(pattern)		{ RESOURCE_FILE, USES_NONE, { "", pattern, "" } },
#define SECRET_FILE(pattern, id, why)	{ RESOURCE_FILE, USES_SECRET, { id, pattern, why } },
#define STARTUP_FILE(pattern, id, why)	{ RESOURCE_FILE, USES_STARTUP, { id, pattern, why } },
#define SECRET_SOCKET(pattern, id, why) { RESOURCE_SOCKET, USES_SECRET, { id, pattern, why } },
#define SECRET_HOST(pattern, id, why)	{ RESOURCE_HOST, USES_SECRET, { id, pattern, why } },
#include "analyzer/protected.def"
};

/* Where to go on when the rest of a pattern did not fit: one star takes one more byte. */
struct retry {
	const char *pattern; /* behind the star, NULL while there was none */
	size_t at;	     /* bytes of the name up to where the star reaches */
};

static bool again(struct retry *retry, bool may_cross, struct bytes name, const char **pattern,
		  size_t *at)
{
	if (!retry->pattern || (!may_cross && name.data[retry->at] == '/'))
		return false;
	*pattern = retry->pattern;
	*at = ++retry->at;
	return true;
}

/* A later star makes retrying an earlier one of its kind useless, so two are enough. */
static bool pattern_fits(const char *pattern, struct bytes name)
{
	struct retry one = { 0 }, deep = { 0 };
	size_t at = 0;

	while (at < name.size) {
		if (pattern[0] == '*' && pattern[1] == '*') {
			pattern += 2;
			deep = (struct retry){ pattern, at };
			one.pattern = NULL;
		} else if (*pattern == '*') {
			one = (struct retry){ ++pattern, at };
		} else if (*pattern && *pattern == name.data[at]) {
			pattern++;
			at++;
		} else if (!again(&one, false, name, &pattern, &at)) {
			one.pattern = NULL;
			if (!again(&deep, true, name, &pattern, &at))
				return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

bool action_is_change(enum action action)
{
	switch (action) {
	case ACTION_WRITE:
	case ACTION_APPEND:
	case ACTION_CREATE:
	case ACTION_DELETE:
	case ACTION_RENAME:
	case ACTION_LINK:
	case ACTION_ATTR:
		return true;
	default:
		return false;
	}
}

static bool counts(enum uses uses, enum action action)
{
	return uses == USES_NONE || (uses == USES_SECRET && action != ACTION_STAT) ||
	       (uses == USES_STARTUP && action_is_change(action));
}

const struct protected_object *protect_find(enum resource resource, enum action action,
					    struct bytes name)
{
	for (size_t i = 0; i < sizeof protected_row / sizeof *protected_row; i++) {
		const struct protected_row *row = &protected_row[i];

		if (row->resource == resource && counts(row->uses, action) &&
		    pattern_fits(row->object.pattern, name))
			return row->uses == USES_NONE ? NULL : &row->object;
	}
	return NULL;
}

static void language_of(const char *pattern, struct language *out)
{
	while (*pattern) {
		size_t size = strcspn(pattern, "*"), stars;

		language_add_literal(out, (struct bytes){ pattern, size });
		stars = strspn(pattern + size, "*");
		if (stars)
			language_add_any(out, stars > 1);
		pattern += size + stars;
	}
}

bool protect_meets(enum resource resource, enum action action, const struct language *language)
{
	for (size_t i = 0; i < sizeof protected_row / sizeof *protected_row; i++) {
		const struct protected_row *row = &protected_row[i];
		scoped(language) struct language protected = { 0 };

		if (row->resource != resource || !counts(row->uses, action))
			continue;
		language_of(row->object.pattern, &protected);
		if (row->uses == USES_NONE && language_includes(&protected, language, NULL) == 1)
			return false;
		if (row->uses != USES_NONE && language_intersects(language, &protected, NULL) != 0)
			return true;
	}
	return false;
}
