#include "core/shell_private.h"

#include <string.h>

/* Bytes that stand for themselves in every shell, outside quotes. */
#define PLAIN                                                                                      \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"                           \
	"_./,:=@%+-"
#define NAME_BYTES                                                                                 \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"                           \
	"_"

static int peek(const struct shell_lexer *lexer, size_t ahead)
{
	size_t at = lexer->at + ahead;

	return at < lexer->text.size ? (unsigned char)lexer->text.data[at] : -1;
}

static bool is_one_of(int c, const char *bytes)
{
	return c > 0 && strchr(bytes, c);
}

/* What no shell passes over, and some read as something else. */
static bool is_control(int c)
{
	return (c >= 0 && c < ' ' && c != '\t' && c != '\n') || c == 0x7f;
}

static bool ends_word(int c)
{
	return c < 0 || is_one_of(c, " \t\n;&|<>");
}

/* 'text' */
static bool lex_single(struct shell_lexer *lexer, struct buffer *out)
{
	int c;

	while ((c = peek(lexer, 0)) >= 0 && !is_control(c)) {
		lexer->at++;
		if (c == '\'')
			return true;
		buffer_add_char(out, (char)c);
	}
	return false;
}

/* Behind a backslash in "text".  Behind a byte above 127 it may be half of a character of an old
 * encoding. */
static bool lex_escape(struct shell_lexer *lexer, struct buffer *out)
{
	int c = peek(lexer, 1);

	if (c < 0 || c == '\n' || (out->size && out->data[out->size - 1] & 0x80))
		return false;
	if (!is_one_of(c, "$`\"\\"))
		buffer_add_char(out, '\\');
	buffer_add_char(out, (char)c);
	lexer->at += 2;
	return !is_control(c);
}

/* "text" */
static bool lex_double(struct shell_lexer *lexer, struct buffer *out)
{
	int c;

	while ((c = peek(lexer, 0)) >= 0 && !is_control(c) && c != '$' && c != '`' && c != '!') {
		if (c == '\\') {
			if (!lex_escape(lexer, out))
				return false;
			continue;
		}
		lexer->at++;
		if (c == '"')
			return true;
		buffer_add_char(out, (char)c);
	}
	return false;
}

static bool lex_part(struct shell_lexer *lexer, struct shell_token *token)
{
	int c = peek(lexer, 0), next = peek(lexer, 1);

	if (c == '\'' || c == '"') {
		lexer->at++;
		return c == '"' ? lex_double(lexer, &token->text) : lex_single(lexer, &token->text);
	}
	if (c == '\\' && next >= ' ' && next < 0x7f) {
		buffer_add_char(&token->text, (char)next);
		lexer->at += 2;
		return true;
	}
	if (!is_one_of(c, PLAIN))
		return false;
	buffer_add_char(&token->text, (char)c);
	lexer->at++;
	return true;
}

/* NAME= at the beginning, none of it quoted. */
static size_t assigned_size(const struct shell_lexer *lexer, size_t start)
{
	const char *text = lexer->text.data + start;
	size_t left = lexer->text.size - start, size = 0;

	while (size < left && is_one_of((unsigned char)text[size], NAME_BYTES))
		size++;
	if (!size || size == left || text[size] != '=' || (*text >= '0' && *text <= '9'))
		return 0;
	return size + 1;
}

static void lex_word(struct shell_lexer *lexer, struct shell_token *token)
{
	size_t start = lexer->at;
	bool is_number = true;

	token->kind = SHELL_WORD;
	/* zsh makes "=ls" the path of ls. */
	if (peek(lexer, 0) == '=')
		token->kind = SHELL_UNKNOWN;
	token->assigned = assigned_size(lexer, start);
	while (!ends_word(peek(lexer, 0)) && token->kind == SHELL_WORD) {
		is_number = is_number && is_one_of(peek(lexer, 0), "0123456789");
		if (!lex_part(lexer, token))
			token->kind = SHELL_UNKNOWN;
	}
	/* "12>": of some shells a word, of others a descriptor. */
	if (is_number && is_one_of(peek(lexer, 0), "<>"))
		token->kind = SHELL_UNKNOWN;
}

/* Behind ">&": one digit that ends there. */
static bool lex_duplicate(struct shell_lexer *lexer)
{
	return is_one_of(peek(lexer, 0), "0123456789") && ends_word(peek(lexer, 1));
}

static void lex_redirect(struct shell_lexer *lexer, struct shell_token *token)
{
	int c;

	token->kind = SHELL_REDIRECT;
	if (is_one_of(peek(lexer, 0), "0123456789"))
		buffer_add_char(&token->text, lexer->text.data[lexer->at++]);
	c = peek(lexer, 0);
	buffer_add_char(&token->text, (char)c);
	lexer->at++;
	if (c == '>' && is_one_of(peek(lexer, 0), ">&"))
		buffer_add_char(&token->text, lexer->text.data[lexer->at++]);
	if (token->text.data[token->text.size - 1] == '&') {
		token->kind = lex_duplicate(lexer) ? SHELL_REDIRECT : SHELL_UNKNOWN;
		return;
	}
	while (is_one_of(peek(lexer, 0), " \t"))
		lexer->at++;
	/* ">|", "<<", "<(", ">>>": not read here; nor a target that is missing. */
	if (ends_word(peek(lexer, 0)) || is_one_of(peek(lexer, 0), "(#"))
		token->kind = SHELL_UNKNOWN;
}

/* Operators of more than one byte come first.  All others that begin likewise (";;", ";&", "&>",
 * "|&") are not read. */
static const struct {
	const char *text;
	enum shell_kind kind;
} operators[] = {
	{ "&&", SHELL_AND }, { "||", SHELL_OR },  { "&", SHELL_BACKGROUND },
	{ "|", SHELL_PIPE }, { ";", SHELL_NEXT }, { "\n", SHELL_LINE },
};

static void lex_operator(struct shell_lexer *lexer, struct shell_token *token)
{
	struct bytes rest = { lexer->text.data + lexer->at, lexer->text.size - lexer->at };
	size_t i = 0;

	while (!bytes_start_with(rest, bytes_of(operators[i].text)))
		i++;
	token->kind = operators[i].kind;
	lexer->at += strlen(operators[i].text);
	if (token->kind != SHELL_LINE && is_one_of(peek(lexer, 0), "&|;"))
		token->kind = SHELL_UNKNOWN;
	if (token->kind == SHELL_BACKGROUND && peek(lexer, 0) == '>')
		token->kind = SHELL_UNKNOWN;
}

static void skip_blanks(struct shell_lexer *lexer)
{
	while (is_one_of(peek(lexer, 0), " \t"))
		lexer->at++;
	if (peek(lexer, 0) != '#')
		return;
	while (peek(lexer, 0) >= 0 && peek(lexer, 0) != '\n' && !is_control(peek(lexer, 0)))
		lexer->at++;
}

static bool begins_redirect(const struct shell_lexer *lexer)
{
	int c = peek(lexer, 0);

	if (is_one_of(c, "0123456789"))
		c = peek(lexer, 1);
	return is_one_of(c, "<>");
}

void shell_next(struct shell_lexer *lexer, struct shell_token *token)
{
	buffer_clear(&token->text);
	token->assigned = 0;
	skip_blanks(lexer);
	if (peek(lexer, 0) < 0)
		token->kind = SHELL_END;
	else if (is_one_of(peek(lexer, 0), "\n;&|"))
		lex_operator(lexer, token);
	else if (begins_redirect(lexer))
		lex_redirect(lexer, token);
	else
		lex_word(lexer, token);
}
