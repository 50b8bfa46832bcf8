#include "analyzer/grants/toml_private.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* ---- strings ---- */

static int hex_digits(struct toml_reader *reader, unsigned count, unsigned *ret)
{
	static const char digits[] = "0123456789abcdef";
	unsigned code = 0;

	for (unsigned i = 0; i < count; i++) {
		int c = toml_peek(reader, i);
		const char *at = c > 0 ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

		if (!at)
			return toml_fail(reader, "a code point has hexadecimal digits");
		code = code << 4 | (unsigned)(at - digits);
	}
	reader->at += count;
	*ret = code;
	return 0;
}

static int code_point(struct toml_reader *reader, unsigned digits, struct buffer *out)
{
	unsigned code = 0;
	int r = hex_digits(reader, digits, &code);

	if (r < 0)
		return r;
	return text_encode(code, out) ? 0 : toml_fail(reader, "there is no such code point");
}

/* A backslash at the end of a line: it goes, and all white space before the next word. */
static bool continues(struct toml_reader *reader)
{
	size_t at = 0;

	while (toml_peek(reader, at) == ' ' || toml_peek(reader, at) == '\t')
		at++;
	if (toml_peek(reader, at) == '\r' && toml_peek(reader, at + 1) == '\n')
		at++;
	if (toml_peek(reader, at) != '\n')
		return false;
	for (; toml_peek(reader, at) > 0 && strchr(" \t\r\n", toml_peek(reader, at)); at++)
		reader->line += toml_peek(reader, at) == '\n';
	reader->at += at;
	return true;
}

/* Behind a backslash. */
static int escape(struct toml_reader *reader, bool is_long, struct buffer *out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	int c = toml_peek(reader, 0);
	const char *at = c > 0 ? strchr(from, c) : NULL;

	if (is_long && continues(reader))
		return 0;
	if (c < 0)
		return toml_fail(reader, "a string does not end");
	reader->at++;
	if (at)
		buffer_add_char(out, to[at - from]);
	else if (c == 'u' || c == 'U')
		return code_point(reader, c == 'u' ? 4 : 8, out);
	else
		return toml_fail(reader, "there is no such escape in a string");
	return 0;
}

static bool is_control(int c)
{
	return (c < ' ' && c != '\t') || c == 0x7f;
}

static int short_string(struct toml_reader *reader, char quote, struct buffer *out)
{
	int c, r = 0;

	reader->at++;
	while ((c = toml_peek(reader, 0)) != quote && r == 0) {
		if (c < 0 || c == '\n')
			return toml_fail(reader, "a string does not end on its line");
		if (is_control(c))
			return toml_fail(reader, "a string has a control character");
		reader->at++;
		if (c == '\\' && quote == '"')
			r = escape(reader, false, out);
		else
			buffer_add_char(out, (char)c);
	}
	reader->at++;
	return r;
}

/* A line break, or another byte, of a string of several lines. */
static int long_byte(struct toml_reader *reader, char quote, struct buffer *out)
{
	int c = toml_peek(reader, 0);

	if (c < 0)
		return toml_fail(reader, "a string does not end");
	if (c == '\r' && toml_peek(reader, 1) == '\n')
		c = '\n', reader->at++;
	if (c != '\n' && is_control(c))
		return toml_fail(reader, "a string has a control character");
	reader->at++;
	reader->line += c == '\n';
	if (c == '\\' && quote == '"')
		return escape(reader, true, out);
	buffer_add_char(out, (char)c);
	return 0;
}

static unsigned count_quotes(const struct toml_reader *reader, char quote)
{
	unsigned count = 0;

	while (count < 6 && toml_peek(reader, count) == quote)
		count++;
	return count;
}

static int long_string(struct toml_reader *reader, char quote, struct buffer *out)
{
	reader->at += 3;
	if (toml_take(reader, "\n") || toml_take(reader, "\r\n"))
		reader->line++;
	for (;;) {
		unsigned quotes = count_quotes(reader, quote);
		int r;

		/* Two that belong to the string may stand before the three that end it. */
		for (unsigned i = 0; i < (quotes >= 3 ? quotes - 3 : quotes); i++)
			buffer_add_char(out, quote);
		reader->at += quotes;
		if (quotes == 6)
			return toml_fail(reader, "a string ends with too many quotes");
		if (quotes >= 3)
			return 0;
		if (quotes)
			continue;
		r = long_byte(reader, quote, out);
		if (r < 0)
			return r;
	}
}

int toml_string(struct toml_reader *reader, bool is_key, struct buffer *out)
{
	char quote = (char)toml_peek(reader, 0);

	if (toml_peek(reader, 1) != quote || toml_peek(reader, 2) != quote)
		return short_string(reader, quote, out);
	return is_key ? toml_fail(reader, "a key may not have several lines")
		      : long_string(reader, quote, out);
}

/* ---- keys ---- */

void toml_path_cleanup(struct toml_path *path)
{
	for (size_t i = 0; i < path->count; i++)
		buffer_release(&path->word[i]);
}

static bool is_bare(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '-';
}

static int word(struct toml_reader *reader, struct buffer *out)
{
	int c = toml_peek(reader, 0);

	if (c == '"' || c == '\'')
		return toml_string(reader, true, out);
	if (!is_bare(c))
		return toml_fail(reader, "a key is missing");
	for (; is_bare(c); c = toml_peek(reader, 0)) {
		buffer_add_char(out, (char)c);
		reader->at++;
	}
	return 0;
}

int toml_path(struct toml_reader *reader, struct toml_path *ret)
{
	int r;

	do {
		if (ret->count == TOML_DEPTH_MAX)
			return toml_fail(reader, "tables are too deep in each other");
		toml_blanks(reader);
		r = word(reader, &ret->word[ret->count++]);
		if (r < 0)
			return r;
		if (buffer_status(&ret->word[ret->count - 1]) < 0)
			return toml_no_memory(reader);
		toml_blanks(reader);
	} while (toml_take(reader, "."));
	return 0;
}
