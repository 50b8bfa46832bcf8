#ifndef TESTS_UNIT_WIRE_BUILD_H
#define TESTS_UNIT_WIRE_BUILD_H

/* Packets made by hand, byte for byte, for what no program here sends. */

#include "wire_fixture.h"

#include "recorder/wire/datagram.h"

#include <netinet/in.h>

#define MORE 0x2000 /* of IPv4's fragment offset field */

/* An IPv4 header for `size` bytes of payload; `fragment` is the flags and the offset in eights. */
static inline void add_ipv4(struct buffer *out, uint8_t protocol, unsigned id, unsigned fragment,
			    size_t size)
{
	add_hex(out, "4500");
	add_u16(out, (unsigned)size + 20);
	add_u16(out, id);
	add_u16(out, fragment);
	add_hex(out, "40");
	buffer_add_char(out, (char)protocol);
	add_hex(out, "0000 c0000201 c0000202");
}

static inline void add_ipv6(struct buffer *out, uint8_t next, size_t size)
{
	add_hex(out, "60000000");
	add_u16(out, (unsigned)size);
	buffer_add_char(out, (char)next);
	add_hex(out, "40 20010db8000000000000000000000001 20010db8000000000000000000000002");
}

/* IPv6's fragment header; `offset` in bytes. */
static inline void add_fragment(struct buffer *out, uint8_t next, uint32_t id, unsigned offset,
				bool more)
{
	buffer_add_char(out, (char)next);
	add_hex(out, "00");
	add_u16(out, offset | more);
	add_u32(out, id);
}

static inline void add_udp(struct buffer *out, const char *payload)
{
	add_u16(out, 1000);
	add_u16(out, 2000);
	add_u16(out, (unsigned)strlen(payload) + 8);
	add_hex(out, "0000");
	buffer_add(out, payload);
}

/* Reads an IP packet, from memory that ends where it does. */
static inline enum datagram_is read_ip(const struct buffer *packet, int64_t now_ns,
				       struct fragments *fragments, struct datagram *ret)
{
	assert_int_equal(buffer_status(packet), 0);
	return wire_datagram(LINK_RAW, guarded(0, packet->data, packet->size), now_ns, fragments,
			     ret);
}

#define assert_payload(datagram, text)                                                             \
	do {                                                                                       \
		assert_int_equal((datagram)->payload.size, strlen(text));                          \
		assert_memory_equal((datagram)->payload.data, text, strlen(text));                 \
	} while (0)

#endif
