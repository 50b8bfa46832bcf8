#include "analyzer/grants/toml_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Numbers, booleans and times: the longest word that one could be is taken, and compared with a
 * shape of each. */

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_of_word(int c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c > 0 && strchr("+-_.:", c));
}

/* ---- times ---- */

/* Whether the text begins so: 9 is a digit, all else itself.  Its end. */
static const char *shaped(const char *text, const char *shape)
{
	for (; *shape; shape++, text++)
		if (*shape == '9' ? !is_digit(*text) : *text != *shape)
			return NULL;
	return text;
}

static int two(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap);
}

static const char *date(const char *text)
{
	const char *end = shaped(text, "9999-99-99");
	int day = end ? two(text + 8) : 0;

	return day >= 1 && day <= days_of(two(text) * 100 + two(text + 2), two(text + 5)) ? end
											  : NULL;
}

static const char *clock_time(const char *text)
{
	const char *end = shaped(text, "99:99:99");

	if (!end || two(text) > 23 || two(text + 3) > 59 || two(text + 6) > 60)
		return NULL;
	if (*end != '.')
		return end;
	end++;
	if (!is_digit(*end))
		return NULL;
	while (is_digit(*end))
		end++;
	return end;
}

static bool is_offset(const char *text)
{
	const char *end;

	if (!*text || !strcmp(text, "Z") || !strcmp(text, "z"))
		return true;
	if (!strchr("+-", *text))
		return false;
	end = shaped(text + 1, "99:99");
	return end && !*end && two(text + 1) <= 23 && two(text + 4) <= 59;
}

static bool is_time(const char *text)
{
	const char *end = clock_time(text);

	if (end)
		return !*end;
	end = date(text);
	if (!end || !*end)
		return end;
	if (!strchr("Tt ", *end))
		return false;
	end = clock_time(end + 1);
	return end && is_offset(end);
}

/* ---- numbers ---- */

/* Digits with single underscores between them; their end, NULL: there are none. */
static const char *digits(const char *text, const char *of, struct buffer *out)
{
	const char *start = text;

	for (; *text && (strchr(of, *text) || *text == '_'); text++) {
		if (*text != '_')
			buffer_add_char(out, *text);
		else if (text == start || !text[1] || !strchr(of, text[1]))
			return NULL;
	}
	return text == start ? NULL : text;
}

static const struct {
	const char *lead, *digits;
	int base;
} base_row[] = {
	{ "0x", "0123456789abcdefABCDEF", 16 },
	{ "0o", "01234567", 8 },
	{ "0b", "01", 2 },
};

/* 1: it is no integer. */
static int based(const char *text, struct buffer *plain, int *ret_base)
{
	for (size_t i = 0; i < sizeof base_row / sizeof *base_row; i++) {
		const char *end;

		if (strncmp(text, base_row[i].lead, 2) != 0)
			continue;
		end = digits(text + 2, base_row[i].digits, plain);
		*ret_base = base_row[i].base;
		return end && !*end ? 0 : 1;
	}
	return -ENOENT;
}

static int decimal(const char *text, struct buffer *plain)
{
	const char *end;

	if (*text == '+' || *text == '-')
		buffer_add_char(plain, *text++);
	if (*text == '0' && text[1])
		return 1;
	end = digits(text, "0123456789", plain);
	return end && !*end ? 0 : 1;
}

static int integer(const char *text, struct toml *ret)
{
	scoped(buffer) struct buffer plain = { 0 };
	int base = 10, r = based(text, &plain, &base);
	char *end;

	if (r == -ENOENT)
		r = decimal(text, &plain);
	if (r)
		return r;
	errno = 0;
	ret->integer = strtoll(buffer_text(&plain), &end, base);
	return errno ? -ERANGE : 0;
}

static const char *exponent(const char *text, struct buffer *ignored)
{
	text++;
	text += *text == '+' || *text == '-';
	return digits(text, "0123456789", ignored);
}

static bool is_exponent(const char *text)
{
	scoped(buffer) struct buffer ignored = { 0 };
	const char *end = strchr("eE", *text) ? exponent(text, &ignored) : NULL;

	return end && !*end;
}

/* The digits before the point. */
static bool is_whole(const char *start, const char *end)
{
	return end && (*start != '0' || end - start == 1);
}

static bool is_float(const char *text)
{
	scoped(buffer) struct buffer ignored = { 0 };
	const char *start;

	text += *text == '+' || *text == '-';
	if (!strcmp(text, "inf") || !strcmp(text, "nan"))
		return true;
	start = text;
	text = digits(text, "0123456789", &ignored);
	if (!is_whole(start, text) || !*text)
		return false;
	if (*text == '.')
		text = digits(text + 1, "0123456789", &ignored);
	return text && (!*text || is_exponent(text));
}

/* ---- all of them ---- */

/* A date and a time may have a space between them. */
static bool has_time_behind(const struct toml_reader *reader, const struct buffer *text)
{
	return text->size == 10 && date(text->data) && toml_peek(reader, 0) == ' ' &&
	       is_digit(toml_peek(reader, 1)) && is_digit(toml_peek(reader, 2)) &&
	       toml_peek(reader, 3) == ':';
}

static void take_word(struct toml_reader *reader, struct buffer *out)
{
	while (is_of_word(toml_peek(reader, 0)) || has_time_behind(reader, out))
		buffer_add_char(out, (char)toml_peek(reader, 0)), reader->at++;
}

int toml_scalar(struct toml_reader *reader, struct toml *ret)
{
	const char *text;
	int r;

	take_word(reader, &ret->text);
	if (buffer_status(&ret->text) < 0)
		return toml_no_memory(reader);
	text = buffer_text(&ret->text);
	ret->integer = !strcmp(text, "true");
	ret->kind = TOML_BOOLEAN;
	if (ret->integer || !strcmp(text, "false"))
		return 0;
	ret->kind = TOML_TIME;
	if (is_time(text))
		return 0;
	ret->kind = TOML_INTEGER;
	r = integer(text, ret);
	if (r == -ERANGE)
		return toml_fail(reader, "the number has more than 64 bits");
	if (r == 0)
		return 0;
	ret->kind = TOML_FLOAT;
	return is_float(text) ? 0 : toml_fail(reader, "a value is missing, or none of TOML");
}
