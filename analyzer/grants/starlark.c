#include "analyzer/grants/starlark.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct bytes text;
	size_t at;
	int line;
	const char *name;
	struct error *err;
};

void star_free(struct star *value)
{
	struct star *next;

	if (!value)
		return;
	for (struct star *child = value->child; child; child = next) {
		next = child->next;
		star_free(child);
	}
	buffer_release(&value->name);
	buffer_release(&value->text);
	free(value);
}

void star_cleanup(struct star **value)
{
	star_free(*value);
}

const struct star *star_argument(const struct star *call, const char *name)
{
	for (const struct star *one = call->child; one; one = one->next)
		if (one->name.size && bytes_equal(buffer_bytes(&one->name), bytes_of(name)))
			return one;
	return NULL;
}

static int fail(const struct reader *reader, const char *reason)
{
	scoped(buffer) struct buffer name = { 0 };

	return error_say(reader->err, EINVAL, "%s:%d: %s",
			 text_safe(bytes_of(reader->name), 100, &name), reader->line, reason);
}

static int no_memory(const struct reader *reader)
{
	return error_set(reader->err, ENOMEM, "read Starlark");
}

static struct star *add(struct star *parent, const struct reader *reader, enum star_kind kind)
{
	struct star *value = calloc(1, sizeof *value);

	if (!value)
		return NULL;
	value->kind = kind;
	value->line = reader->line;
	if (parent->last)
		parent->last->next = value;
	else
		parent->child = value;
	parent->last = value;
	return value;
}

static int peek(const struct reader *reader, size_t ahead)
{
	return ahead < reader->text.size - reader->at
		       ? (unsigned char)reader->text.data[reader->at + ahead]
		       : -1;
}

static void step(struct reader *reader)
{
	reader->line += peek(reader, 0) == '\n';
	reader->at++;
}

