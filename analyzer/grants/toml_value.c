#include "analyzer/grants/toml_private.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tree ---- */

static void free_one(struct toml *value)
{
	buffer_release(&value->key);
	buffer_release(&value->text);
	free(value);
}

/* As deep as the document at most: TOML_DEPTH_MAX. */
void toml_free(struct toml *value)
{
	struct toml *next;

	if (!value)
		return;
	HASH_CLEAR(hh, value->by_key); /* which looks into the first of them */
	for (struct toml *child = value->child; child; child = next) {
		next = child->next;
		toml_free(child);
	}
	free_one(value);
}

void toml_cleanup(struct toml **value)
{
	toml_free(*value);
}

struct toml *toml_find(const struct toml *table, struct bytes key)
{
	struct toml *found = NULL;

	HASH_FIND(hh, table->by_key, key.size ? key.data : "", key.size, found);
	return found;
}

const struct toml *toml_get(const struct toml *table, const char *key)
{
	return table && table->kind == TOML_TABLE ? toml_find(table, bytes_of(key)) : NULL;
}

bool toml_is(const struct toml *value, const char *text)
{
	return value && value->kind == TOML_STRING &&
	       bytes_equal(buffer_bytes(&value->text), bytes_of(text));
}

static bool index_key(struct toml *parent, struct toml *value)
{
	HASH_ADD_KEYPTR(hh, parent->by_key, buffer_text(&value->key), value->key.size, value);
	return value->hh.tbl;
}

struct toml *toml_add(struct toml *parent, const struct toml_reader *reader, enum toml_kind kind,
		      struct buffer *key)
{
	struct toml *value = calloc(1, sizeof *value);

	if (!value)
		return NULL;
	value->kind = kind;
	value->line = reader->line;
	if (parent->kind == TOML_TABLE) {
		value->key = *key;
		*key = (struct buffer){ 0 };
		if (!index_key(parent, value)) {
			toml_free(value);
			return NULL;
		}
	}
	if (parent->last)
		parent->last->next = value;
	else
		parent->child = value;
	parent->last = value;
	return value;
}

/* ---- values ---- */

static int array(struct toml_reader *reader, struct toml *array, unsigned depth)
{
	int r;

	reader->at++;
	for (;;) {
		r = toml_space(reader);
		if (r < 0)
			return r;
		if (toml_take(reader, "]"))
			return 0;
		r = toml_value(reader, array, NULL, depth);
		r = r < 0 ? r : toml_space(reader);
		if (r < 0)
			return r;
		if (toml_take(reader, ","))
			continue;
		return toml_take(reader, "]") ? 0 : toml_fail(reader, "an array does not end");
	}
}

/* On one line, and without a comma at its end. */
static int inline_table(struct toml_reader *reader, struct toml *table, unsigned depth)
{
	int r;

	reader->at++;
	toml_blanks(reader);
	if (toml_take(reader, "}"))
		return 0;
	do {
		r = toml_assign(reader, table, depth);
		if (r < 0)
			return r;
		toml_blanks(reader);
	} while (toml_take(reader, ","));
	return toml_take(reader, "}") ? 0 : toml_fail(reader, "an inline table does not end");
}

/* What was made by dots within braces cannot be added to behind them. */
static void close_tables(struct toml *table)
{
	for (struct toml *child = table->child; child; child = child->next)
		if (child->made == TOML_BY_DOTS)
			close_tables(child);
	table->made = TOML_BY_VALUE;
}

/* By the first byte; a scalar is called an integer until it is read. */
static enum toml_kind kind_of(int c)
{
	return c == '{'		       ? TOML_TABLE
	       : c == '['	       ? TOML_ARRAY
	       : c == '"' || c == '\'' ? TOML_STRING
				       : TOML_INTEGER;
}

static int string(struct toml_reader *reader, struct buffer *out)
{
	int r = toml_string(reader, false, out);

	return r < 0 ? r : buffer_status(out) < 0 ? toml_no_memory(reader) : 0;
}

int toml_value(struct toml_reader *reader, struct toml *parent, struct buffer *key, unsigned depth)
{
	enum toml_kind kind = kind_of(toml_peek(reader, 0));
	struct toml *value;
	int r;

	if (depth >= TOML_DEPTH_MAX)
		return toml_fail(reader, "values are too deep in each other");
	value = toml_add(parent, reader, kind, key);
	if (!value)
		return toml_no_memory(reader);
	if (kind == TOML_ARRAY)
		return array(reader, value, depth + 1);
	if (kind == TOML_INTEGER)
		return toml_scalar(reader, value);
	if (kind == TOML_STRING)
		return string(reader, &value->text);
	value->made = TOML_BY_DOTS;
	r = inline_table(reader, value, depth + 1);
	close_tables(value);
	return r;
}

/* The table that dots lead to. */
static int step(struct toml_reader *reader, struct toml **table, struct buffer *word)
{
	struct toml *next = toml_find(*table, buffer_bytes(word));

	if (!next) {
		next = toml_add(*table, reader, TOML_TABLE, word);
		if (!next)
			return toml_no_memory(reader);
		next->made = TOML_BY_DOTS;
	}
	if (next->kind != TOML_TABLE || next->made != TOML_BY_DOTS)
		return toml_fail(reader, "a dotted key leads to what is defined elsewhere");
	*table = next;
	return 0;
}

int toml_assign(struct toml_reader *reader, struct toml *table, unsigned depth)
{
	scoped(toml_path) struct toml_path path = { 0 };
	int r = toml_path(reader, &path);

	if (r < 0)
		return r;
	if (!toml_take(reader, "="))
		return toml_fail(reader, "a key has no value");
	for (size_t i = 0; i + 1 < path.count; i++) {
		r = step(reader, &table, &path.word[i]);
		if (r < 0)
			return r;
	}
	if (toml_find(table, buffer_bytes(&path.word[path.count - 1])))
		return toml_fail(reader, "a key is there twice");
	toml_blanks(reader);
	return toml_value(reader, table, &path.word[path.count - 1],
			  depth + (unsigned)path.count - 1);
}
