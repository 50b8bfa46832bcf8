#include "core/sql_private.h"

#include <errno.h>
#include <stdlib.h>

#define DEPTH_MAX  16
#define TABLES_MAX 32

struct parser {
	struct bytes rest;
	struct sql_token token, next; /* at hand, and the one behind it */
	struct buffer table[TABLES_MAX];
	size_t tables;
	bool in_from[DEPTH_MAX]; /* by depth of parentheses: commas part tables */
	bool begins;		 /* the token is the first in its parentheses */
	unsigned depth, names;	 /* names beside each other */
	bool where;
};

static void step(struct parser *parser)
{
	parser->token = parser->next;
	parser->next = sql_next(&parser->rest);
}

static bool accept(struct parser *parser, const char *word)
{
	if (!sql_is(&parser->token, word))
		return false;
	step(parser);
	return true;
}

static bool is_name(const struct sql_token *token)
{
	enum sql_class class = sql_class_of(token);

	return class == SQL_NAME || class == SQL_FUNCTION;
}

/* "name" or "schema.name", and nothing that makes it a function. */
static bool read_table(struct parser *parser)
{
	struct buffer *table;

	if (!is_name(&parser->token) || parser->tables == TABLES_MAX)
		return false;
	table = &parser->table[parser->tables++];
	buffer_append(table, parser->token.text.data, parser->token.text.size);
	step(parser);
	if (accept(parser, ".")) {
		if (!is_name(&parser->token))
			return false;
		buffer_add_char(table, '.');
		buffer_append(table, parser->token.text.data, parser->token.text.size);
		step(parser);
	}
	parser->names = 1;
	return !sql_is(&parser->token, "(") && !sql_is(&parser->token, ".");
}

/* Behind FROM, JOIN, and their commas: a table or a query. */
static bool read_source(struct parser *parser)
{
	if (sql_is(&parser->token, "("))
		return sql_is(&parser->next, "select");
	return read_table(parser);
}

/* A word behind which there must be something, as a list of columns behind USING. */
static bool read_before(struct parser *parser, bool follows)
{
	step(parser);
	return follows;
}

static bool read_from(struct parser *parser)
{
	bool *in_from = &parser->in_from[parser->depth];

	*in_from = *in_from || sql_is(&parser->token, "from");
	step(parser);
	return *in_from && read_source(parser);
}

static bool read_structure(struct parser *parser)
{
	bool *in_from = &parser->in_from[parser->depth];

	if (sql_is(&parser->token, "select"))
		return read_before(parser, parser->begins);
	if (sql_is(&parser->token, "from") || sql_is(&parser->token, "join"))
		return read_from(parser);
	if (sql_is(&parser->token, "in") || sql_is(&parser->token, "using"))
		return read_before(parser, sql_is(&parser->next, "("));
	if (sql_is(&parser->token, "on"))
		return read_before(parser, *in_from);
	parser->where = parser->where || (!parser->depth && sql_is(&parser->token, "where"));
	*in_from = false;
	step(parser);
	return true;
}

static bool read_word(struct parser *parser)
{
	switch (sql_class_of(&parser->token)) {
	case SQL_STRUCTURE:
		return read_structure(parser);
	case SQL_PLAIN:
		step(parser);
		return true;
	case SQL_NAME:
		if (sql_is(&parser->next, "("))
			return false;
		break;
	case SQL_FUNCTION:
		break;
	default:
		return false;
	}
	step(parser);
	return true;
}

static bool read_sign(struct parser *parser)
{
	if (sql_is(&parser->token, "(")) {
		if (++parser->depth == DEPTH_MAX)
			return false;
		parser->in_from[parser->depth] = false;
	} else if (sql_is(&parser->token, ")")) {
		if (!parser->depth--)
			return false;
	} else if (sql_is(&parser->token, ",") && parser->in_from[parser->depth]) {
		step(parser);
		return read_source(parser);
	}
	step(parser);
	return true;
}

