#include "core/sql_private.h"

#include <ctype.h>
#include <string.h>

static bool is_name_byte(char c)
{
	return isascii(c) && (isalnum(c) || c == '_');
}

static struct sql_token take(struct bytes *rest, enum sql_kind kind, size_t size)
{
	struct sql_token token = { kind, { rest->data, size } };

	rest->data += size;
	rest->size -= size;
	return token;
}

static const struct sql_token odd = { SQL_ODD, { 0 } };

static char byte_at(struct bytes rest, size_t at)
{
	return at < rest.size ? rest.data[at] : '\0';
}

/* A letter or a quote right behind: E'..', x'..', 'a'b and the like. */
static bool is_joined(struct bytes rest, size_t size)
{
	char c = byte_at(rest, size);

	return is_name_byte(c) || c == '\'' || c == '"';
}

static struct sql_token take_word(struct bytes *rest)
{
	size_t size = 0;

	while (is_name_byte(byte_at(*rest, size)))
		size++;
	return is_joined(*rest, size) ? odd : take(rest, SQL_WORD, size);
}

static struct sql_token take_number(struct bytes *rest)
{
	size_t size = 0;

	while (isdigit((unsigned char)byte_at(*rest, size)))
		size++;
	if (byte_at(*rest, size) == '.' && isdigit((unsigned char)byte_at(*rest, size + 1)))
		for (size++; isdigit((unsigned char)byte_at(*rest, size));)
			size++;
	return is_joined(*rest, size) ? odd : take(rest, SQL_NUMBER, size);
}

/* Backslashes are escapes in some dialects. */
static struct sql_token take_string(struct bytes *rest)
{
	size_t size = 1;

	for (;; size++) {
		char c = byte_at(*rest, size);

		if (size >= rest->size || c == '\\' || c == '\0')
			return odd;
		if (c != '\'')
			continue;
		if (byte_at(*rest, size + 1) != '\'')
			break;
		size++;
	}
	size++;
	return is_joined(*rest, size) ? odd : take(rest, SQL_STRING, size);
}

static struct sql_token take_quoted(struct bytes *rest)
{
	struct sql_token token;
	size_t size = 1;

	while (is_name_byte(byte_at(*rest, size)))
		size++;
	if (size == 1 || byte_at(*rest, size) != '"' || is_joined(*rest, size + 1))
		return odd;
	token = take(rest, SQL_QUOTED, size + 1);
	token.text.data++;
	token.text.size -= 2;
	return token;
}

static bool is_comment(struct bytes rest)
{
	return bytes_start_with(rest, bytes_of("--")) || bytes_start_with(rest, bytes_of("/*"));
}

static void skip_space(struct bytes *rest)
{
	while (rest->size && memchr(" \t\r\n", *rest->data, 4))
		take(rest, SQL_END, 1);
}

/* A semicolon, and nothing behind it. */
static struct sql_token take_end(struct bytes *rest)
{
	take(rest, SQL_SIGN, 1);
	skip_space(rest);
	return rest->size ? odd : (struct sql_token){ SQL_END, { 0 } };
}

struct sql_token sql_next(struct bytes *rest)
{
	char c;

	skip_space(rest);
	if (!rest->size)
		return (struct sql_token){ SQL_END, { 0 } };
	c = *rest->data;
	if (isdigit((unsigned char)c))
		return take_number(rest);
	if (is_name_byte(c))
		return take_word(rest);
	if (c == '\'')
		return take_string(rest);
	if (c == '"')
		return take_quoted(rest);
	if (c == ';')
		return take_end(rest);
	if (is_comment(*rest) || !c || !strchr("=<>!+-*/%|,.()?", c))
		return odd;
	return take(rest, SQL_SIGN, 1);
}

static bool is_one_of(struct bytes text, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == text.size && !strncasecmp(*list, text.data, text.size))
			return true;
	return false;
}

static const char *const structure[] = { "select", "from",   "join",  "where",	"group",
					 "order",  "having", "limit", "offset", "using",
					 "on",	   "in",     NULL };
static const char *const plain[] = {
#define PLAIN(word) #word,
#include "core/sql.def"
	NULL
};
static const char *const function[] = {
#define FUNCTION(word) #word,
#include "core/sql.def"
	NULL
};
static const char *const refused[] = {
#define REFUSED(word) #word,
#include "core/sql.def"
	NULL
};

enum sql_class sql_class_of(const struct sql_token *token)
{
	if (token->kind != SQL_WORD)
		return token->kind == SQL_QUOTED ? SQL_NAME : SQL_NO_WORD;
	if (is_one_of(token->text, structure))
		return SQL_STRUCTURE;
	if (is_one_of(token->text, plain))
		return SQL_PLAIN;
	if (is_one_of(token->text, refused))
		return SQL_REFUSED;
	return is_one_of(token->text, function) ? SQL_FUNCTION : SQL_NAME;
}

bool sql_is(const struct sql_token *token, const char *word)
{
	const char *const list[] = { word, NULL };

	if (token->kind == SQL_SIGN)
		return bytes_equal(token->text, bytes_of(word));
	return token->kind == SQL_WORD && is_one_of(token->text, list);
}
