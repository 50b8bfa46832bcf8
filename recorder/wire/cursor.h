#ifndef RECORDER_WIRE_CURSOR_H
#define RECORDER_WIRE_CURSOR_H

#include "core/bytes.h"

#include <stdint.h>

/* Reads bytes that nobody vouches for, forward only.  What would pass the end reads as zero or as
 * none and sets `failed`, which stays: a reader may go on and ask once, at its end.  Zero it for no
 * bytes at all. */
struct cursor {
	const uint8_t *data;
	size_t size, at; /* at <= size */
	bool failed;
};

/* What the first bytes of a stream, or the packets of a connection so far, turned out to be. */
enum reading {
	READING_MORE, /* nothing against it yet: ask again with more bytes */
	READING_NOT,  /* something else, or malformed: more bytes do not change that */
	READING_DONE, /* it is this, and the result is filled */
};

struct cursor cursor_of(struct bytes bytes);
size_t cursor_left(const struct cursor *cursor); /* 0 when failed */
bool cursor_whole(const struct cursor *cursor);	 /* read to its end, and never beyond */

/* Big-endian numbers. */
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u24(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
uint64_t cursor_varint(struct cursor *cursor); /* RFC 9000, 16: at most 2^62 - 1 */

/* The next `size` bytes: a view of them, or a cursor that ends there.  Where there are fewer, none
 * or a failed cursor, and this one has failed. */
struct bytes cursor_take(struct cursor *cursor, size_t size);
struct cursor cursor_part(struct cursor *cursor, size_t size);
void cursor_skip(struct cursor *cursor, size_t size);
struct bytes cursor_rest(struct cursor *cursor); /* all that is left */

#endif
