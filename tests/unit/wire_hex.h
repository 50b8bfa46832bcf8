#ifndef TESTS_UNIT_WIRE_HEX_H
#define TESTS_UNIT_WIRE_HEX_H

/* Bytes from hex and from files, for all tests of the wire. */

#include "core/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Appends the bytes that hex digits stand for; spaces, and lines that begin with #, are passed
 * over. */
static inline void add_hex(struct buffer *out, const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	unsigned value = 0, count = 0;

	for (; *hex; hex++) {
		const char *at = strchr(digits, *hex);

		if (*hex == '#')
			hex += strcspn(hex, "\n");
		if (!at)
			continue;
		value = value << 4 | (unsigned)(at - digits);
		if (++count % 2 == 0)
			buffer_add_char(out, (char)value);
	}
	assert_int_equal(count % 2, 0);
	assert_int_equal(buffer_status(out), 0);
}

static inline void add_u16(struct buffer *out, unsigned value)
{
	buffer_add_char(out, (char)(value >> 8));
	buffer_add_char(out, (char)value);
}

static inline void add_u32(struct buffer *out, uint32_t value)
{
	add_u16(out, value >> 16);
	add_u16(out, value & 0xffff);
}

/* A whole file, from the root of the tree. */
static inline void add_file(struct buffer *out, const char *name)
{
	FILE *file = fopen(name, "r");
	char piece[4096];
	size_t size;

	if (!file)
		fail_msg("cannot open %s: run this from the root of the tree", name);
	while ((size = fread(piece, 1, sizeof piece, file)) > 0)
		buffer_append(out, piece, size);
	fclose(file);
}

#endif
