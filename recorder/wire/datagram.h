#ifndef RECORDER_WIRE_DATAGRAM_H
#define RECORDER_WIRE_DATAGRAM_H

#include "recorder/wire/fragments.h"
#include "recorder/wire/link.h"

struct endpoint {
	struct address address;
	uint16_t port; /* 0 where the protocol has none */
};

/* Flags of a TCP segment, RFC 9293 3.1. */
enum segment_flag {
	SEGMENT_FIN = 1,
	SEGMENT_SYN = 2,
	SEGMENT_RST = 4,
	SEGMENT_ACK = 16,
};

/* What one captured frame carried from one socket to another. */
struct datagram {
	struct frame frame;
	uint8_t protocol; /* IPPROTO_UDP, IPPROTO_TCP; of any other the payload is the packet's */
	struct endpoint source, destination;
	struct bytes payload;		    /* shorter than `size` where the capture cut it */
	size_t size;			    /* bytes of payload on the wire */
	uint32_t sequence, acknowledgement; /* of TCP, as is `flags` */
	uint8_t flags;
};

enum datagram_is {
	DATAGRAM_WHOLE, /* the result is filled */
	DATAGRAM_HELD,	/* a fragment: its packet is not whole yet, or was refused */
	DATAGRAM_OTHER, /* neither IPv4 nor IPv6, or a link layer that is not known */
	DATAGRAM_MALFORMED,
};

/* Reads a captured frame down to the payload of UDP (RFC 768) or TCP (RFC 9293).  `now_ns` is when
 * it came, above 0.  The payload is valid until the next call. */
enum datagram_is wire_datagram(enum link link, struct bytes bytes, int64_t now_ns,
			       struct fragments *fragments, struct datagram *ret);

#endif
