#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include "core/bytes.h"

/* How bytes are written as text.  Both styles are reversible by text_unescape(): a backslash is
 * doubled, and bytes that are not UTF-8 (RFC 3629: no overlong forms, no surrogates) and NUL
 * become \xNN.  Valid UTF-8 in, valid UTF-8 out. */
enum text_style {
	TEXT_EXACT, /* for machines that read UTF-8 (JSON): nothing more is escaped */
	/* For people, terminals, XML and HTML.  Also escaped: controls (\n \t \xNN, C1 as \u{85}),
	 * bidi controls, invisible, private-use, non-characters and odd spaces (\u{...}), leading,
	 * trailing and repeated spaces (\x20), the third and later combining mark in a row. */
	TEXT_SAFE,
};

/* What was noticed in the bytes; a report marks such names. */
enum text_flag {
	TEXT_INVALID = 1, /* not UTF-8 */
	TEXT_CONTROL = 2,
	TEXT_BIDI = 4,
	TEXT_INVISIBLE = 8,
	TEXT_MIXED = 16,   /* Latin beside Cyrillic or Greek in one path component */
	TEXT_STACKED = 32, /* three or more combining marks in a row */
};

/* Appends `in` to `out` in `style`; returns the or of enum text_flag. */
unsigned text_escape(struct bytes in, enum text_style style, struct buffer *out);
/* Appends the bytes that `text` stands for.  Returns 0, or -EINVAL for an unknown escape. */
int text_unescape(struct bytes text, struct buffer *out);

/* For messages: the bytes in TEXT_SAFE style, cut in the middle (...) beyond `columns` (0: never).
 * The result is in `out` (cleared first) and returned. */
const char *text_safe(struct bytes in, unsigned columns, struct buffer *out);

/* Cuts text that is escaped already in the middle (...), no escape torn, beyond `columns` (0:
 * never); returned. */
const char *text_cut(struct buffer *text, unsigned columns);

/* Columns that valid UTF-8 takes on a terminal: wide characters two, combining marks none. */
unsigned text_columns(const char *utf8);

/* Decodes one code point at data[0..size); returns the bytes it takes, 0 when malformed. */
unsigned text_decode(const char *data, size_t size, unsigned *ret_code);

/* Appends one code point in UTF-8; false, and nothing, where there is no such (RFC 3629). */
bool text_encode(unsigned code, struct buffer *out);

#endif
