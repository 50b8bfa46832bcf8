#include "recorder/wire/cursor.h"

struct cursor cursor_of(struct bytes bytes)
{
	return (struct cursor){ .data = (const uint8_t *)bytes.data, .size = bytes.size };
}

size_t cursor_left(const struct cursor *cursor)
{
	return cursor->failed ? 0 : cursor->size - cursor->at;
}

bool cursor_whole(const struct cursor *cursor)
{
	return !cursor->failed && cursor->at == cursor->size;
}

struct bytes cursor_take(struct cursor *cursor, size_t size)
{
	struct bytes taken = { 0 };

	if (size > cursor_left(cursor))
		cursor->failed = true;
	if (cursor->failed || size == 0)
		return taken;
	taken = (struct bytes){ (const char *)cursor->data + cursor->at, size };
	cursor->at += size;
	return taken;
}

struct cursor cursor_part(struct cursor *cursor, size_t size)
{
	struct cursor part = cursor_of(cursor_take(cursor, size));

	part.failed = cursor->failed;
	return part;
}

void cursor_skip(struct cursor *cursor, size_t size)
{
	cursor_take(cursor, size);
}

struct bytes cursor_rest(struct cursor *cursor)
{
	return cursor_take(cursor, cursor_left(cursor));
}

static uint64_t number(struct cursor *cursor, size_t size)
{
	struct bytes taken = cursor_take(cursor, size);
	uint64_t value = 0;

	for (size_t i = 0; i < taken.size; i++)
		value = value << 8 | (uint8_t)taken.data[i];
	return value;
}

uint8_t cursor_u8(struct cursor *cursor)
{
	return (uint8_t)number(cursor, 1);
}

uint16_t cursor_u16(struct cursor *cursor)
{
	return (uint16_t)number(cursor, 2);
}

uint32_t cursor_u24(struct cursor *cursor)
{
	return (uint32_t)number(cursor, 3);
}

uint32_t cursor_u32(struct cursor *cursor)
{
	return (uint32_t)number(cursor, 4);
}

uint64_t cursor_varint(struct cursor *cursor)
{
	struct cursor ahead = *cursor;
	unsigned power = cursor_u8(&ahead) >> 6;

	return number(cursor, (size_t)1 << power) & UINT64_MAX >> (66 - (8U << power));
}
