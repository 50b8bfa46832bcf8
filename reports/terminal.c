#include "reports/terminal.h"

#include "core/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Select graphic rendition (ECMA-48, 8.3.117): the 16 colours follow the user's theme. */
static const char *const style_code[] = {
	[STYLE_PLAIN] = "",    [STYLE_STRONG] = "1",   [STYLE_FAINT] = "2",
	[STYLE_GOOD] = "1;32", [STYLE_CAUTION] = "33", [STYLE_BAD] = "1;31",
};

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

/* https://no-color.org and https://bixense.com/clicolors */
static bool wants_colour(int fd)
{
	const char *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (is_set("NO_COLOR"))
		return false;
	if (force && *force && strcmp(force, "0"))
		return true;
	return isatty(fd) && term && *term && strcmp(term, "dumb");
}

static unsigned clamp(long columns)
{
	return columns < 40 ? 40 : columns > 160 ? 160 : (unsigned)columns;
}

static unsigned width_of(int fd)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	long columns = said ? strtol(said, NULL, 10) : 0;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return clamp(size.ws_col);
	return columns > 0 ? clamp(columns) : 100;
}

struct terminal terminal_of(FILE *out)
{
	int fd = fileno(out);

	return (struct terminal){
		.colour = wants_colour(fd),
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.columns = width_of(fd),
	};
}

void terminal_add(const struct terminal *terminal, enum style style, const char *text,
		  struct buffer *out)
{
	bool styled = terminal->colour && style != STYLE_PLAIN && *text;

	if (styled)
		buffer_printf(out, "\033[%sm", style_code[style]);
	buffer_add(out, text);
	if (styled)
		buffer_add(out, "\033[0m");
}

/* What is left beyond ASCII is visible text, but not to a terminal that knows no UTF-8. */
static void add_ascii(const char *text, struct buffer *out)
{
	size_t size = strlen(text);
	unsigned code, step;

	for (size_t i = 0; i < size; i += step) {
		step = text_decode(text + i, size - i, &code);
		if (step == 0)
			return;
		if (code < 0x80)
			buffer_add_char(out, text[i]);
		else
			buffer_printf(out, "\\u{%x}", code);
	}
}

/* Appends text that was made safe, as far as the terminal knows it, at most `columns` wide. */
static unsigned add_safe(const struct terminal *terminal, const struct buffer *safe,
			 unsigned columns, struct buffer *out)
{
	scoped(buffer) struct buffer cut = { 0 };
	const char *text;

	if (terminal->utf8)
		buffer_append(&cut, buffer_text(safe), safe->size);
	else
		add_ascii(buffer_text(safe), &cut);
	text = text_cut(&cut, columns);
	buffer_add(out, text);
	return text_columns(text);
}

unsigned terminal_add_name(const struct terminal *terminal, struct bytes name, unsigned columns,
			   struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };

	text_escape(name, TEXT_SAFE, &safe);
	return add_safe(terminal, &safe, columns, out);
}

unsigned terminal_add_escaped(const struct terminal *terminal, struct bytes text, unsigned columns,
			      struct buffer *out)
{
	scoped(buffer) struct buffer twice = { 0 }, safe = { 0 };

	text_escape(text, TEXT_SAFE, &twice);
	for (size_t i = 0; i < twice.size; i++) {
		buffer_add_char(&safe, twice.data[i]);
		if (twice.data[i] == '\\' && twice.data[i + 1] == '\\')
			i++; /* one of the text's own, doubled */
	}
	return add_safe(terminal, &safe, columns, out);
}

static bool is_plain_word(struct bytes word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!isalnum((unsigned char)word.data[i]) &&
		    (!word.data[i] || !strchr("@%+=:,./_-", word.data[i])))
			return false;
	return word.size > 0;
}

static void quote_word(struct bytes word, struct buffer *out)
{
	if (is_plain_word(word)) {
		buffer_append(out, word.data, word.size);
		return;
	}
	buffer_add_char(out, '\'');
	for (size_t i = 0; i < word.size; i++)
		if (word.data[i] == '\'')
			buffer_add(out, "'\"'\"'"); /* not \', whose backslash would be doubled */
		else
			buffer_add_char(out, word.data[i]);
	buffer_add_char(out, '\'');
}

void terminal_add_word(const struct terminal *terminal, struct bytes word, struct buffer *out)
{
	scoped(buffer) struct buffer quoted = { 0 };

	quote_word(word, &quoted);
	terminal_add_name(terminal, buffer_bytes(&quoted), 0, out);
}

