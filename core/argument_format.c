#include "core/argument.h"

#include "core/sql.h"
#include "core/text.h"

#include <ctype.h>
#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static bool is_made_of(struct bytes text, const char *set)
{
	for (size_t i = 0; i < text.size; i++)
		if (!text.data[i] || !strchr(set, text.data[i]))
			return false;
	return text.size > 0;
}

/* "9" is a digit, "x" a hexadecimal one in lower case, anything else itself. */
static bool has_form(struct bytes text, const char *form)
{
	if (text.size != strlen(form))
		return false;
	for (size_t i = 0; i < text.size; i++) {
		const char *set = form[i] == '9' ? DIGIT : form[i] == 'x' ? DIGIT "abcdef" : NULL;

		if (set ? !text.data[i] || !strchr(set, text.data[i]) : text.data[i] != form[i])
			return false;
	}
	return true;
}

static int number_at(struct bytes text, size_t at)
{
	return (text.data[at] - '0') * 10 + text.data[at + 1] - '0';
}

static bool is_uuid(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return has_form(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool is_date(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return has_form(text, "9999-99-99") && number_at(text, 5) >= 1 &&
	       number_at(text, 5) <= 12 && number_at(text, 8) >= 1 && number_at(text, 8) <= 31;
}

static bool is_offset(struct bytes text)
{
	if (text.size == 6 && (*text.data == '+' || *text.data == '-'))
		return has_form((struct bytes){ text.data + 1, 5 }, "99:99");
	return bytes_equal(text, bytes_of("Z"));
}

static bool is_hour(struct bytes text)
{
	return has_form(text, "99:99:99") && number_at(text, 0) <= 23 && number_at(text, 3) <= 59 &&
	       number_at(text, 6) <= 60;
}

/* RFC 3339, 5.6, in capitals. */
static bool is_time(struct bytes text, struct buffer *scope)
{
	size_t at = 19;

	if (text.size < 20 || text.data[10] != 'T' ||
	    !is_date((struct bytes){ text.data, 10 }, scope) ||
	    !is_hour((struct bytes){ text.data + 11, 8 }))
		return false;
	if (text.data[at] == '.')
		for (at++; at < text.size && isdigit((unsigned char)text.data[at]);)
			at++;
	return at != 20 && is_offset((struct bytes){ text.data + at, text.size - at });
}

static bool is_digits(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return is_made_of(text, DIGIT);
}

static bool is_hex(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return is_made_of(text, DIGIT "abcdef");
}

/* Whether a component, as slashes of both kinds part them, begins with ".", also as URLs write it:
 * "..", or what is hidden. */
static bool has_dots(struct bytes text)
{
	size_t start = 0;

	for (size_t i = 0; i <= text.size; i++) {
		if (i < text.size && text.data[i] != '/' && text.data[i] != '\\')
			continue;
		if (i > start && text.data[start] == '.')
			return true;
		start = i + 1;
	}
	return memmem(text.data, text.size, "%2e", 3) || memmem(text.data, text.size, "%2E", 3);
}

static struct bytes skip_space(struct bytes text)
{
	while (text.size && isspace((unsigned char)*text.data)) {
		text.data++;
		text.size--;
	}
	return text;
}

/* "scheme:/", RFC 3986, 3.1. */
static size_t scheme_size(struct bytes text)
{
	size_t size = 0;

	while (size < text.size && isascii(text.data[size]) &&
	       (isalnum((unsigned char)text.data[size]) || strchr("+-.", text.data[size])))
		size++;
	if (!size || size + 1 >= text.size || text.data[size] != ':' || text.data[size + 1] != '/')
		return 0;
	return size;
}

/* What a URL may be written with, RFC 3986, 2; never what some take for another character. */
static bool is_url_text(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] > '~' || strchr("\\<>\"`", text.data[i]))
			return false;
	return !has_dots(text);
}

