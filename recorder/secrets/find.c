#include "recorder/secrets/find.h"

#include "core/secret_name.h"

#include <string.h>
#include <strings.h>

#define NAME_BYTES_MAX	    256
#define AUTHORITY_BYTES_MAX 4096
#define LOGIN_BYTES	    20	 /* of a user's name that is a token */
#define JUDGED_BYTES	    1024 /* of a value */
#define BLANKS_MAX	    16	 /* around a colon */

enum header_part { WHOLE, SCHEME };

static const struct header {
	const char *name;
	enum header_part part;
} header_row[] = {
#define HEADER(name, part) { name, part },
#include "recorder/secrets/headers.def"
};

static bool is_one_of(const char *set, char c)
{
	return c && strchr(set, c);
}

static bool is_name_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       is_one_of("_.-", c);
}

static struct bytes part_of(struct bytes text, size_t begin, size_t end)
{
	return (struct bytes){ text.data + begin, end - begin };
}

struct bytes secret_name_before(struct bytes text, size_t end)
{
	size_t begin = end;

	while (begin > 0 && end - begin < NAME_BYTES_MAX && is_name_letter(text.data[begin - 1]))
		begin--;
	while (begin < end && text.data[begin] == '-')
		begin++;
	return part_of(text, begin, end);
}

/* The whole of it is $NAME, ${...} or $(...). */
static bool is_expansion(struct bytes value)
{
	size_t i = 1;

	if (value.size < 2 || value.data[0] != '$')
		return false;
	if (value.data[1] == '(' || value.data[1] == '{')
		return true;
	while (i < value.size && is_name_letter(value.data[i]) && !is_one_of(".-", value.data[i]))
		i++;
	return i == value.size;
}

bool secret_is_reference(struct bytes value)
{
	if (!value.size || is_expansion(value) || bytes_start_with(value, bytes_of("[secret:")))
		return true;
	if (value.data[0] == '`' || value.data[0] == '{' || value.data[0] == '%')
		return true;
	if (value.data[0] == '<')
		return value.data[value.size - 1] == '>';
	for (size_t i = 0; i < value.size; i++)
		if (!is_one_of("*.xX", value.data[i]))
			return false;
	return true;
}

static size_t skip(struct bytes text, size_t at, const char *set)
{
	while (at < text.size && is_one_of(set, text.data[at]))
		at++;
	return at;
}

static size_t until(struct bytes text, size_t at, const char *set)
{
	while (at < text.size && !is_one_of(set, text.data[at]))
		at++;
	return at;
}

/* How a value ends: at one of `set`, or at the quote that has as many backslashes before it. */
struct ending {
	const char *set;
	char quote;
	bool escaped;
};

static size_t string_end(struct bytes text, size_t at, const struct ending *ending)
{
	while (at < text.size && text.data[at] != ending->quote) {
		bool is_pair = text.data[at] == '\\';

		if (is_pair && ending->escaped && at + 1 < text.size &&
		    text.data[at + 1] == ending->quote)
			return at;
		at += is_pair ? 2 : 1;
	}
	return at < text.size ? at : text.size;
}

static size_t value_end(struct bytes text, size_t begin, const struct ending *ending)
{
	return ending->quote ? string_end(text, begin, ending) : until(text, begin, ending->set);
}

/* Judges the value by its beginning, so that a text of a thousand attempts costs no more than
 * one.  `row` NULL: anything will do. */
static bool accept(struct bytes text, size_t begin, const struct ending *ending,
		   const struct secret_name *row, struct finding *ret)
{
	struct bytes near = text;
	size_t end;

	if (begin >= text.size)
		return false;
	if (near.size - begin > JUDGED_BYTES)
		near.size = begin + JUDGED_BYTES;
	end = value_end(near, begin, ending);
	if (secret_is_reference(part_of(text, begin, end)) ||
	    (row && !secret_name_fits(row, part_of(text, begin, end))))
		return false;
	ret->begin = begin;
	ret->end = end == near.size ? value_end(text, begin, ending) : end;
	return true;
}

/* ---- scheme://user:SECRET@host: RFC 3986, 3.2.1 ---- */

static bool is_token(struct bytes user)
{
	struct finding ignored;
	bool digit = false;

	for (size_t i = 0; i < user.size; i++)
		digit = digit || (user.data[i] >= '0' && user.data[i] <= '9');
	return (user.size >= LOGIN_BYTES && digit) || (user.size && shape_find(user, 0, &ignored));
}

/* Where the userinfo ends, or 0. */
static size_t find_at_sign(struct bytes text, size_t begin)
{
	size_t sign = 0;

	for (size_t end = begin; end < text.size && end - begin < AUTHORITY_BYTES_MAX &&
				 !is_one_of("/?# \t\r\n\"'<>\\", text.data[end]);
	     end++)
		if (text.data[end] == '@')
			sign = end;
	return sign;
}