unsigned terminal_add_command(const struct terminal *terminal, struct bytes argv, unsigned columns,
			      struct buffer *out)
{
	scoped(buffer) struct buffer line = { 0 };
	struct bytes word;

	for (size_t at = 0; at < argv.size; at += word.size + 1) {
		word.data = argv.data + at;
		word.size = strnlen(word.data, argv.size - at);
		if (line.size)
			buffer_add_char(&line, ' ');
		quote_word(word, &line);
	}
	return terminal_add_name(terminal, buffer_bytes(&line), columns, out);
}

void terminal_pad(unsigned have, unsigned want, struct buffer *out)
{
	for (; have < want; have++)
		buffer_add_char(out, ' ');
}

/* The bytes of one character, or of a whole style sequence of ours, which takes no column. */
static size_t character(const char *at, const char *end, unsigned *ret_columns)
{
	char text[5] = "";
	unsigned code, size;

	*ret_columns = 0;
	if (*at == '\033')
		return strcspn(at, "m") + 1;
	size = text_decode(at, (size_t)(end - at), &code);
	size = size ? size : 1;
	memcpy(text, at, size);
	*ret_columns = text_columns(text);
	return size;
}

/* Bytes of the line that fit into `columns`, to its last space where it must be broken. */
static size_t fitting(const char *line, const char *end, unsigned columns)
{
	const char *at = line + strspn(line, " "), *space = NULL;
	unsigned used = (unsigned)(at - line), wide;

	while (at < end) {
		size_t size = character(at, end, &wide);

		if (used + wide > columns && space)
			return (size_t)(space - line);
		if (*at == ' ')
			space = at;
		used += wide;
		at += size;
	}
	return (size_t)(end - line);
}

static void wrap_line(const char *line, const char *end, unsigned columns, struct buffer *out)
{
	unsigned indent = (unsigned)strspn(line, " ") + 2, left = columns;

	for (;;) {
		size_t size = fitting(line, end, left);

		buffer_append(out, line, size);
		line += size;
		if (line == end)
			return;
		while (*line == ' ')
			line++;
		buffer_add_char(out, '\n');
		terminal_pad(0, indent, out);
		left = columns - indent;
	}
}

void terminal_wrap(const struct terminal *terminal, struct bytes text, struct buffer *out)
{
	const char *line = text.data, *end = text.data + text.size;

	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		wrap_line(line, newline ? newline : end, terminal->columns, out);
		if (!newline)
			return;
		buffer_add_char(out, '\n');
		line = newline + 1;
	}
}

static void repeat(const char *text, unsigned count, struct buffer *out)
{
	for (; count; count--)
		buffer_add(out, text);
}

/* Of so many steps; something is not nothing. */
static unsigned filled(int64_t part, int64_t whole, unsigned steps)
{
	double share = whole > 0 && part > 0 ? (double)part / (double)whole : 0;
	unsigned count = (unsigned)((share < 1 ? share : 1) * steps + 0.5);

	return share > 0 && !count ? 1 : count;
}

/* U+258F to U+2589: one to seven eighths of a column, from the left. */
static const char *const eighth[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };

void terminal_add_bar(const struct terminal *terminal, int64_t part, int64_t whole,
		      unsigned columns, struct buffer *out)
{
	unsigned steps = terminal->utf8 ? 8 : 1;
	unsigned count = filled(part, whole, columns * steps), rest = count % steps;

	repeat(terminal->utf8 ? "█" : "#", count / steps, out);
	buffer_add(out, eighth[rest]);
	repeat(terminal->utf8 ? "·" : ".", columns - count / steps - (rest > 0), out);
}

void terminal_add_number(int64_t number, struct buffer *out)
{
	char digits[24];
	size_t size;

	snprintf(digits, sizeof digits, "%" PRId64, number);
	size = strlen(digits);
	for (size_t i = 0; i < size; i++) {
		bool first = i == 0 || digits[i - 1] == '-';

		if (!first && (size - i) % 3 == 0)
			buffer_add_char(out, ',');
		buffer_add_char(out, digits[i]);
	}
}

void terminal_add_count(int64_t count, const char *one, const char *many, struct buffer *out)
{
	terminal_add_number(count, out);
	buffer_add_char(out, ' ');
	buffer_add(out, count == 1 ? one : many);
}
