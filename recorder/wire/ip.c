#include "recorder/wire/ip.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define OPTION_JUMBO 0xc2 /* RFC 2675 */

static struct address address_of(struct bytes bytes)
{
	struct address address = { .size = (uint8_t)bytes.size };

	if (bytes.size)
		memcpy(address.byte, bytes.data, bytes.size);
	return address;
}

/* What is left is the payload, of which the header says `size`. */
static void take_payload(struct cursor *cursor, size_t size, struct packet *packet)
{
	size_t left = cursor_left(cursor);

	packet->size = size;
	packet->payload = cursor_take(cursor, size < left ? size : left);
}

static int read_v4(struct cursor *cursor, struct packet *packet)
{
	size_t header = (cursor_u8(cursor) & 0xfU) * 4;
	uint16_t length, flags;

	cursor_skip(cursor, 1);
	length = cursor_u16(cursor);
	packet->identification = cursor_u16(cursor);
	flags = cursor_u16(cursor);
	packet->more = flags & 0x2000;
	packet->offset = (uint16_t)((flags & 0x1fff) * 8);
	packet->fragment = packet->more || packet->offset;
	cursor_skip(cursor, 1);
	packet->protocol = cursor_u8(cursor);
	cursor_skip(cursor, 2);
	packet->source = address_of(cursor_take(cursor, 4));
	packet->destination = address_of(cursor_take(cursor, 4));
	if (header < 20 || (length && length < header))
		return -EBADMSG;
	cursor_skip(cursor, header - 20);
	take_payload(cursor, length ? length - header : cursor_left(cursor), packet);
	return cursor->failed ? -EBADMSG : 0;
}

static void read_fragment(struct cursor *cursor, struct packet *packet)
{
	uint16_t offset;

	packet->protocol = cursor_u8(cursor);
	cursor_skip(cursor, 1);
	offset = cursor_u16(cursor);
	packet->identification = cursor_u32(cursor);
	packet->offset = offset & 0xfff8;
	packet->more = offset & 1;
	packet->fragment = packet->more || packet->offset;
}

/* One extension header; false when the next is the payload. */
static bool read_extension(struct cursor *cursor, struct packet *packet)
{
	uint8_t next, length;
	size_t unit = 8;

	switch (packet->protocol) {
	case IPPROTO_FRAGMENT:
		read_fragment(cursor, packet);
		return !packet->fragment;
	case IPPROTO_AH:
		unit = 4;
		break;
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case 135: /* mobility */
	case 139: /* HIP */
	case 140: /* Shim6 */
		break;
	default:
		return false;
	}
	next = cursor_u8(cursor);
	length = cursor_u8(cursor);
	/* Counted without the first eight bytes, in words for the authentication header. */
	cursor_skip(cursor, 6 + length * unit);
	packet->protocol = next;
	return true;
}

static int read_extensions(struct cursor *cursor, struct packet *packet)
{
	while (!cursor->failed && read_extension(cursor, packet))
		;
	return cursor->failed ? -EBADMSG : 0;
}

/* The length of a jumbogram, if the hop-by-hop header at the cursor has that option; else 0. */
static uint32_t jumbo_length(struct cursor cursor)
{
	struct cursor option;

	cursor_skip(&cursor, 1);
	option = cursor_part(&cursor, 6 + cursor_u8(&cursor) * (size_t)8);
	while (cursor_left(&option)) {
		uint8_t type = cursor_u8(&option);
		uint8_t size = type ? cursor_u8(&option) : 0;

		if (type == OPTION_JUMBO && size == 4)
			return cursor_u32(&option);
		cursor_skip(&option, size);
	}
	return 0;
}

static int read_v6(struct cursor *cursor, struct packet *packet)
{
	size_t length, left, start;
	int status;

	cursor_skip(cursor, 4);
	length = cursor_u16(cursor);
	packet->protocol = cursor_u8(cursor);
	cursor_skip(cursor, 1);
	packet->source = address_of(cursor_take(cursor, 16));
	packet->destination = address_of(cursor_take(cursor, 16));
	left = cursor_left(cursor);
	if (length == 0 && packet->protocol == IPPROTO_HOPOPTS)
		length = jumbo_length(*cursor);
	if (length == 0 && packet->protocol != IPPROTO_NONE)
		length = left;
	if (length < left)
		cursor->size = cursor->at + length;
	start = cursor->at;
	status = read_extensions(cursor, packet);
	if (status < 0 || cursor->at - start > length)
		return -EBADMSG;
	take_payload(cursor, length - (cursor->at - start), packet);
	return 0;
}

int ip_read(struct bytes bytes, struct packet *ret)
{
	struct cursor cursor = cursor_of(bytes), ahead = cursor;
	struct packet packet = { 0 };
	int status = -EBADMSG;

	switch (cursor_u8(&ahead) >> 4) {
	case 4:
		status = read_v4(&cursor, &packet);
		break;
	case 6:
		status = read_v6(&cursor, &packet);
		break;
	}
	if (status == 0)
		*ret = packet;
	return status;
}

int ip_read_rest(struct packet *packet)
{
	struct cursor cursor = cursor_of(packet->payload);

	if (read_extensions(&cursor, packet) < 0 || packet->fragment)
		return -EBADMSG;
	take_payload(&cursor, cursor_left(&cursor), packet);
	return 0;
}
