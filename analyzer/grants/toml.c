#include "analyzer/grants/toml.h"

#include "analyzer/grants/toml_private.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int toml_peek(const struct toml_reader *reader, size_t ahead)
{
	return ahead < reader->text.size - reader->at
		       ? (unsigned char)reader->text.data[reader->at + ahead]
		       : -1;
}

bool toml_take(struct toml_reader *reader, const char *text)
{
	struct bytes rest = { reader->text.data + reader->at, reader->text.size - reader->at };

	if (!bytes_start_with(rest, bytes_of(text)))
		return false;
	reader->at += strlen(text);
	return true;
}

void toml_blanks(struct toml_reader *reader)
{
	while (toml_peek(reader, 0) == ' ' || toml_peek(reader, 0) == '\t')
		reader->at++;
}

int toml_fail(const struct toml_reader *reader, const char *reason)
{
	scoped(buffer) struct buffer name = { 0 };

	return error_say(reader->err, EINVAL, "%s:%d: %s",
			 text_safe(bytes_of(reader->name), 100, &name), reader->line, reason);
}

int toml_no_memory(const struct toml_reader *reader)
{
	return error_set(reader->err, ENOMEM, "read TOML");
}

static int comment(struct toml_reader *reader)
{
	int c;

	if (toml_peek(reader, 0) != '#')
		return 0;
	while ((c = toml_peek(reader, 0)) >= 0 && c != '\n') {
		bool ends = c == '\r' && toml_peek(reader, 1) == '\n';

		if (ends)
			return 0;
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return toml_fail(reader, "a comment has a control character");
		reader->at++;
	}
	return 0;
}

static bool line_break(struct toml_reader *reader)
{
	bool taken = toml_take(reader, "\n") || toml_take(reader, "\r\n");

	reader->line += taken;
	return taken;
}

int toml_space(struct toml_reader *reader)
{
	int r;

	do {
		toml_blanks(reader);
		r = comment(reader);
	} while (r == 0 && line_break(reader));
	return r;
}

static int end_line(struct toml_reader *reader)
{
	int r;

	toml_blanks(reader);
	r = comment(reader);
	if (r < 0 || toml_peek(reader, 0) < 0 || line_break(reader))
		return r;
	return toml_fail(reader, "there is more on the line than belongs there");
}

/* ---- headers ---- */

/* On the way to a header: a table, or the last one of an array of them. */
static int step(struct toml_reader *reader, struct toml **table, struct buffer *word)
{
	struct toml *next = toml_find(*table, buffer_bytes(word));

	if (!next) {
		next = toml_add(*table, reader, TOML_TABLE, word);
		if (!next)
			return toml_no_memory(reader);
		next->made = TOML_BY_PART;
	}
	if (next->made == TOML_BY_LIST)
		next = next->last;
	if (next->kind != TOML_TABLE || next->made == TOML_BY_VALUE)
		return toml_fail(reader, "a table is below what is none, or ended before");
	*table = next;
	return 0;
}

/* [here] */
static int open_table(struct toml_reader *reader, struct toml **table, struct buffer *word)
{
	struct toml *found = toml_find(*table, buffer_bytes(word));

	if (!found)
		found = toml_add(*table, reader, TOML_TABLE, word);
	else if (found->kind != TOML_TABLE || found->made != TOML_BY_PART)
		return toml_fail(reader, "a table is there twice");
	if (!found)
		return toml_no_memory(reader);
	found->made = TOML_BY_HEADER;
	found->line = reader->line;
	*table = found;
	return 0;
}

/* [[here]] */
static int open_element(struct toml_reader *reader, struct toml **table, struct buffer *word)
{
	struct toml *list = toml_find(*table, buffer_bytes(word));

	if (!list) {
		list = toml_add(*table, reader, TOML_ARRAY, word);
		if (!list)
			return toml_no_memory(reader);
		list->made = TOML_BY_LIST;
	}
	if (list->made != TOML_BY_LIST)
		return toml_fail(reader, "an array of tables is something else, too");
	*table = toml_add(list, reader, TOML_TABLE, NULL);
	if (!*table)
		return toml_no_memory(reader);
	(*table)->made = TOML_BY_HEADER;
	return 0;
}

static int header(struct toml_reader *reader, struct toml *root, struct toml **ret)
{
	scoped(toml_path) struct toml_path path = { 0 };
	bool is_list = toml_take(reader, "[[");
	struct toml *table = root;
	int r;

	if (!is_list)
		reader->at++;
	r = toml_path(reader, &path);
	if (r < 0)
		return r;
	if (!toml_take(reader, is_list ? "]]" : "]"))
		return toml_fail(reader, "a header does not end");
	for (size_t i = 0; i + 1 < path.count; i++) {
		r = step(reader, &table, &path.word[i]);
		if (r < 0)
			return r;
	}
	r = (is_list ? open_element : open_table)(reader, &table, &path.word[path.count - 1]);
	if (r < 0)
		return r;
	*ret = table;
	return 0;
}

/* ---- the document ---- */

static int check_bytes(struct toml_reader *reader)
{
	size_t size;
	unsigned code;

	if (reader->text.size > TOML_BYTES_MAX)
		return toml_fail(reader, "more than 4 MiB are no configuration");
	for (size_t at = 0; at < reader->text.size; at += size) {
		size = text_decode(reader->text.data + at, reader->text.size - at, &code);
		if (!size)
			return toml_fail(reader, "it is no UTF-8");
		reader->line += reader->text.data[at] == '\n';
	}
	reader->line = 1;
	toml_take(reader, "\xef\xbb\xbf");
	return 0;
}

static int read_all(struct toml_reader *reader, struct toml *root)
{
	struct toml *table = root;
	int r = check_bytes(reader);

	r = r < 0 ? r : toml_space(reader);
	while (r == 0 && toml_peek(reader, 0) >= 0) {
		if (toml_peek(reader, 0) == '[')
			r = header(reader, root, &table);
		else
			r = toml_assign(reader, table, 0);
		r = r < 0 ? r : end_line(reader);
		r = r < 0 ? r : toml_space(reader);
	}
	return r;
}

int toml_read(struct bytes text, const char *name, struct toml **ret, struct error *err)
{
	scoped(toml) struct toml *root = calloc(1, sizeof *root);
	struct toml_reader reader = { .text = text, .line = 1, .name = name, .err = err };
	int r;

	if (!root)
		return toml_no_memory(&reader);
	root->made = TOML_BY_HEADER;
	root->line = 1;
	r = read_all(&reader, root);
	if (r < 0)
		return r;
	*ret = root;
	root = NULL;
	return 0;
}