static bool is_url(struct bytes text, struct buffer *scope)
{
	size_t start = scheme_size(text) + 3, end = start;

	if (start == 3 || text.size < start || text.data[start - 1] != '/' || !is_url_text(text))
		return false;
	while (end < text.size && !strchr("/?#", text.data[end]))
		end++;
	if (end == start || memchr(text.data, '@', end))
		return false;
	buffer_append(scope, text.data, end);
	return true;
}

static bool is_email(struct bytes text, struct buffer *scope)
{
	const char *at = text.size ? memchr(text.data, '@', text.size) : NULL;
	struct bytes domain, user;

	if (!at)
		return false;
	user = (struct bytes){ text.data, (size_t)(at - text.data) };
	domain = (struct bytes){ at + 1, text.size - user.size - 1 };
	if (!is_made_of(user, LOWER UPPER DIGIT "._+-") || *user.data == '-' ||
	    !is_made_of(domain, LOWER DIGIT ".-"))
		return false;
	buffer_append(scope, domain.data, domain.size);
	return true;
}

static bool is_sql(struct bytes text, struct buffer *scope)
{
	return sql_shape(text, scope) == 0;
}

static bool is_word(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return is_made_of(text, LOWER UPPER DIGIT "_.+-") && isalnum((unsigned char)*text.data) &&
	       !memmem(text.data, text.size, "..", 2);
}

/* Nothing that cannot be seen, nor what only seems to be somewhere else. */
static bool is_visible(struct bytes text, const char *controls)
{
	scoped(buffer) struct buffer ignored = { 0 };

	for (size_t i = 0; i < text.size; i++)
		if ((unsigned char)text.data[i] == 0x7f ||
		    ((unsigned char)text.data[i] < ' ' &&
		     (!text.data[i] || !strchr(controls, text.data[i]))))
			return false;
	return !(text_escape(text, TEXT_SAFE, &ignored) &
		 (TEXT_INVALID | TEXT_BIDI | TEXT_INVISIBLE));
}

static bool is_harmless(struct bytes text)
{
	struct bytes start = skip_space(text);

	if (!start.size || strchr("/\\~-$", *start.data))
		return false;
	return !scheme_size(start) && !has_dots(start);
}

static bool is_line(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return is_visible(text, "") && is_harmless(text);
}

static bool is_text(struct bytes text, struct buffer *scope)
{
	(void)scope;
	return is_visible(text, "\n\r\t") && is_harmless(text);
}

/* The folder; the caller compares by components. */
static bool is_path(struct bytes text, struct buffer *scope)
{
	const char *slash = text.size ? memrchr(text.data, '/', text.size) : NULL;

	if (!slash)
		return false;
	for (const char *at = text.data; at < text.data + text.size; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f ||
		    (*at == '/' && at + 1 < text.data + text.size && at[1] == '.'))
			return false;
	buffer_append(scope, text.data, (size_t)(slash - text.data));
	return true;
}

struct bytes argument_string(struct bytes text, bool *ret_symbolic)
{
	*ret_symbolic = text.size > 1 && text.data[0] == '$' && text.data[1] != '$';
	if (text.size < 2 || text.data[0] != '$' || text.data[1] != '$')
		return text;
	return (struct bytes){ text.data + 1, text.size - 1 };
}

bool format_fits(enum argument_format format, struct bytes text, struct buffer *scope)
{
	static bool (*const fits[])(struct bytes, struct buffer *) = {
		[FORMAT_UUID] = is_uuid,   [FORMAT_TIME] = is_time,	[FORMAT_DATE] = is_date,
		[FORMAT_HEX] = is_hex,	   [FORMAT_DIGITS] = is_digits, [FORMAT_URL] = is_url,
		[FORMAT_EMAIL] = is_email, [FORMAT_PATH] = is_path,	[FORMAT_SQL] = is_sql,
		[FORMAT_WORD] = is_word,   [FORMAT_LINE] = is_line,	[FORMAT_TEXT] = is_text,
	};
	bool symbolic;
	struct bytes raw = argument_string(text, &symbolic);

	if (!raw.size || symbolic != (format == FORMAT_PATH) || format >= FORMAT_COUNT)
		return false;
	return fits[format] && fits[format](raw, scope);
}
