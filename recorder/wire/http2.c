#include "recorder/wire/http2.h"

#include "recorder/wire/doh.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

#define PREFACE	     "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define PREFACE_SIZE (sizeof PREFACE - 1)
/* The most of compression state that is kept: what browsers let servers ask for. */
#define TABLE_MAX 65536
#define FIELD_MAX 65536 /* bytes of fields in one request */

struct reader {
	nghttp2_hd_inflater *inflater;
	struct http2 *http2;
	struct http2_request request; /* whose fields come */
	bool named;		      /* by :authority, which goes before Host */
	bool protocol;		      /* :protocol was there */
	bool open;		      /* CONTINUATION must follow */
	size_t fields;
};

struct frame_head {
	uint32_t size;
	uint8_t type, flags;
};

static bool is_name(const nghttp2_nv *field, const char *name)
{
	return field->namelen == strlen(name) && !memcmp(field->name, name, field->namelen);
}

static bool is_value(const nghttp2_nv *field, const char *value)
{
	return field->valuelen == strlen(value) && !memcmp(field->value, value, field->valuelen);
}

static void take_target(struct reader *reader, const nghttp2_nv *field)
{
	struct bytes value = { (const char *)field->value, field->valuelen };

	/* What is no authority names nobody; the request goes on. */
	(void)target_read(&reader->request.target, value);
}

static void take_field(struct reader *reader, const nghttp2_nv *field)
{
	struct http2_request *request = &reader->request;

	request->dns |= doh_is_field((struct bytes){ (const char *)field->name, field->namelen },
				     (struct bytes){ (const char *)field->value, field->valuelen });
	if (is_name(field, ":authority")) {
		reader->named = true;
		take_target(reader, field);
	} else if (is_name(field, "host") && !reader->named) {
		take_target(reader, field);
	} else if (is_name(field, ":method")) {
		request->connect = is_value(field, "CONNECT");
	} else if (is_name(field, ":scheme")) {
		request->secure = is_value(field, "https");
	} else if (is_name(field, ":protocol")) {
		reader->protocol = true;
	}
}

static bool same_target(const struct target *a, const struct target *b)
{
	return a->port == b->port && bytes_equal(target_name(a), target_name(b));
}

static void end_request(struct reader *reader)
{
	struct http2 *http2 = reader->http2;

	reader->request.connect &= !reader->protocol;
	for (unsigned i = 0; i < http2->count; i++)
		if (same_target(&http2->request[i].target, &reader->request.target))
			return;
	if (http2->count < HTTP2_REQUESTS)
		http2->request[http2->count++] = reader->request;
}

/* Decompresses a piece of a block of fields; `last` when it is the block's end. */
static bool inflate(struct reader *reader, struct bytes piece, bool last)
{
	const uint8_t *in = (const uint8_t *)(piece.size ? piece.data : "");
	size_t left = piece.size;
	int flags = NGHTTP2_HD_INFLATE_EMIT;

	while (left || (flags & NGHTTP2_HD_INFLATE_EMIT)) {
		nghttp2_nv field;
		ssize_t used =
			nghttp2_hd_inflate_hd2(reader->inflater, &field, &flags, in, left, last);

		if (used < 0)
			return false;
		in += used;
		left -= (size_t)used;
		if (!(flags & NGHTTP2_HD_INFLATE_EMIT))
			break;
		reader->fields += field.namelen + field.valuelen;
		if (reader->fields > FIELD_MAX)
			return false;
		take_field(reader, &field);
	}
	return left == 0;
}

static void begin_request(struct reader *reader)
{
	reader->request = (struct http2_request){ 0 };
	reader->named = reader->protocol = false;
	reader->fields = 0;
}

/* Cuts padding and priority off HEADERS: RFC 9113, 6.2. */
static bool unwrap(struct cursor *payload, uint8_t flags)
{
	uint8_t padding = flags & NGHTTP2_FLAG_PADDED ? cursor_u8(payload) : 0;

	if (flags & NGHTTP2_FLAG_PRIORITY)
		cursor_skip(payload, 5);
	if (payload->failed || padding > cursor_left(payload))
		return false;
	payload->size -= padding;
	return true;
}

static bool read_block(struct reader *reader, struct frame_head head, struct cursor *payload)
{
	bool last = head.flags & NGHTTP2_FLAG_END_HEADERS;

	if (head.type == NGHTTP2_HEADERS) {
		if (!unwrap(payload, head.flags))
			return false;
		begin_request(reader);
	}
	if (!inflate(reader, cursor_rest(payload), last))
		return false;
	reader->open = !last;
	if (!last)
		return true;
	end_request(reader);
	return nghttp2_hd_inflate_end_headers(reader->inflater) == 0;
}

static bool read_frame(struct reader *reader, struct frame_head head, struct cursor *payload)
{
	bool block = head.type == NGHTTP2_HEADERS || head.type == NGHTTP2_CONTINUATION;

	if (reader->open != (head.type == NGHTTP2_CONTINUATION))
		return false;
	return !block || read_block(reader, head, payload);
}

/* Reads whole frames for as long as there are; the first must be SETTINGS. */
static enum reading read_frames(struct reader *reader, struct cursor *cursor)
{
	bool first = true;

	while (cursor_left(cursor)) {
		struct frame_head head = { .size = cursor_u24(cursor) };
		struct cursor payload;

		head.type = cursor_u8(cursor);
		head.flags = cursor_u8(cursor);
		cursor_skip(cursor, 4);
		if (!cursor->failed && first && head.type != NGHTTP2_SETTINGS)
			return READING_NOT;
		first = false;
		payload = cursor_part(cursor, head.size);
		if (cursor->failed)
			break;
		if (!read_frame(reader, head, &payload))
			return reader->http2->count ? READING_DONE : READING_NOT;
	}
	return reader->http2->count ? READING_DONE : READING_MORE;
}

enum reading http2_read(struct bytes stream, struct http2 *ret)
{
	struct cursor cursor = cursor_of(stream);
	struct bytes preface = { PREFACE, PREFACE_SIZE };
	struct reader reader = { .http2 = ret };
	enum reading reading;

	*ret = (struct http2){ 0 };
	if (stream.size < PREFACE_SIZE)
		return stream.size && bytes_start_with(preface, stream) ? READING_MORE
									: READING_NOT;
	if (!bytes_equal(cursor_take(&cursor, PREFACE_SIZE), preface))
		return READING_NOT;
	if (nghttp2_hd_inflate_new(&reader.inflater) != 0)
		return READING_MORE;
	nghttp2_hd_inflate_change_table_size(reader.inflater, TABLE_MAX);
	reading = read_frames(&reader, &cursor);
	nghttp2_hd_inflate_del(reader.inflater);
	return reading;
}
