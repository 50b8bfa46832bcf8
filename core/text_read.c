#include "core/text.h"

#include <errno.h>
#include <string.h>

/* What stands between text and `end`. */
struct reader {
	const char *at, *end;
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Reads up to `most` hexadecimal digits; returns how many. */
static unsigned read_hex(struct reader *reader, unsigned most, unsigned *ret)
{
	unsigned count = 0;

	for (*ret = 0; count < most && reader->at < reader->end; count++, reader->at++) {
		int digit = hex_value(*reader->at);

		if (digit < 0)
			break;
		*ret = *ret << 4 | (unsigned)digit;
	}
	return count;
}

bool text_encode(unsigned code, struct buffer *out)
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return false;
	if (code < 0x80) {
		buffer_add_char(out, (char)code);
		return true;
	}
	if (code < 0x800) {
		buffer_add_char(out, (char)(0xc0 | code >> 6));
	} else if (code < 0x10000) {
		buffer_add_char(out, (char)(0xe0 | code >> 12));
		buffer_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	} else {
		buffer_add_char(out, (char)(0xf0 | code >> 18));
		buffer_add_char(out, (char)(0x80 | (code >> 12 & 0x3f)));
		buffer_add_char(out, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	buffer_add_char(out, (char)(0x80 | (code & 0x3f)));
	return true;
}

/* Behind \x. */
static bool read_byte(struct reader *reader, struct buffer *out)
{
	unsigned value;

	if (read_hex(reader, 2, &value) != 2)
		return false;
	buffer_add_char(out, (char)value);
	return true;
}

/* Behind \u. */
static bool read_code(struct reader *reader, struct buffer *out)
{
	unsigned value;

	if (reader->at == reader->end || *reader->at++ != '{')
		return false;
	if (!read_hex(reader, 6, &value) || reader->at == reader->end || *reader->at++ != '}')
		return false;
	return text_encode(value, out);
}

/* Behind the backslash. */
static bool read_escape(struct reader *reader, struct buffer *out)
{
	char c = reader->at == reader->end ? '\0' : *reader->at++;

	switch (c) {
	case 'n':
		buffer_add_char(out, '\n');
		return true;
	case 't':
		buffer_add_char(out, '\t');
		return true;
	case 'x':
		return read_byte(reader, out);
	case 'u':
		return read_code(reader, out);
	default:
		if (!c || !strchr("\\*?[]{}$@", c))
			return false;
		buffer_add_char(out, c);
		return true;
	}
}

int text_unescape(struct bytes text, struct buffer *out)
{
	struct reader reader = { text.data, text.size ? text.data + text.size : text.data };
	size_t before = out->size;

	while (reader.at < reader.end) {
		const char *slash = memchr(reader.at, '\\', (size_t)(reader.end - reader.at));
		const char *stop = slash ? slash : reader.end;

		buffer_append(out, reader.at, (size_t)(stop - reader.at));
		reader.at = slash ? slash + 1 : stop;
		if (!slash || read_escape(&reader, out))
			continue;
		out->size = before;
		if (out->data)
			out->data[before] = '\0';
		return -EINVAL;
	}
	return buffer_status(out);
}
