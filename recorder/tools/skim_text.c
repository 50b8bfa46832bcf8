#include "recorder/tools/skim.h"

#include "core/text.h"

#include <string.h>

static bool read_hex(struct bytes text, unsigned *ret)
{
	unsigned code = 0;

	if (text.size < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		char c = text.data[i], small = (char)(c | 32);

		if (c >= '0' && c <= '9')
			code = code << 4 | (unsigned)(c - '0');
		else if (small >= 'a' && small <= 'f')
			code = code << 4 | (unsigned)(small - 'a' + 10);
		else
			return false;
	}
	*ret = code;
	return true;
}

static void skip(struct bytes *text, size_t size)
{
	text->data += size;
	text->size -= size;
}

/* Behind "\u". */
static bool decode_unicode(struct bytes *rest, struct buffer *out)
{
	unsigned code, low;

	if (!read_hex(*rest, &code))
		return false;
	skip(rest, 4);
	if (code >= 0xd800 && code < 0xdc00) {
		struct bytes second;

		if (rest->size < 6 || rest->data[0] != '\\' || rest->data[1] != 'u')
			return false;
		second = (struct bytes){ rest->data + 2, rest->size - 2 };
		if (!read_hex(second, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		skip(rest, 6);
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	return text_encode(code, out);
}

/* Behind a backslash. */
static bool decode_escape(struct bytes *rest, struct buffer *out)
{
	static const char sign[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *found;
	char c;

	if (!rest->size || !*rest->data)
		return false;
	c = *rest->data;
	skip(rest, 1);
	if (c == 'u')
		return decode_unicode(rest, out);
	found = strchr(sign, c);
	if (found)
		buffer_add_char(out, meant[found - sign]);
	return found != NULL;
}

bool json_string_decode(struct bytes inside, struct buffer *out)
{
	while (inside.size) {
		const char *escape = memchr(inside.data, '\\', inside.size);
		size_t plain = escape ? (size_t)(escape - inside.data) : inside.size;

		buffer_append(out, inside.data, plain);
		skip(&inside, plain);
		if (!escape)
			break;
		skip(&inside, 1);
		if (!decode_escape(&inside, out))
			return false;
	}
	return true;
}

bool skim_has(const struct skim *skim, enum field field)
{
	return skim->field[field].first != 0;
}

/* The inside of a string that was kept whole. */
static bool inside_of(const struct skim *skim, enum field field, struct bytes *ret)
{
	const struct buffer *text = &skim->text[field];

	if (skim->field[field].first != '"' || text->size < 2 ||
	    text->size != skim->field[field].end - skim->field[field].begin)
		return false;
	*ret = (struct bytes){ text->data + 1, text->size - 2 };
	return true;
}

bool skim_string(const struct skim *skim, enum field field, struct buffer *out)
{
	struct bytes inside;
	size_t before = out->size;

	if (!inside_of(skim, field, &inside))
		return false;
	if (!json_string_decode(inside, out)) {
		out->size = before;
		buffer_append(out, inside.data, inside.size);
	}
	return true;
}

bool skim_is(const struct skim *skim, enum field field, const char *text)
{
	scoped(buffer) struct buffer string = { 0 };

	return skim_string(skim, field, &string) &&
	       bytes_equal(buffer_bytes(&string), bytes_of(text));
}

bool skim_key(const struct skim *skim, enum field field, char mark, struct buffer *out)
{
	const struct skim_field *seen = &skim->field[field];
	const struct buffer *text = &skim->text[field];

	buffer_add_char(out, mark);
	if (seen->first == '"') {
		buffer_add_char(out, 's');
		return skim_string(skim, field, out);
	}
	if (seen->first != '-' && !(seen->first >= '0' && seen->first <= '9'))
		return false;
	buffer_add_char(out, 'n');
	buffer_append(out, text->data, text->size);
	return text->size == seen->end - seen->begin;
}
