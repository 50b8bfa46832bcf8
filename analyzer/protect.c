#include "analyzer/protect_file.h"

#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct protection {
	struct protected_row *row;
	size_t count, added; /* rows; those of the user among them, the first */
	char *file, *text;   /* of the user's rows */
	int holders;
};

static const struct protected_row table[] = {
#define PLAIN_FILE(pattern) { RESOURCE_FILE, USES_NONE, { "", pattern, "" }, { 0 }, 0, 0, 0 },
#define SECRET_FILE(pattern, id, why)                                                              \
	{ RESOURCE_FILE, USES_SECRET, { id, pattern, why }, { 0 }, 0, 0, 0 },
#define STARTUP_FILE(pattern, id, why)                                                             \
	{ RESOURCE_FILE, USES_STARTUP, { id, pattern, why }, { 0 }, 0, 0, 0 },
#define SECRET_SOCKET(pattern, id, why)                                                            \
	{ RESOURCE_SOCKET, USES_SECRET, { id, pattern, why }, { 0 }, 0, 0, 0 },
#define SECRET_HOST(pattern, id, why)                                                              \
	{ RESOURCE_HOST, USES_SECRET, { id, pattern, why }, { 0 }, 0, 0, 0 },
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
bool protect_fits(const char *pattern, struct bytes name)
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

/* What stands before the first star and behind the last is compared first, a byte of it before all:
 * most fail there. */
static bool may_fit(const struct protected_row *row, struct bytes name)
{
	const char *pattern = row->object.pattern, *end = name.data + name.size;

	if (row->head + row->tail > name.size)
		return false;
	if (row->tail && (end[-1] != pattern[row->size - 1] ||
			  memcmp(pattern + row->size - row->tail, end - row->tail, row->tail) != 0))
		return false;
	return !row->head || (pattern[row->head - 1] == name.data[row->head - 1] &&
			      !memcmp(pattern, name.data, row->head));
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

static bool concerns(const struct protected_row *row, enum resource resource, enum action action)
{
	return row->resource == resource && counts(row->uses, action);
}

const struct protected_object *protect_find(const struct protection *protection,
					    enum resource resource, enum action action,
					    struct bytes name)
{
	for (size_t i = 0; i < protection->count && name.size; i++) {
		const struct protected_row *row = &protection->row[i];

		if (row->resource == resource && counts(row->uses, action) && may_fit(row, name) &&
		    protect_fits(row->object.pattern, name))
			return row->uses == USES_NONE ? NULL : &row->object;
	}
	return NULL;
}

bool protect_meets(const struct protection *protection, enum resource resource, enum action action,
		   const struct language *language)
{
	for (size_t i = 0; i < protection->count; i++) {
		const struct protected_row *row = &protection->row[i];

		if (!concerns(row, resource, action))
			continue;
		if (language_intersects(language, &row->language, NULL) == 0)
			continue;
		if (row->uses != USES_NONE)
			return true;
		if (language_includes(&row->language, language, NULL) == 1)
			return false;
	}
	return false;
}

/* The exceptions that come before the row, behind what is there. */
static size_t add_exceptions(const struct protection *protection, size_t row,
			     const struct language **without, size_t count)
{
	for (size_t i = 0; i < row; i++)
		if (protection->row[i].uses == USES_NONE &&
		    protection->row[i].resource == protection->row[row].resource)
			without[count++] = &protection->row[i].language;
	return count;
}

const struct protected_object *protect_reached(const struct protection *protection,
					       enum resource resource, enum action action,
					       const struct language *language,
					       const struct language *const *without,
					       size_t withouts, size_t *row, struct buffer *witness)
{
	const struct language **all = calloc(withouts + protection->count + 1, sizeof(*all));
	const struct protected_object *found = NULL;

	for (size_t i = 0; i < withouts && all; i++)
		all[i] = without[i];
	for (; *row < protection->count && !found; ++*row) {
		const struct protected_row *at = &protection->row[*row];
		const struct language *within[2] = { language, &at->language };

		if (at->uses == USES_NONE || !concerns(at, resource, action) ||
		    !language_intersects(language, &at->language, NULL))
			continue;
		if (!all || language_find(within, 2, all,
					  add_exceptions(protection, *row, all, withouts), witness))
			found = &at->object;
	}
	free(all);
	return found;
}

/* ---- opening ---- */

/* Where a pattern has no star its head is all of it. */
static void measure(struct protected_row *row)
{
	const char *pattern = row->object.pattern;

	row->size = strlen(pattern);
	row->head = strcspn(pattern, "*");
	while (row->head + row->tail < row->size && pattern[row->size - row->tail - 1] != '*')
		row->tail++;
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

/* The XDG base directory specification ignores a relative $XDG_CONFIG_HOME. */
static bool find_file(struct buffer *path)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config == '/')
		buffer_printf(path, "%s/pare/protected", config);
	else if (home && *home == '/')
		buffer_printf(path, "%s/.config/pare/protected", home);
	return path->size && !access(path->data, F_OK);
}

static int add_file(struct protection *protection, const char *file, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };
	int r = file_read(file, 1, &text, err);
	size_t size = text.size;

	if (r < 0 || !size)
		return r;
	protection->text = buffer_steal(&text);
	protection->file = strdup(file);
	if (!protection->file)
		return error_set(err, ENOMEM, "read protected objects");
	r = protect_file_read(protection->text, size, file, &protection->row, &protection->count,
			      err);
	protection->added = protection->count;
	return r;
}

static int add_table(struct protection *protection)
{
	size_t rows = sizeof table / sizeof *table;
	struct protected_row *grown =
		reallocarray(protection->row, protection->count + rows, sizeof *grown);

	if (!grown)
		return -ENOMEM;
	protection->row = grown;
	memcpy(grown + protection->count, table, sizeof table);
	protection->count += rows;
	for (size_t i = 0; i < protection->count; i++) {
		measure(&grown[i]);
		language_of(grown[i].object.pattern, &grown[i].language);
		if (grown[i].language.failed)
			return -ENOMEM;
	}
	return 0;
}

int protection_open(struct protection **ret, const char *file, struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	struct protection *protection = calloc(1, sizeof *protection);
	int r = protection ? 0 : -ENOMEM;

	if (!file && find_file(&path))
		file = buffer_text(&path);
	if (r == 0 && file)
		r = add_file(protection, file, err);
	if (r == 0)
		r = add_table(protection);
	if (r < 0) {
		protection_close(protection);
		return error_set(err, -r, "read protected objects");
	}
	protection->holders = 1;
	*ret = protection;
	return 0;
}

struct protection *protection_share(struct protection *protection)
{
	protection->holders++;
	return protection;
}

void protection_close(struct protection *protection)
{
	if (!protection || --protection->holders > 0)
		return;
	for (size_t i = 0; i < protection->count; i++)
		language_release(&protection->row[i].language);
	free(protection->row);
	free(protection->file);
	free(protection->text);
	free(protection);
}

size_t protection_added(const struct protection *protection, const char **ret_file)
{
	*ret_file = protection->file;
	return protection->added;
}

const struct protected_object *protection_row(const struct protection *protection, size_t row)
{
	return row < protection->count ? &protection->row[row].object : NULL;
}