/* Expressions and queries, to the end.  More than a name and its other name beside each other is
 * a word that is not known. */
static bool read_rest(struct parser *parser)
{
	while (parser->token.kind != SQL_END) {
		bool opens = sql_is(&parser->token, "("), fine = true;

		parser->names = is_name(&parser->token) ? parser->names + 1 : 0;
		if (parser->token.kind == SQL_ODD || parser->names > 2)
			return false;
		if (parser->token.kind == SQL_SIGN)
			fine = read_sign(parser);
		else if (sql_class_of(&parser->token) != SQL_NO_WORD)
			fine = read_word(parser);
		else
			step(parser);
		if (!fine)
			return false;
		parser->begins = opens;
	}
	return !parser->depth;
}

static bool read_columns(struct parser *parser)
{
	if (!accept(parser, "("))
		return true;
	do {
		if (!is_name(&parser->token))
			return false;
		step(parser);
	} while (accept(parser, ","));
	return accept(parser, ")");
}

static bool read_insert(struct parser *parser)
{
	if (!accept(parser, "into") || !is_name(&parser->token))
		return false;
	/* Columns stand where a function has its arguments. */
	if (!read_table(parser) && !sql_is(&parser->token, "("))
		return false;
	return read_columns(parser) && accept(parser, "values") && sql_is(&parser->token, "(") &&
	       read_rest(parser);
}

static bool read_delete(struct parser *parser)
{
	return accept(parser, "from") && read_table(parser) &&
	       (parser->token.kind == SQL_END || sql_is(&parser->token, "where")) &&
	       read_rest(parser);
}

static bool read_update(struct parser *parser)
{
	return read_table(parser) && accept(parser, "set") && read_rest(parser);
}

static bool read_select(struct parser *parser)
{
	return read_rest(parser);
}

static const struct statement {
	const char *verb;
	bool (*read)(struct parser *parser);
	size_t changed; /* tables, from the first */
} statement[] = {
	{ "select", read_select, 0 },
	{ "insert", read_insert, 1 },
	{ "update", read_update, 1 },
	{ "delete", read_delete, 1 },
};

static int compare_tables(const void *a, const void *b)
{
	return bytes_compare(buffer_bytes(a), buffer_bytes(b));
}

static void add_tables(struct parser *parser, const struct statement *of, struct buffer *out)
{
	struct buffer *read = parser->table + of->changed;
	size_t count = parser->tables - of->changed;

	if (of->changed)
		buffer_printf(out, " %s", buffer_text(&parser->table[0]));
	qsort(read, count, sizeof *read, compare_tables);
	for (size_t i = 0; i < count; i++) {
		if (i && !compare_tables(&read[i - 1], &read[i]))
			continue;
		buffer_add(out, i ? "," : of->changed ? " from " : " ");
		buffer_add(out, buffer_text(&read[i]));
	}
}

static int parse(struct parser *parser, const struct statement *of, struct buffer *out)
{
	bool fine;

	parser->begins = true;
	if (of->changed)
		step(parser);
	fine = of->read(parser);
	for (size_t i = 0; i < parser->tables; i++)
		if (buffer_status(&parser->table[i]) < 0)
			return -ENOMEM;
	if (!fine)
		return 1;
	buffer_add(out, of->verb);
	add_tables(parser, of, out);
	buffer_add(out, parser->where ? " where" : "");
	return buffer_status(out);
}

int sql_shape(struct bytes text, struct buffer *out)
{
	struct parser parser = { .rest = text };
	int r = 1;

	step(&parser);
	step(&parser);
	for (size_t i = 0; i < sizeof statement / sizeof *statement; i++)
		if (sql_is(&parser.token, statement[i].verb))
			r = parse(&parser, &statement[i], out);
	for (size_t i = 0; i < parser.tables; i++)
		buffer_release(&parser.table[i]);
	return r;
}
