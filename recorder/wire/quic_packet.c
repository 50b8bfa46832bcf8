#include "recorder/wire/quic_packet.h"

#define FORM_LONG  0x80
#define NUMBER_MAX 4 /* bytes, and where a sample begins: RFC 9001, 5.4.2 */

static bool read_ids(struct cursor *cursor, struct quic_packet *packet)
{
	uint8_t size = cursor_u8(cursor);

	packet->connection = cursor_take(cursor, size);
	if (size > QUIC_ID_MAX)
		return false;
	size = cursor_u8(cursor);
	cursor_skip(cursor, size);
	return size <= QUIC_ID_MAX && !cursor->failed;
}

bool quic_packet_next(struct cursor *datagram, struct quic_packet *ret)
{
	struct quic_packet packet = { 0 };
	size_t begin = datagram->at;
	uint8_t first = cursor_u8(datagram);
	uint8_t type = first >> 4 & 3;
	uint64_t size;

	packet.version = quic_version_of(cursor_u32(datagram));
	if (datagram->failed || !(first & FORM_LONG) || !packet.version ||
	    type == packet.version->retry || !read_ids(datagram, &packet))
		return false;
	packet.initial = type == packet.version->initial;
	if (packet.initial)
		cursor_skip(datagram, cursor_varint(datagram)); /* token */
	size = cursor_varint(datagram);
	packet.number_at = datagram->at - begin;
	cursor_skip(datagram, size);
	if (datagram->failed)
		return false;
	packet.whole = (struct bytes){ (const char *)datagram->data + begin, datagram->at - begin };
	*ret = packet;
	return true;
}

/* RFC 9000, A.3 */
static int64_t number_of(uint32_t low, unsigned bytes, int64_t largest)
{
	int64_t expected = largest + 1, window = INT64_C(1) << bytes * 8;
	int64_t number = (expected & ~(window - 1)) | low;

	if (number <= expected - window / 2)
		return number + window;
	if (number > expected + window / 2 && number >= window)
		return number - window;
	return number;
}

/* A copy of the header without its protection, and the packet number that stood in it. */
static bool unmask(const struct quic_packet *packet, const struct quic_keys *keys,
		   struct buffer *header, uint32_t *ret_number)
{
	const uint8_t *bytes = (const uint8_t *)packet->whole.data;
	uint8_t mask[QUIC_SAMPLE_BYTES], first;
	uint32_t number = 0;

	if (quic_keys_mask(keys, bytes + packet->number_at + NUMBER_MAX, mask) < 0)
		return false;
	first = bytes[0] ^ (mask[0] & 0x0f);
	buffer_append(header, bytes, packet->number_at);
	for (unsigned i = 0; i <= (first & 3U); i++) {
		uint8_t byte = bytes[packet->number_at + i] ^ mask[1 + i];

		number = number << 8 | byte;
		buffer_append(header, &byte, 1);
	}
	if (header->failed)
		return false;
	header->data[0] = (char)first;
	*ret_number = number;
	return true;
}

bool quic_packet_open(const struct quic_packet *packet, const struct quic_keys *keys,
		      int64_t *largest, struct buffer *plain)
{
	scoped(buffer) struct buffer header = { 0 };
	struct bytes sealed = packet->whole;
	uint32_t low;
	int64_t number;

	if (sealed.size - packet->number_at < NUMBER_MAX + QUIC_SAMPLE_BYTES)
		return false;
	if (!unmask(packet, keys, &header, &low))
		return false;
	sealed.data += header.size;
	sealed.size -= header.size;
	number = number_of(low, (unsigned)(header.size - packet->number_at), *largest);
	buffer_clear(plain);
	buffer_append(plain, sealed.data, sealed.size - QUIC_TAG_BYTES); /* for its room */
	if (plain->failed || quic_keys_open(keys, (uint64_t)number, buffer_bytes(&header), sealed,
					    (uint8_t *)plain->data) < 0)
		return false;
	if (number > *largest)
		*largest = number;
	return true;
}
