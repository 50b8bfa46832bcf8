#ifndef TESTS_UNIT_WIRE_PACKETS_H
#define TESTS_UNIT_WIRE_PACKETS_H

/* Packets for the join. */
#include "wire_build.h"

#include "recorder/wire/join.h"

/* A packet between 192.0.2.1, whose port is `port`, and a port of 192.0.2.2. */
struct packet_of {
	bool back; /* from there to here */
	uint16_t port, remote;
	uint8_t flags;
	uint32_t sequence;
	const char *text;
};

static inline void join_frame(struct join *join, const struct buffer *frame, int64_t time_ns)
{
	static struct fragments fragments;
	const struct captured captured = {
		.fragments = &fragments,
		.link = LINK_RAW,
		.frame = buffer_bytes(frame),
		.size = (uint32_t)frame->size,
		.time_ns = time_ns,
	};

	assert_int_equal(buffer_status(frame), 0);
	join_packet(join, &captured);
}

static inline void add_ip(struct buffer *out, uint8_t protocol, bool back, size_t size)
{
	add_ipv4(out, protocol, 1, 0, size);
	if (back) { /* the other way round */
		out->data[out->size - 5] = 2;
		out->data[out->size - 1] = 1;
	}
}

static inline void join_tcp(struct join *join, int64_t time_ns, struct packet_of packet)
{
	scoped(buffer) struct buffer frame = { 0 };
	size_t size = packet.text ? strlen(packet.text) : 0;

	add_ip(&frame, IPPROTO_TCP, packet.back, 20 + size);
	add_u16(&frame, packet.back ? packet.remote : packet.port);
	add_u16(&frame, packet.back ? packet.port : packet.remote);
	add_u32(&frame, packet.sequence);
	add_u32(&frame, 0);
	buffer_add_char(&frame, 0x50);
	buffer_add_char(&frame, (char)packet.flags);
	add_hex(&frame, "ffff 0000 0000");
	if (size)
		buffer_append(&frame, packet.text, size);
	join_frame(join, &frame, time_ns);
}

static inline void join_udp(struct join *join, int64_t time_ns, struct packet_of packet,
			    const void *data, size_t size)
{
	scoped(buffer) struct buffer frame = { 0 };

	add_ip(&frame, IPPROTO_UDP, packet.back, 8 + size);
	add_u16(&frame, packet.back ? packet.remote : packet.port);
	add_u16(&frame, packet.back ? packet.port : packet.remote);
	add_u16(&frame, (unsigned)size + 8);
	add_hex(&frame, "0000");
	buffer_append(&frame, data, size);
	join_frame(join, &frame, time_ns);
}

#endif
