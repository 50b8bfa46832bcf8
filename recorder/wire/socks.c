#include "recorder/wire/socks.h"

#include <string.h>

#define TEXT_MAX	255 /* bytes of a user or a name in SOCKS 4 */
#define METHOD_PASSWORD 2

enum { TYPE_IPV4 = 1, TYPE_NAME = 3, TYPE_IPV6 = 4 };

/* Bytes up to a NUL, which is passed over. */
static enum reading take_text(struct cursor *cursor, struct bytes *ret)
{
	struct bytes rest = { (const char *)cursor->data + cursor->at, cursor_left(cursor) };
	const char *end = rest.size ? memchr(rest.data, '\0', rest.size) : NULL;
	size_t size = end ? (size_t)(end - rest.data) : rest.size;

	if (size > TEXT_MAX)
		return READING_NOT;
	if (!end)
		return READING_MORE;
	*ret = cursor_take(cursor, size);
	cursor_skip(cursor, 1);
	return READING_DONE;
}

static void take_address(struct cursor *cursor, uint8_t size, struct socks *socks)
{
	struct bytes address = cursor_take(cursor, size);

	socks->address.size = size;
	if (address.size)
		memcpy(socks->address.byte, address.data, address.size);
}

static bool take_command(struct cursor *cursor, uint8_t most, struct socks *socks)
{
	uint8_t command = cursor_u8(cursor);

	socks->command = (enum socks_command)command;
	return cursor->failed || (command >= SOCKS_CONNECT && command <= most);
}

/* 4A has 0.0.0.x where the name follows the user. */
static enum reading read_name4(struct cursor *cursor, struct socks *socks)
{
	const uint8_t *byte = socks->address.byte;
	enum reading reading;
	struct bytes name;

	if (byte[0] || byte[1] || byte[2] || !byte[3])
		return READING_DONE;
	reading = take_text(cursor, &name);
	if (reading != READING_DONE)
		return reading;
	socks->address = (struct address){ 0 };
	return target_host(&socks->target, name) < 0 ? READING_NOT : READING_DONE;
}

static enum reading read_4(struct cursor *cursor, struct socks *socks)
{
	enum reading reading;
	struct bytes user;

	if (!take_command(cursor, SOCKS_BIND, socks))
		return READING_NOT;
	socks->target.port = cursor_u16(cursor);
	take_address(cursor, 4, socks);
	if (cursor->failed)
		return READING_MORE;
	reading = take_text(cursor, &user);
	return reading == READING_DONE ? read_name4(cursor, socks) : reading;
}

/* RFC 1928, 4 and 5; the version has been read. */
static enum reading read_request5(struct cursor *cursor, struct socks *socks)
{
	struct bytes name;
	uint8_t type;

	if (!take_command(cursor, SOCKS_ASSOCIATE, socks))
		return READING_NOT;
	cursor_skip(cursor, 1);
	type = cursor_u8(cursor);
	if (cursor->failed)
		return READING_MORE;
	switch (type) {
	case TYPE_IPV4:
		take_address(cursor, 4, socks);
		break;
	case TYPE_IPV6:
		take_address(cursor, 16, socks);
		break;
	case TYPE_NAME:
		name = cursor_take(cursor, cursor_u8(cursor));
		if (!cursor->failed && target_host(&socks->target, name) < 0)
			return READING_NOT;
		break;
	default:
		return READING_NOT;
	}
	socks->target.port = cursor_u16(cursor);
	return cursor->failed ? READING_MORE : READING_DONE;
}

/* Methods, user and password if that is one of them and comes, and the request. */
static enum reading read_5(struct cursor *cursor, struct socks *socks)
{
	uint8_t count = cursor_u8(cursor), version;
	struct bytes methods = cursor_take(cursor, count);

	if (!cursor->failed && count == 0)
		return READING_NOT;
	version = cursor_u8(cursor);
	if (version == 1 && memchr(methods.data, METHOD_PASSWORD, methods.size)) {
		cursor_skip(cursor, cursor_u8(cursor));
		cursor_skip(cursor, cursor_u8(cursor));
		version = cursor_u8(cursor);
	}
	if (cursor->failed)
		return READING_MORE;
	return version == 5 ? read_request5(cursor, socks) : READING_NOT;
}

enum reading socks_read(struct bytes stream, struct socks *ret)
{
	struct cursor cursor = cursor_of(stream);
	struct socks socks = { .version = cursor_u8(&cursor) };
	enum reading reading = READING_NOT;

	if (cursor.failed)
		return READING_MORE;
	if (socks.version == 4)
		reading = read_4(&cursor, &socks);
	else if (socks.version == 5)
		reading = read_5(&cursor, &socks);
	if (reading == READING_DONE) {
		socks.size = cursor.at;
		*ret = socks;
	}
	return reading;
}