static bool is_name(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static void pass_line(struct reader *reader)
{
	while (peek(reader, 0) >= 0 && peek(reader, 0) != '\n')
		step(reader);
}

/* Comments, blanks, and with `lines` line breaks. */
static void skip(struct reader *reader, bool lines)
{
	const char *space = lines ? " \t\r\n" : " \t\r";
	int c;

	while ((c = peek(reader, 0)) > 0) {
		if (c == '#')
			pass_line(reader);
		else if (strchr(space, c) || (c == '\\' && peek(reader, 1) == '\n'))
			step(reader);
		else
			return;
	}
}

/* ---- strings ---- */

static bool at_quotes(const struct reader *reader, int quote, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (peek(reader, i) != quote)
			return false;
	return true;
}

/* Behind a backslash; what is none of the plain escapes is refused. */
static int escape(struct reader *reader, struct buffer *out)
{
	static const char from[] = "abfnrtv\\'\"", to[] = "\a\b\f\n\r\t\v\\'\"";
	int c = peek(reader, 0);
	const char *at = c > 0 ? strchr(from, c) : NULL;

	if (c == '\n') {
		step(reader);
		return 0;
	}
	if (!at)
		return fail(reader, "an escape in a string is not read here");
	buffer_add_char(out, to[at - from]);
	step(reader);
	return 0;
}

/* In a raw string it stands for itself, and so does a quote behind it. */
static int keep_escape(struct reader *reader, struct buffer *out)
{
	int c = peek(reader, 0);

	if (c < 0 || c == '\n')
		return fail(reader, "a string does not end");
	buffer_add_char(out, '\\');
	buffer_add_char(out, (char)c);
	step(reader);
	return 0;
}

static int string_byte(struct reader *reader, bool raw, bool is_long, struct buffer *out)
{
	int c = peek(reader, 0);

	if (c < 0 || (c == '\n' && !is_long))
		return fail(reader, "a string does not end");
	step(reader);
	if (c == '\\')
		return (raw ? keep_escape : escape)(reader, out);
	buffer_add_char(out, (char)c);
	return 0;
}

/* "text", 'text' or three of either; `raw`: without escapes. */
static int string(struct reader *reader, bool raw, struct buffer *out)
{
	int quote = peek(reader, 0), r = 0;
	unsigned count = at_quotes(reader, quote, 3) ? 3 : 1;

	reader->at += count;
	while (!at_quotes(reader, quote, count) && r == 0)
		r = string_byte(reader, raw, count == 3, out);
	if (r < 0)
		return r;
	reader->at += count;
	return buffer_status(out) < 0 ? no_memory(reader) : 0;
}

/* How a string that begins here is written: 1 or 2 bytes with its quote; 0: none does. */
static size_t begins_string(const struct reader *reader, bool *ret_raw)
{
	int c = peek(reader, 0), next = peek(reader, 1);

	*ret_raw = c == 'r' && (next == '"' || next == '\'');
	return *ret_raw ? 2 : c == '"' || c == '\'' ? 1 : 0;
}

static int any_string(struct reader *reader, struct buffer *out)
{
	bool raw;

	reader->at += begins_string(reader, &raw) - 1;
	return string(reader, raw, out);
}

/* ---- what is not read ---- */

/* To the end of an expression (a comma or a bracket that it did not open) or of a statement (a line
 * break). */
static int pass(struct reader *reader, bool is_statement)
{
	const char *ends = is_statement ? "\n" : ",)]}";
	size_t depth = 0;
	int c, r = 0;
	bool raw;

	while ((c = peek(reader, 0)) > 0 && r == 0) {
		scoped(buffer) struct buffer ignored = { 0 };

		if (!depth && strchr(ends, c))
			return 0;
		if (begins_string(reader, &raw)) {
			r = any_string(reader, &ignored);
			continue;
		}
		if (c == '#') {
			skip(reader, false);
			continue;
		}
		depth += strchr("([{", c) != NULL;
		depth -= strchr(")]}", c) && depth;
		step(reader);
	}
	return r;
}

static int other(struct reader *reader, struct star *value, size_t start, bool is_statement)
{
	int r = pass(reader, is_statement);

	value->kind = STAR_OTHER;
	buffer_clear(&value->text);
	buffer_append(&value->text, reader->text.data + start, reader->at - start);
	return r < 0 ? r : buffer_status(&value->text) < 0 ? no_memory(reader) : 0;
}

/* ---- values ---- */

static int value(struct reader *reader, struct star *parent, unsigned depth);

static int elements(struct reader *reader, struct star *list, int end, unsigned depth)
{
	int r = 0;

	reader->at++;
	for (skip(reader, true); peek(reader, 0) != end && r == 0; skip(reader, true)) {
		r = value(reader, list, depth);
		if (r == 0 && peek(reader, 0) == ',')
			reader->at++;
		else if (r == 0 && peek(reader, 0) != end)
			return fail(reader, "a list or a call does not end");
	}
	reader->at += r == 0;
	return r;
}

/* name = in front of an argument. */
static void argument_name(struct reader *reader, struct buffer *out)
{
	struct reader ahead = *reader;
	size_t size = 0;

	while (is_name(peek(reader, size)))
		size++;
	ahead.at += size;
	skip(&ahead, true);
	if (!size || peek(&ahead, 0) != '=' || peek(&ahead, 1) == '=')
		return;
	buffer_append(out, reader->text.data + reader->at, size);
	ahead.at++;
	skip(&ahead, true);
	*reader = ahead;
}

/* Another operand, or an index, may follow. */
static bool ends_value(const struct reader *reader)
{
	int c = peek(reader, 0);

	return c < 0 || strchr(",)]", c);
}

static int value(struct reader *reader, struct star *parent, unsigned depth)
{
	struct star *one = add(parent, reader, STAR_OTHER);
	size_t start;
	int c, r = 0;
	bool raw;

	if (!one)
		return no_memory(reader);
	if (depth >= STAR_DEPTH_MAX)
		return fail(reader, "lists are too deep in each other");
	argument_name(reader, &one->name);
	one->line = reader->line;
	start = reader->at;
	c = peek(reader, 0);
	if (begins_string(reader, &raw)) {
		one->kind = STAR_STRING;
		r = any_string(reader, &one->text);
	} else if (c == '[') {
		one->kind = STAR_LIST;
		r = elements(reader, one, ']', depth + 1);
	}
	skip(reader, true);
	if (r == 0 && (one->kind == STAR_OTHER || !ends_value(reader)))
		r = other(reader, one, start, false);
	return r;
}

/* ---- statements ---- */

static int call(struct reader *reader, struct star *one, size_t start)
{
	size_t size = 0;
	int r;

	while (is_name(peek(reader, size)))
		size++;
	buffer_append(&one->name, reader->text.data + reader->at, size);
	reader->at += size;
	skip(reader, false);
	if (!size || peek(reader, 0) != '(')
		return other(reader, one, start, true);
	r = elements(reader, one, ')', 0);
	if (r < 0)
		return r;
	buffer_append(&one->text, reader->text.data + start, reader->at - start);
	skip(reader, false);
	if (peek(reader, 0) == ';')
		reader->at++;
	else if (peek(reader, 0) >= 0 && peek(reader, 0) != '\n')
		return other(reader, one, start, true);
	return buffer_status(&one->text) < 0 ? no_memory(reader) : 0;
}

/* What is indented belongs to the statement before: it is run only if that says so. */
static int statement(struct reader *reader, struct star *list, bool is_indented)
{
	struct star *one = add(list, reader, STAR_CALL);

	if (!one)
		return no_memory(reader);
	if (is_indented)
		return other(reader, one, reader->at, true);
	return call(reader, one, reader->at);
}

static int check_bytes(const struct reader *reader)
{
	if (reader->text.size > STAR_BYTES_MAX)
		return fail(reader, "more than 4 MiB are no rules");
	if (memchr(reader->text.size ? reader->text.data : "", 0, reader->text.size))
		return fail(reader, "it has a NUL");
	return 0;
}

int star_read(struct bytes text, const char *name, struct star **ret, struct error *err)
{
	scoped(star) struct star *list = calloc(1, sizeof *list);
	struct reader reader = { .text = text, .line = 1, .name = name, .err = err };
	int r;

	if (!list)
		return no_memory(&reader);
	list->kind = STAR_LIST;
	r = check_bytes(&reader);
	while (r == 0) {
		skip(&reader, true);
		if (peek(&reader, 0) < 0)
			break;
		r = statement(&reader, list,
			      reader.at && strchr(" \t", reader.text.data[reader.at - 1]));
	}
	if (r < 0)
		return r;
	*ret = list;
	list = NULL;
	return 0;
}