static bool find_login(struct bytes text, size_t at, struct finding *ret)
{
	size_t begin = at + 3, sign, colon;

	if (text.size - at < 4 || memcmp(text.data + at, "://", 3))
		return false;
	sign = find_at_sign(text, begin);
	if (!sign)
		return false;
	colon = until((struct bytes){ text.data, sign }, begin, ":");
	ret->name = bytes_of("url-login");
	ret->end = sign;
	/* https://TOKEN:x-oauth-basic@host */
	ret->begin = is_token(part_of(text, begin, colon)) ? begin : colon + 1;
	return ret->begin < sign && !secret_is_reference(part_of(text, ret->begin, sign));
}

/* ---- Header: SECRET ---- */

static bool ends_with(struct bytes name, const char *end)
{
	size_t size = strlen(end);

	return name.size >= size && !strncasecmp(name.data + name.size - size, end, size);
}

/* By its end, because curl(1) takes -HAuthorization: as well. */
static const struct header *header_of(struct bytes name)
{
	for (size_t i = 0; i < sizeof header_row / sizeof *header_row; i++)
		if (ends_with(name, header_row[i].name))
			return &header_row[i];
	return NULL;
}

/* Behind the scheme, where there is one. */
static size_t skip_scheme(struct bytes text, size_t begin)
{
	size_t end = begin;

	while (end < text.size && end - begin < 16 && is_name_letter(text.data[end]))
		end++;
	return end > begin && skip(text, end, " ") > end ? skip(text, end, " ") : begin;
}

static bool find_in_header(struct bytes text, const struct header *header, size_t begin,
			   const struct ending *ending, struct finding *ret)
{
	if (header->part == SCHEME)
		begin = skip_scheme(text, begin);
	ret->name = bytes_of(header->name);
	return accept(text, begin, ending, NULL, ret);
}

/* To the end of the line, or of the string that it begins: -H "Authorization: ...". */
static bool find_header(struct bytes text, size_t at, struct finding *ret)
{
	struct bytes name = secret_name_before(text, at);
	const struct header *header = header_of(name);
	struct ending ending = { .set = "\r\n" };
	size_t begin = (size_t)(name.data - text.data);

	if (!header)
		return false;
	if (begin > 0 && is_one_of("\"'", text.data[begin - 1])) {
		ending.quote = text.data[begin - 1];
		ending.escaped = begin > 1 && text.data[begin - 2] == '\\';
	}
	return find_in_header(text, header, skip(text, at + 1, " \t"), &ending, ret);
}

/* ---- "name": "SECRET", also as \"name\": \"SECRET\" ---- */

/* The name in quotes before the colon at `at`, or none; how it was quoted. */
static struct bytes quoted_name(struct bytes text, size_t at, struct ending *ret)
{
	size_t key = at;

	while (key > 0 && at - key < BLANKS_MAX && is_one_of(" \t", text.data[key - 1]))
		key--;
	if (key == 0 || !is_one_of("\"'", text.data[key - 1]))
		return (struct bytes){ 0 };
	key--;
	ret->quote = text.data[key];
	ret->escaped = key > 0 && text.data[key - 1] == '\\';
	return secret_name_before(text, key - ret->escaped);
}

static bool find_member(struct bytes text, size_t at, struct finding *ret)
{
	struct ending ending = { 0 };
	struct bytes name = quoted_name(text, at, &ending);
	const struct header *header = header_of(name);
	const struct secret_name *row = secret_name_find(name);
	size_t begin = at + 1;

	if (!header && !row)
		return false;
	while (begin < text.size && begin - at < BLANKS_MAX &&
	       is_one_of(" \t\r\n\\", text.data[begin]))
		begin++;
	if (begin == text.size || text.data[begin++] != ending.quote)
		return false;
	if (header)
		return find_in_header(text, header, begin, &ending, ret);
	ret->name = name;
	return accept(text, begin, &ending, row, ret);
}

/* ---- name=SECRET ---- */

static bool find_assigned(struct bytes text, size_t at, struct finding *ret)
{
	struct bytes name = secret_name_before(text, at);
	const struct secret_name *row = secret_name_find(name);
	struct ending ending = { .set = " \t\r\n&\"';|)`" };

	if (!row || ++at == text.size)
		return false;
	if (is_one_of("\"'", text.data[at]))
		ending.quote = text.data[at++];
	ret->name = name;
	return accept(text, at, &ending, row, ret);
}

bool secret_find(struct bytes text, size_t from, struct finding *ret)
{
	for (size_t at = from; at < text.size; at++) {
		char c = text.data[at];

		if (c == ':' && (find_login(text, at, ret) || find_member(text, at, ret) ||
				 find_header(text, at, ret)))
			return true;
		if (c == '=' && find_assigned(text, at, ret))
			return true;
		if (shape_find(text, at, ret))
			return true;
	}
	return false;
}
