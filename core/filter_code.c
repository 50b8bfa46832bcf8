#include "core/argv_private.h"

#include <string.h>

/* Whether all of it can be read: a masked secret may have been anything, and a byte that is not of
 * ASCII may be half of a character which ends with a delimiter. */
static bool is_readable(struct bytes code)
{
	for (size_t i = 0; i < code.size; i++)
		if ((unsigned char)code.data[i] > 127)
			return false;
	return code.size && !memmem(code.data, code.size, "[secret:", 8);
}

/* ---- sed ---- */

/* Code of sed(1) is read where GNU's and busybox's read it alike; of its commands only those that
 * print, change or skip lines: not e, w and W, r and R, and no flag e or w of s. */

/* The next byte, or 0 at the end; the code has no NUL. */
static char peek(const struct bytes *rest)
{
	return rest->size ? *rest->data : '\0';
}

static void drop(struct bytes *rest, size_t size)
{
	rest->data += size;
	rest->size -= size;
}

static void skip(struct bytes *rest, const char *bytes)
{
	while (rest->size && strchr(bytes, *rest->data))
		drop(rest, 1);
}

/* "[:alpha:]" within brackets. */
static bool skip_class(struct bytes *rest)
{
	drop(rest, 2);
	skip(rest, "abcdefghijklmnopqrstuvwxyz");
	if (!bytes_start_with(*rest, bytes_of(":]")))
		return false;
	drop(rest, 2);
	return true;
}

/* A backslash within brackets, which is one, but for who looks for the delimiter. */
static bool skip_escape(struct bytes *rest, char next, char delimiter)
{
	if (next == '\\')
		return false;
	drop(rest, next == delimiter ? 2 : 1);
	return true;
}

/* A byte within brackets; false where some take it for more. */
static bool skip_member(struct bytes *rest, char delimiter)
{
	char c = *rest->data, next = rest->size > 1 ? rest->data[1] : '\n';

	if (c == delimiter || c == '\n')
		return false;
	if (c == '[' && strchr(":.=", next))
		return next == ':' && skip_class(rest);
	if (c == '\\')
		return skip_escape(rest, next, delimiter);
	drop(rest, 1);
	return true;
}

/* Behind "[", up to "]": false where a delimiter stands there, which some take for the end. */
static bool skip_bracket(struct bytes *rest, char delimiter)
{
	if (peek(rest) == '^')
		drop(rest, 1);
	if (peek(rest) == ']')
		drop(rest, 1);
	while (rest->size && *rest->data != ']')
		if (!skip_member(rest, delimiter))
			return false;
	if (!rest->size)
		return false;
	drop(rest, 1);
	return true;
}

/* Up to the delimiter, and over it; a regular expression has brackets. */
static bool skip_part(struct bytes *rest, char delimiter, bool is_regex)
{
	while (rest->size && *rest->data != delimiter) {
		char c = *rest->data;
		size_t size = c == '\\' ? 2 : 1;

		if (c == '\n' || size > rest->size)
			return false;
		drop(rest, size);
		if (is_regex && c == '[' && !skip_bracket(rest, delimiter))
			return false;
	}
	if (!rest->size)
		return false;
	drop(rest, 1);
	return true;
}

static bool skip_delimited(struct bytes *rest, unsigned parts, bool is_regex)
{
	char delimiter = peek(rest);

	if (!delimiter || !strchr("/,;:!#%&+-=@_|~", delimiter))
		return false;
	drop(rest, 1);
	for (unsigned i = 0; i < parts; i++)
		if (!skip_part(rest, delimiter, is_regex && i == 0))
			return false;
	return true;
}

#define DIGITS "0123456789"

/* "12", "2~3", "$", "/x/I", "\,x,": nothing is one, too. */
static bool skip_address(struct bytes *rest)
{
	char c = peek(rest);

	if (c == '$') {
		drop(rest, 1);
	} else if (c == '/' || c == '\\') {
		drop(rest, c == '\\');
		if (!skip_delimited(rest, 1, true))
			return false;
		skip(rest, "IM");
	} else {
		skip(rest, DIGITS "+~");
	}
	skip(rest, " \t");
	return true;
}

/* What is added stands to the end of the code, where nothing goes on. */
static bool skip_text(struct bytes *rest)
{
	skip(rest, " \t");
	if (!rest->size || memchr(rest->data, '\\', rest->size) ||
	    memchr(rest->data, '\n', rest->size))
		return false;
	drop(rest, rest->size);
	return true;
}

static bool skip_argument(struct bytes *rest, char command)
{
	if (command == 's' || command == 'y') {
		if (!skip_delimited(rest, 2, command == 's'))
			return false;
		skip(rest, command == 's' ? "gpiIM" DIGITS : "");
	} else if (strchr("qQlL", command)) {
		skip(rest, " \t" DIGITS);
	} else if (strchr(":btT", command)) {
		skip(rest, " \t");
		skip(rest, "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS);
	} else if (strchr("aic", command)) {
		return skip_text(rest);
	} else if (!strchr("={}dDgGhHnNpPxzF", command)) {
		return false;
	}
	return true;
}

/* One command with its addresses. */
static bool skip_command(struct bytes *rest)
{
	char command;

	if (!skip_address(rest))
		return false;
	if (peek(rest) == ',') {
		drop(rest, 1);
		skip(rest, " \t");
		if (!skip_address(rest))
			return false;
	}
	skip(rest, "! \t");
	command = peek(rest);
	if (!command)
		return false;
	drop(rest, 1);
	if (!skip_argument(rest, command))
		return false;
	skip(rest, " \t");
	return !rest->size || command == '{' || strchr(";\n}", *rest->data);
}

bool filter_is_harmless_sed(struct bytes code)
{
	struct bytes rest = code;

	if (!is_readable(code))
		return false;
	skip(&rest, " \t;\n");
	while (rest.size) {
		if (!skip_command(&rest))
			return false;
		skip(&rest, " \t;\n");
	}
	return true;
}

/* ---- awk ---- */

/* Code of awk(1p) may run, write or read what a line says: only by what has one of these words, a
 * pipe or a redirection in it. */
bool filter_is_harmless_awk(struct bytes code)
{
	static const char *const word[] = { "system", "getline", "ARG", "@" };

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (memmem(code.data, code.size, word[i], strlen(word[i])))
			return false;
	for (size_t i = 0; i < code.size; i++) {
		char next = i + 1 < code.size ? code.data[i + 1] : '\0';

		if (code.data[i] == '|' && next == '|')
			i++;
		else if (code.data[i] == '|' || (code.data[i] == '>' && next != '='))
			return false;
	}
	return is_readable(code);
}
