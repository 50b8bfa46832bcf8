#include "recorder/wire/hello.h"

#include "recorder/wire/hello_extension.h"

#define RECORD_HANDSHAKE 22
#define RECORD_MAX	 16384
#define CLIENT_HELLO	 1

static bool read_suites(struct cursor *suites, struct hello *hello)
{
	if (suites->size == 0 || suites->size % 2)
		return false;
	while (cursor_left(suites))
		hello->grease |= is_grease(cursor_u16(suites));
	return !suites->failed;
}

/* The body of a ClientHello, which is all there. */
static bool read_body(struct cursor *body, struct hello *hello)
{
	struct cursor session, suites, compression, extensions;

	hello->version = cursor_u16(body);
	cursor_skip(body, 32);
	session = cursor_part(body, cursor_u8(body));
	suites = cursor_part(body, cursor_u16(body));
	compression = cursor_part(body, cursor_u8(body));
	if (body->failed || hello->version >> 8 != 3)
		return false;
	if (session.size > 32 || compression.size == 0 || !read_suites(&suites, hello))
		return false;
	if (cursor_left(body) == 0) /* as before RFC 3546 */
		return true;
	extensions = cursor_part(body, cursor_u16(body));
	return cursor_whole(body) && hello_extensions(&extensions, hello);
}

enum reading hello_read_message(struct bytes stream, struct hello *ret)
{
	struct cursor cursor = cursor_of(stream), body;
	struct hello hello = { 0 };
	uint8_t type = cursor_u8(&cursor);

	if (!cursor.failed && type != CLIENT_HELLO)
		return READING_NOT;
	body = cursor_part(&cursor, cursor_u24(&cursor));
	if (cursor.failed)
		return READING_MORE;
	if (!read_body(&body, &hello))
		return READING_NOT;
	*ret = hello;
	return READING_DONE;
}

/* The head of a record; READING_NOT as soon as it cannot be a handshake's. */
static enum reading read_head(struct cursor *cursor, uint16_t *ret_size)
{
	uint8_t type = cursor_u8(cursor);

	if (!cursor->failed && type != RECORD_HANDSHAKE)
		return READING_NOT;
	type = cursor_u8(cursor);
	if (!cursor->failed && type != 3)
		return READING_NOT;
	cursor_skip(cursor, 1);
	*ret_size = cursor_u16(cursor);
	if (cursor->failed)
		return READING_MORE;
	return *ret_size == 0 || *ret_size > RECORD_MAX ? READING_NOT : READING_DONE;
}

/* Adds what has come of the next record's fragment; READING_DONE when that was all of it. */
static enum reading read_record(struct cursor *cursor, struct buffer *message)
{
	uint16_t size;
	enum reading reading = read_head(cursor, &size);
	struct bytes fragment;

	if (reading != READING_DONE)
		return reading;
	fragment = cursor_take(cursor, size < cursor_left(cursor) ? size : cursor_left(cursor));
	buffer_append(message, fragment.data, fragment.size);
	return fragment.size < size ? READING_MORE : READING_DONE;
}

enum reading hello_read(struct bytes stream, struct hello *ret)
{
	scoped(buffer) struct buffer message = { 0 };
	struct cursor cursor = cursor_of(stream);
	enum reading record, whole;

	do {
		record = read_record(&cursor, &message);
		if (record == READING_NOT)
			return READING_NOT;
		whole = hello_read_message(buffer_bytes(&message), ret);
		if (whole != READING_MORE)
			return whole;
	} while (record == READING_DONE);
	return READING_MORE;
}
