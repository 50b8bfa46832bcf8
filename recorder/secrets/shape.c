#include "recorder/secrets/find.h"

#include <string.h>

#define RUN_BYTES_MAX 256 /* what a shape is judged by, but for its dots */

enum letters { ALNUM, WORD, DOTTED, HEX, CAPITAL, BASE64, TOKEN, PATH };
enum proof { NONE, MIXED, DOTS };
enum part { ALL, REST };

static const struct shape {
	const char *id, *prefix;
	enum letters letters;
	size_t least;
	enum proof proof;
	enum part part;
} shape_row[] = {
#define SHAPE(id, prefix, letters, least, proof, part) { id, prefix, letters, least, proof, part },
#include "recorder/secrets/shapes.def"
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_letter_of(enum letters letters, char c)
{
	static const char *const more[] = {
		[ALNUM] = "",	[WORD] = "-_",	    [DOTTED] = "-_.",	 [HEX] = "",
		[CAPITAL] = "", [BASE64] = "-_+/=", [TOKEN] = "-_.~+/=", [PATH] = "-_./:",
	};

	if (letters == HEX)
		return c && strchr("0123456789abcdefABCDEF", c);
	if (letters == CAPITAL)
		return is_digit(c) || (c >= 'A' && c <= 'Z');
	return is_alnum(c) || (c && strchr(more[letters], c));
}

/* "Bearer of" is English, "Bearer aGVsbG8x" is not. */
static bool is_mixed(struct bytes run)
{
	bool small = false;

	for (size_t i = 0; i < run.size; i++) {
		char c = run.data[i];

		if (is_digit(c) || (small && c >= 'A' && c <= 'Z'))
			return true;
		small = c >= 'a' && c <= 'z';
	}
	return false;
}

static bool has_two_dots(struct bytes run)
{
	const char *dot = memchr(run.data, '.', run.size);

	return dot && memchr(dot + 1, '.', run.size - (size_t)(dot + 1 - run.data));
}

static bool is_proven(const struct shape *shape, struct bytes run)
{
	if (run.size < shape->least)
		return false;
	if (shape->proof == MIXED)
		return is_mixed(run);
	return shape->proof != DOTS || has_two_dots(run);
}

/* Where dots are counted the whole run is looked at, so it must not be looked at again from
 * its middle: a run without two dots would cost its square. */
static bool may_begin(const struct shape *shape, struct bytes text, size_t at)
{
	return shape->proof != DOTS || at == 0 || !is_letter_of(shape->letters, text.data[at - 1]);
}

static bool shape_fits(const struct shape *shape, struct bytes text, size_t at, struct finding *ret)
{
	size_t begin = at + strlen(shape->prefix), end = begin;
	size_t limit = shape->proof == DOTS ? text.size : begin + RUN_BYTES_MAX;

	if (!may_begin(shape, text, at))
		return false;
	while (end < text.size && end < limit && is_letter_of(shape->letters, text.data[end]))
		end++;
	if (!is_proven(shape, (struct bytes){ text.data + begin, end - begin }))
		return false;
	while (end < text.size && is_letter_of(shape->letters, text.data[end]))
		end++;
	*ret = (struct finding){ shape->part == ALL ? at : begin, end, bytes_of(shape->id) };
	return true;
}

/* RFC 7468, from the line of dashes at the start to the one at the end; all that is left where
 * there is none. */
static bool pem_find(struct bytes text, size_t at, struct finding *ret)
{
	static const char start[] = "-----BEGIN ", kind[] = "PRIVATE KEY", stop[] = "-----END ";
	struct bytes rest = { text.data + at, text.size - at };
	const char *end, *tail;

	if (!bytes_start_with(rest, bytes_of(start)) ||
	    !memmem(rest.data, rest.size < 64 ? rest.size : 64, kind, strlen(kind)))
		return false;
	*ret = (struct finding){ at, text.size, bytes_of("private-key") };
	end = memmem(rest.data, rest.size, stop, strlen(stop));
	if (!end)
		return true;
	end += strlen(stop);
	tail = memmem(end, rest.size - (size_t)(end - rest.data), "-----", 5);
	if (tail)
		ret->end = (size_t)(tail + 5 - text.data);
	return true;
}

bool shape_find(struct bytes text, size_t at, struct finding *ret)
{
	struct bytes rest = { text.data + at, text.size - at };

	if (*rest.data == '-')
		return pem_find(text, at, ret);
	if (!is_alnum(*rest.data) ||
	    (at > 0 && (is_alnum(text.data[at - 1]) || text.data[at - 1] == '_')))
		return false;
	for (size_t i = 0; i < sizeof shape_row / sizeof *shape_row; i++)
		if (*shape_row[i].prefix == *rest.data &&
		    bytes_start_with(rest, bytes_of(shape_row[i].prefix)) &&
		    shape_fits(&shape_row[i], text, at, ret))
			return true;
	return false;
}
