#include "analyzer/protect_file.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 10000

static const struct kind {
	const char *word;
	enum resource resource;
	enum uses uses;
} kind[] = {
	{ "secret-file", RESOURCE_FILE, USES_SECRET },
	{ "startup-file", RESOURCE_FILE, USES_STARTUP },
	{ "secret-socket", RESOURCE_SOCKET, USES_SECRET },
	{ "secret-host", RESOURCE_HOST, USES_SECRET },
	{ NULL, 0, USES_NONE },
};

/* Where the reading is, for messages. */
struct place {
	const char *file;
	size_t line;
	struct error *err;
};

static int refuse(const struct place *place, const char *what, const char *why)
{
	scoped(buffer) struct buffer file = { 0 }, part = { 0 };

	text_safe(bytes_of(place->file), 100, &file);
	text_safe(bytes_of(what), 60, &part);
	return error_say(place->err, EINVAL, "%s:%zu: \"%s\" %s", buffer_text(&file), place->line,
			 buffer_text(&part), why);
}

/* The next word, ended by a NUL; "" when there is no more. */
static char *take_word(char **at)
{
	char *word = *at + strspn(*at, " \t"), *end = word + strcspn(word, " \t");

	*at = end;
	if (*end)
		*(*at)++ = '\0';
	return word;
}

static int read_kind(const struct place *place, const char *word, struct protected_row *row)
{
	const struct kind *at = kind;

	while (at->word && strcmp(at->word, word) != 0)
		at++;
	if (!at->word)
		return refuse(place, word,
			      "is no kind of object: these are secret-file, startup-file, "
			      "secret-socket and secret-host");
	row->resource = at->resource;
	row->uses = at->uses;
	return 0;
}

static int check_place(const struct place *place, const struct protected_row *row)
{
	const char *pattern = row->object.pattern;

	if (row->resource == RESOURCE_HOST) {
		if (!strchr(pattern, '/') || !strchr(pattern, ':'))
			return refuse(place, pattern,
				      "is no host: write tcp/HOST:PORT, or * for each");
		return 0;
	}
	if (*pattern != '/' && strncmp(pattern, "**/", 3) != 0)
		return refuse(place, pattern, "must begin with / or **/");
	return 0;
}

/* The bytes take the place of what they were written as, which is never shorter. */
static int read_pattern(const struct place *place, char *word, struct protected_row *row)
{
	scoped(buffer) struct buffer raw = { 0 };
	int r = text_unescape(bytes_of(word), &raw);

	if (r == -EINVAL || memchr(buffer_text(&raw), '\0', raw.size))
		return refuse(place, word, "has a backslash that begins no known escape");
	if (r < 0)
		return error_set(place->err, -r, "read protected objects");
	if (!raw.size)
		return refuse(place, word, "lacks a pattern, an id and a reason");
	memcpy(word, raw.data, raw.size + 1);
	row->object.pattern = word;
	return check_place(place, row);
}

static int read_id(const struct place *place, const char *word, struct protected_row *row)
{
	if (!*word)
		return refuse(place, row->object.pattern, "lacks an id and a reason");
	if (word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return refuse(place, word, "is no id: lower case, digits and dashes");
	row->object.id = word;
	return 0;
}

static int read_reason(const struct place *place, char *rest, struct protected_row *row)
{
	scoped(buffer) struct buffer safe = { 0 };
	char *reason = rest + strspn(rest, " \t");
	size_t size = strlen(reason);

	while (size && strchr(" \t\r", reason[size - 1]))
		reason[--size] = '\0';
	if (!size)
		return refuse(place, row->object.id, "lacks a reason behind it");
	if (text_escape(bytes_of(reason), TEXT_SAFE, &safe) & ~(unsigned)TEXT_MIXED)
		return refuse(place, reason, "has characters that cannot be seen");
	row->object.reason = reason;
	return 0;
}

static int read_line(const struct place *place, char *line, struct protected_row *ret)
{
	struct protected_row row = { 0 };
	char *at = line;
	int r = read_kind(place, take_word(&at), &row);

	if (r == 0)
		r = read_pattern(place, take_word(&at), &row);
	if (r == 0)
		r = read_id(place, take_word(&at), &row);
	if (r == 0)
		r = read_reason(place, at, &row);
	if (r == 0)
		*ret = row;
	return r;
}

static int add_line(const struct place *place, char *line, struct protected_row **row,
		    size_t *count)
{
	struct protected_row *grown;
	int r;

	line += strspn(line, " \t\r");
	if (!*line || *line == '#')
		return 0;
	if (*count == ROWS_MAX)
		return refuse(place, line, "is one object too many");
	grown = reallocarray(*row, *count + 1, sizeof *grown);
	if (!grown)
		return error_set(place->err, ENOMEM, "read protected objects");
	*row = grown;
	r = read_line(place, line, &grown[*count]);
	*count += r == 0;
	return r;
}

int protect_file_read(char *text, size_t size, const char *file, struct protected_row **row,
		      size_t *count, struct error *err)
{
	struct place place = { .file = file, .err = err };
	char *end = text + size;
	int r = 0;

	for (char *line = text; line < end && r == 0;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		place.line++;
		if (!newline)
			newline = end;
		*newline = '\0'; /* there is room for one behind the text */
		if (strlen(line) != (size_t)(newline - line))
			r = refuse(&place, line, "has a NUL behind it");
		else
			r = add_line(&place, line, row, count);
		line = newline + 1;
	}
	return r;
}
