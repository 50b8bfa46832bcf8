#ifndef TESTS_UNIT_WIRE_ENDS_H
#define TESTS_UNIT_WIRE_ENDS_H

/* Hosts by number, the ends of sockets that talk with them, and what these send. */
#include "wire_build.h"

#include <string.h>

#define HOSTS 64 /* that calls name */

/* A host is four numbers of two bits: protocol and family, address, port. */
static inline uint8_t protocol_of(int host)
{
	return host & 1 ? IPPROTO_TCP : IPPROTO_UDP;
}

static inline struct endpoint end_of(int host)
{
	static const uint16_t ports[] = { 53, 80, 443, 3128 };
	struct endpoint end = { .address.size = host & 2 ? 16 : 4, .port = ports[host >> 4 & 3] };

	if (host & 2)
		memcpy(end.address.byte, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0", 15);
	else
		memcpy(end.address.byte, "\xc0\0\x02", 3);
	end.address.byte[end.address.size - 1] = (uint8_t)(2 + (host >> 2 & 3));
	return end;
}

static inline struct endpoint client_of(int host, int client)
{
	struct endpoint end = end_of(host);

	end.address.byte[end.address.size - 1] = 1;
	end.port = (uint16_t)(1024 + client);
	return end;
}

static inline void add_tcp(struct buffer *out, unsigned flags, uint32_t sequence)
{
	add_u32(out, sequence);
	add_u32(out, 0);
	add_u16(out, 0x5000 | flags);
	add_hex(out, "ffff 0000 0000");
}

/* An IP packet from one end to the other, up to its ports. */
static inline void add_ends(struct buffer *out, int host, const struct endpoint *from,
			    const struct endpoint *to, size_t payload)
{
	size_t size = from->address.size, head = protocol_of(host) == IPPROTO_UDP ? 8 : 20;

	if (size == 4)
		add_ipv4(out, protocol_of(host), 0, 0, head + payload);
	else
		add_ipv6(out, protocol_of(host), head + payload);
	memcpy(out->data + out->size - 2 * size, from->address.byte, size);
	memcpy(out->data + out->size - size, to->address.byte, size);
	add_u16(out, from->port);
	add_u16(out, to->port);
}

static inline void add_packet(struct buffer *out, int host, const struct endpoint *from,
			      const struct endpoint *to, struct bytes payload)
{
	static const unsigned flags[] = { 0x02, 0x12, 0x10, 0x10, 0x10, 0x18, 0x11, 0x04 };
	unsigned flag = flags[rand() % 8];

	add_ends(out, host, from, to, payload.size);
	if (protocol_of(host) == IPPROTO_TCP) {
		add_tcp(out, flag,
			100 - (flag & SEGMENT_SYN) / 2 +
				(rand() % (flag & SEGMENT_SYN ? 64 : 4) ? 0 : rand() % 3000U));
	} else {
		add_u16(out, (unsigned)payload.size + 8);
		add_u16(out, 0);
	}
	buffer_append(out, payload.data, payload.size);
}

#endif
