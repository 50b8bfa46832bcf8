#include "reports/json.h"

#include "core/clock.h"
#include "core/text.h"
#include "reports/guard.h"

#include <string.h>

/* A value follows another where the text so far does not end with what opens or announces one. */
static void separate(struct buffer *out)
{
	char last = out->size ? out->data[out->size - 1] : '[';

	if (last != '[' && last != '{' && last != ':' && last != ',' && last != '\n')
		buffer_add_char(out, ',');
}

void json_open(char bracket, struct buffer *out)
{
	separate(out);
	buffer_add_char(out, bracket);
}

void json_close(char bracket, struct buffer *out)
{
	buffer_add_char(out, bracket);
}

void json_key(const char *key, struct buffer *out)
{
	separate(out);
	buffer_add_char(out, '"');
	buffer_add(out, key);
	buffer_append(out, "\":", 2);
}

/* Bytes from the start that stand in a string as they are; nearly every name wholly does. */
static size_t plain_size(struct bytes value)
{
	size_t size = 0;

	while (size < value.size) {
		unsigned char c = (unsigned char)value.data[size];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			break;
		size++;
	}
	return size;
}

/* A code point as JSON can always say it (RFC 8259, 7): UTF-16 beyond the first 65536. */
static void add_code(unsigned code, struct buffer *out)
{
	if (code < 0x10000)
		buffer_printf(out, "\\u%04x", code);
	else
		buffer_printf(out, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10),
			      0xdc00 + (code & 0x3ff));
}

/* `text` is valid UTF-8 without NUL.  `ascii`: nothing else goes out. */
static void add_quoted(struct bytes text, bool ascii, struct buffer *out)
{
	unsigned code = 0, step;

	for (size_t i = 0; i < text.size; i += step) {
		step = text_decode(text.data + i, text.size - i, &code);
		if (!step)
			return;
		if (code == '"' || code == '\\')
			buffer_add_char(out, '\\');
		if (code < 0x20 || code == 0x7f || (ascii && code > 0x7f))
			add_code(code, out);
		else
			buffer_append(out, text.data + i, step);
	}
}

/* A string with anything in it that cannot be seen goes out in ASCII: a dump may well be looked
 * at on a terminal, and it is the same string to whoever parses it. */
static void add_special(struct bytes value, struct buffer *out)
{
	scoped(buffer) struct buffer exact = { 0 }, safe = { 0 };
	unsigned flags = text_escape(value, TEXT_SAFE, &safe);

	text_escape(value, TEXT_EXACT, &exact);
	add_quoted(buffer_bytes(&exact), flags & ~(unsigned)(TEXT_INVALID | TEXT_MIXED), out);
	out->failed |= exact.failed;
}

void json_bytes(struct bytes value, struct buffer *out)
{
	size_t plain = plain_size(value);

	separate(out);
	buffer_add_char(out, '"');
	buffer_append(out, value.data, plain);
	if (plain < value.size)
		add_special((struct bytes){ value.data + plain, value.size - plain }, out);
	buffer_add_char(out, '"');
}

void json_escaped(const char *value, struct buffer *out)
{
	scoped(buffer) struct buffer safe = { 0 };

	guard_text(value, &safe);
	separate(out);
	buffer_add_char(out, '"');
	add_quoted(buffer_bytes(&safe), false, out);
	buffer_add_char(out, '"');
	out->failed |= safe.failed;
}

void json_text(const char *value, struct buffer *out)
{
	json_bytes(bytes_of(value), out);
}

void json_number(int64_t value, struct buffer *out)
{
	char digit[20], *at = digit + sizeof digit;
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	separate(out);
	if (value < 0)
		buffer_add_char(out, '-');
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	buffer_append(out, at, (size_t)(digit + sizeof digit - at));
}

void json_bool(bool value, struct buffer *out)
{
	separate(out);
	buffer_add(out, value ? "true" : "false");
}

void json_none(struct buffer *out)
{
	separate(out);
	buffer_add(out, "null");
}

void json_arguments(struct bytes argv, struct buffer *out)
{
	struct bytes word;

	json_open('[', out);
	for (size_t at = 0; at < argv.size; at += word.size + 1) {
		word.data = argv.data + at;
		word.size = strnlen(word.data, argv.size - at);
		json_bytes(word, out);
	}
	json_close(']', out);
}

void json_time(int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	if (time_ns)
		json_text(clock_format(time_ns, text), out);
	else
		json_none(out);
}
