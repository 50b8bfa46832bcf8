#include "core/text.h"
#include "core/text_private.h"

#include <string.h>

static unsigned code_columns(unsigned code)
{
	if (code < 0x300)
		return 1;
	if (code_is(CODE_COMBINING, code))
		return 0;
	return code_is(CODE_WIDE, code) ? 2 : 1;
}

/* One code point; a malformed byte counts as one. */
static unsigned step(const char *at, const char *end, unsigned *ret_columns)
{
	unsigned code = 0, size = text_decode(at, (size_t)(end - at), &code);

	*ret_columns = size ? code_columns(code) : 1;
	return size ? size : 1;
}

unsigned text_columns(const char *utf8)
{
	const char *end = utf8 + strlen(utf8);
	unsigned total = 0, columns;

	while (utf8 < end) {
		utf8 += step(utf8, end, &columns);
		total += columns;
	}
	return total;
}

/* The bytes of the escape at `at`, as text_escape() writes them. */
static size_t escape_size(const char *at, const char *end)
{
	const char *brace;

	if (end - at < 2)
		return 1;
	if (at[1] == 'x')
		return end - at < 4 ? (size_t)(end - at) : 4;
	if (at[1] != 'u')
		return 2;
	brace = memchr(at, '}', (size_t)(end - at));
	return brace ? (size_t)(brace - at) + 1 : 2;
}

/* What must not be torn: an escape, or a character and the marks on it. */
static size_t unit(const char *at, const char *end, unsigned *ret_columns)
{
	size_t size;
	unsigned columns;

	if (*at == '\\') {
		size = escape_size(at, end);
		*ret_columns = (unsigned)size;
	} else {
		size = step(at, end, ret_columns);
	}
	while (at + size < end) {
		unsigned more = step(at + size, end, &columns);

		if (columns)
			break;
		size += more;
	}
	return size;
}

/* The bytes of `text` from its start that fit into `columns`; `ret_used` are those taken. */
static size_t fit(const char *text, const char *end, unsigned columns, unsigned *ret_used)
{
	const char *at = text;
	unsigned used = 0, more;

	while (at < end) {
		size_t size = unit(at, end, &more);

		if (used + more > columns)
			break;
		used += more;
		at += size;
	}
	*ret_used = used;
	return (size_t)(at - text);
}

/* The bytes to leave out from the start of `text` so that at most `columns` remain. */
static size_t leave_out(const char *text, const char *end, unsigned total, unsigned columns)
{
	const char *at = text;
	unsigned less;

	while (at < end && total > columns) {
		at += unit(at, end, &less);
		total -= less;
	}
	return (size_t)(at - text);
}

static void cut_middle(struct buffer *text, unsigned total, unsigned columns)
{
	unsigned dots = columns < 3 ? columns : 3, used;
	const char *start = buffer_text(text), *end = start + text->size;
	size_t head = fit(start, end, (columns - dots) / 2, &used);
	size_t tail = head + leave_out(start + head, end, total - used, columns - dots - used);
	struct buffer cut = { 0 };

	buffer_append(&cut, start, head);
	buffer_append(&cut, "...", dots);
	buffer_append(&cut, start + tail, text->size - tail);
	buffer_release(text);
	*text = cut;
}

const char *text_cut(struct buffer *text, unsigned columns)
{
	unsigned total = text_columns(buffer_text(text));

	if (columns && total > columns)
		cut_middle(text, total, columns);
	return buffer_text(text);
}

const char *text_safe(struct bytes in, unsigned columns, struct buffer *out)
{
	buffer_clear(out);
	text_escape(in, TEXT_SAFE, out);
	return text_cut(out, columns);
}
