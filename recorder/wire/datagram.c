#include "recorder/wire/datagram.h"

#include <errno.h>
#include <netinet/in.h>

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd

/* What is left of the packet is the payload; on the wire it had `size` bytes. */
static void take_payload(struct cursor *cursor, size_t size, struct datagram *datagram)
{
	size_t left = cursor_left(cursor);

	datagram->size = size;
	datagram->payload = cursor_take(cursor, size < left ? size : left);
}

static bool read_udp(struct cursor *cursor, size_t size, struct datagram *datagram)
{
	uint16_t length;

	datagram->source.port = cursor_u16(cursor);
	datagram->destination.port = cursor_u16(cursor);
	length = cursor_u16(cursor);
	cursor_skip(cursor, 2);
	/* 0 is a jumbogram's (RFC 2675), or segmentation offload's. */
	if (length > size || (length && length < 8) || cursor->failed)
		return false;
	take_payload(cursor, (length ? length : size) - 8, datagram);
	return true;
}

static bool read_tcp(struct cursor *cursor, size_t size, struct datagram *datagram)
{
	size_t header;

	datagram->source.port = cursor_u16(cursor);
	datagram->destination.port = cursor_u16(cursor);
	datagram->sequence = cursor_u32(cursor);
	datagram->acknowledgement = cursor_u32(cursor);
	header = (size_t)(cursor_u8(cursor) >> 4) * 4;
	datagram->flags = cursor_u8(cursor);
	cursor_skip(cursor, 6);
	if (header < 20 || header > size)
		return false;
	cursor_skip(cursor, header - 20);
	if (cursor->failed)
		return false;
	take_payload(cursor, size - header, datagram);
	return true;
}

static bool read_transport(const struct packet *packet, struct datagram *datagram)
{
	struct cursor cursor = cursor_of(packet->payload);

	datagram->protocol = packet->protocol;
	datagram->source.address = packet->source;
	datagram->destination.address = packet->destination;
	if (packet->protocol == IPPROTO_UDP)
		return read_udp(&cursor, packet->size, datagram);
	if (packet->protocol == IPPROTO_TCP)
		return read_tcp(&cursor, packet->size, datagram);
	take_payload(&cursor, packet->size, datagram);
	return true;
}

/* The IP packet of a frame, put together if it is a fragment. */
static enum datagram_is read_packet(const struct frame *frame, int64_t now_ns,
				    struct fragments *fragments, struct packet *packet)
{
	if (ip_read(frame->packet, packet) < 0)
		return DATAGRAM_MALFORMED;
	if (packet->source.size != (frame->protocol == TYPE_IPV4 ? 4 : 16))
		return DATAGRAM_MALFORMED;
	if (!packet->fragment)
		return DATAGRAM_WHOLE;
	if (!fragments_add(fragments, now_ns, packet))
		return DATAGRAM_HELD;
	if (packet->source.size == 16 && ip_read_rest(packet) < 0)
		return DATAGRAM_MALFORMED;
	return DATAGRAM_WHOLE;
}

enum datagram_is wire_datagram(enum link link, struct bytes bytes, int64_t now_ns,
			       struct fragments *fragments, struct datagram *ret)
{
	struct datagram datagram = { 0 };
	struct packet packet;
	enum datagram_is is;
	int status = link_read(link, bytes, &datagram.frame);

	if (status < 0)
		return status == -EBADMSG ? DATAGRAM_MALFORMED : DATAGRAM_OTHER;
	if (datagram.frame.protocol != TYPE_IPV4 && datagram.frame.protocol != TYPE_IPV6)
		return DATAGRAM_OTHER;
	is = read_packet(&datagram.frame, now_ns, fragments, &packet);
	if (is != DATAGRAM_WHOLE)
		return is;
	if (!read_transport(&packet, &datagram))
		return DATAGRAM_MALFORMED;
	*ret = datagram;
	return DATAGRAM_WHOLE;
}
