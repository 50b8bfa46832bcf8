#include "recorder/wire/quic.h"

#include <string.h>

/* The frames that RFC 9000, 12.4 allows in an Initial packet. */
enum {
	FRAME_PADDING = 0,
	FRAME_PING = 1,
	FRAME_ACK = 2,
	FRAME_ACK_ECN = 3,
	FRAME_CRYPTO = 6,
	FRAME_CLOSE = 0x1c,
};

/* RFC 9000, 19.3; its type has been read. */
static void skip_ack(struct cursor *frames, bool ecn)
{
	uint64_t ranges;

	cursor_varint(frames);
	cursor_varint(frames);
	ranges = cursor_varint(frames);
	cursor_varint(frames);
	while (ranges-- && !frames->failed) {
		cursor_varint(frames);
		cursor_varint(frames);
	}
	for (int i = 0; ecn && i < 3; i++)
		cursor_varint(frames);
}

/* RFC 9000, 19.6 */
static void add_crypto(struct quic *quic, struct cursor *frames)
{
	uint64_t offset = cursor_varint(frames);
	struct bytes data = cursor_take(frames, cursor_varint(frames));

	assembly_add(&quic->crypto, offset, data);
}

/* One frame; false at one that must not be here. */
static bool read_frame(struct quic *quic, struct cursor *frames)
{
	uint64_t type = cursor_varint(frames);

	switch (type) {
	case FRAME_PADDING:
	case FRAME_PING:
		return true;
	case FRAME_ACK:
	case FRAME_ACK_ECN:
		skip_ack(frames, type == FRAME_ACK_ECN);
		return true;
	case FRAME_CRYPTO:
		add_crypto(quic, frames);
		return true;
	case FRAME_CLOSE:
		cursor_varint(frames);
		cursor_varint(frames);
		cursor_skip(frames, cursor_varint(frames));
		return true;
	default:
		return false;
	}
}

static void read_frames(struct quic *quic, struct bytes plain)
{
	struct cursor frames = cursor_of(plain);

	while (cursor_left(&frames) && read_frame(quic, &frames))
		;
	if (quic->reading == READING_MORE)
		quic->reading = hello_read_message(assembly_ready(&quic->crypto), &quic->hello);
}

/* Opens a packet of the connection that is known; in the other version if it has changed
 * (RFC 9368, 2.3), which leaves the connection ID that keys follow from. */
static bool open_known(struct quic *quic, const struct quic_packet *packet, struct buffer *plain)
{
	struct bytes id = { (const char *)quic->id, quic->id_size };
	struct quic_keys keys = quic->keys;

	if (packet->version->number != quic->version &&
	    quic_keys_derive(packet->version, id, &keys) < 0)
		return false;
	if (!quic_packet_open(packet, &keys, &quic->largest, plain))
		return false;
	quic->version = packet->version->number;
	quic->keys = keys;
	return true;
}

/* Opens the first packet of a connection, or the first after a Retry. */
static bool open_new(struct quic *quic, const struct quic_packet *packet, struct buffer *plain)
{
	struct quic new = { .keyed = true, .version = packet->version->number, .largest = -1 };

	new.crypto.limit = QUIC_CRYPTO_MAX;
	new.id_size = (uint8_t)packet->connection.size;
	if (new.id_size)
		memcpy(new.id, packet->connection.data, new.id_size);
	if (quic_keys_derive(packet->version, packet->connection, &new.keys) < 0 ||
	    !quic_packet_open(packet, &new.keys, &new.largest, plain))
		return false;
	quic_release(quic);
	*quic = new;
	return true;
}

enum reading quic_initial_add(struct quic *quic, struct bytes datagram, struct hello *ret)
{
	scoped(buffer) struct buffer plain = { 0 };
	struct cursor cursor = cursor_of(datagram);
	struct quic_packet packet;

	while (quic_packet_next(&cursor, &packet)) {
		if (packet.initial && ((quic->keyed && open_known(quic, &packet, &plain)) ||
				       open_new(quic, &packet, &plain)))
			read_frames(quic, buffer_bytes(&plain));
	}
	if (!quic->keyed)
		return READING_NOT;
	if (quic->reading == READING_DONE)
		*ret = quic->hello;
	return quic->reading;
}

void quic_release(struct quic *quic)
{
	assembly_release(&quic->crypto);
	*quic = (struct quic){ 0 };
}
