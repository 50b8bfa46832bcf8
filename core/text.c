#include "core/text.h"
#include "core/text_private.h"

#include <string.h>

/* What a code point depends on besides itself. */
struct escaper {
	struct buffer *out;
	enum text_style style;
	unsigned flag;
	unsigned mark_count;	     /* combining marks in a row */
	bool seen_latin, seen_other; /* in this path component */
};

/* The bytes of a sequence by its first byte, 0 where none begins so (RFC 3629). */
static unsigned sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

static bool is_scalar(unsigned code, unsigned length)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

unsigned text_decode(const char *data, size_t size, unsigned *ret_code)
{
	const unsigned char *byte = (const unsigned char *)data;
	unsigned length = size ? sequence_length(byte[0]) : 0, code;

	if (!length || length > size)
		return 0;
	code = length == 1 ? byte[0] : byte[0] & (0x7fU >> length);
	for (unsigned i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte[i] & 0x3f);
	}
	if (!is_scalar(code, length))
		return 0;
	*ret_code = code;
	return length;
}

static void notice_script(struct escaper *escaper, unsigned code)
{
	if (code == '/')
		escaper->seen_latin = escaper->seen_other = false;
	else if (code_is(CODE_LATIN, code))
		escaper->seen_latin = true;
	else if (code_is(CODE_LOOKALIKE, code))
		escaper->seen_other = true;
	if (escaper->seen_latin && escaper->seen_other)
		escaper->flag |= TEXT_MIXED;
}

/* The flag of this code point, if it is one not to be shown as it is. */
static unsigned notice(struct escaper *escaper, unsigned code)
{
	notice_script(escaper, code);
	if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
		return TEXT_CONTROL;
	if (code < 0xa0) {
		escaper->mark_count = 0;
		return 0;
	}
	if (code_is(CODE_BIDI, code))
		return TEXT_BIDI;
	if (code_is(CODE_INVISIBLE, code))
		return TEXT_INVISIBLE;
	escaper->mark_count = code_is(CODE_COMBINING, code) ? escaper->mark_count + 1 : 0;
	return escaper->mark_count > 2 ? TEXT_STACKED : 0;
}

static void write_escape(struct buffer *out, unsigned code)
{
	if (code == '\n')
		buffer_add(out, "\\n");
	else if (code == '\t')
		buffer_add(out, "\\t");
	else if (code < 0x80)
		buffer_printf(out, "\\x%02x", code);
	else
		buffer_printf(out, "\\u{%x}", code);
}

static void escape_code(struct escaper *escaper, const char *at, unsigned size, unsigned code)
{
	unsigned flag = notice(escaper, code);

	escaper->flag |= flag;
	if (code == '\\')
		buffer_add(escaper->out, "\\\\");
	else if (code == 0 || (flag && escaper->style == TEXT_SAFE))
		write_escape(escaper->out, code);
	else
		buffer_append(escaper->out, at, size);
}

/* Spaces that the eye would miss: at an end, or beside another. */
static bool space_is_hidden(struct bytes in, size_t at)
{
	return at == 0 || at + 1 == in.size || in.data[at - 1] == ' ';
}

static bool is_letter(char byte)
{
	return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

/* Most text is this: the bytes at the start that stay as they are, noticed as their code points
 * would be. */
static size_t take_plain(struct escaper *escaper, const char *at, size_t size)
{
	size_t taken = 0;

	for (; taken < size; taken++) {
		char byte = at[taken];

		if (byte <= ' ' || byte > '~' || byte == '\\')
			break;
		if (byte == '/')
			escaper->seen_latin = escaper->seen_other = false;
		else if (is_letter(byte))
			escaper->seen_latin = true;
		if (escaper->seen_latin && escaper->seen_other)
			escaper->flag |= TEXT_MIXED;
	}
	if (taken)
		escaper->mark_count = 0;
	buffer_append(escaper->out, at, taken);
	return taken;
}

unsigned text_escape(struct bytes in, enum text_style style, struct buffer *out)
{
	struct escaper escaper = { .out = out, .style = style };

	for (size_t i = 0; i < in.size;) {
		unsigned code = 0, size;

		i += take_plain(&escaper, in.data + i, in.size - i);
		if (i == in.size)
			break;
		size = text_decode(in.data + i, in.size - i, &code);
		if (!size) {
			escaper.flag |= TEXT_INVALID;
			escaper.mark_count = 0;
			buffer_printf(out, "\\x%02x", (unsigned char)in.data[i++]);
			continue;
		}
		if (code == ' ' && style == TEXT_SAFE && space_is_hidden(in, i)) {
			escaper.mark_count = 0;
			buffer_add(out, "\\x20");
		} else {
			escape_code(&escaper, in.data + i, size, code);
		}
		i += size;
	}
	return escaper.flag;
}
