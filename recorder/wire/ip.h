#ifndef RECORDER_WIRE_IP_H
#define RECORDER_WIRE_IP_H

#include "recorder/wire/cursor.h"

struct address {
	uint8_t size;	  /* 4, 16, or 0 for none */
	uint8_t byte[16]; /* those beyond `size` are 0 */
};

/* One IP packet, or a fragment of one. */
struct packet {
	struct address source, destination;
	uint8_t protocol;     /* of the payload; of a later IPv6 fragment, what its header says */
	struct bytes payload; /* without padding; shorter than `size` where the capture cut it */
	size_t size;	      /* bytes of payload on the wire */
	bool fragment, more;  /* it is a fragment, and not the last */
	uint16_t offset;      /* where a fragment stands in the whole, in bytes */
	uint32_t identification;
};

/* IPv4 (RFC 791) with options, or IPv6 (RFC 8200) with extension headers: hop-by-hop, routing,
 * destination, authentication (RFC 4302), mobility (RFC 6275), HIP (RFC 7401), Shim6 (RFC 5533);
 * jumbograms (RFC 2675); a fragment that is a whole packet is none (RFC 6946).  Checksums are not
 * looked at: packets of this host are captured before the network card fills them in.  A length of
 * 0 in the header, which segmentation offload leaves, means all that was captured.  Returns 0 or
 * -EBADMSG. */
int ip_read(struct bytes bytes, struct packet *ret);
/* The extension headers before the payload of an IPv6 packet that was put together from fragments;
 * `protocol` is that of the first fragment.  Returns 0 or -EBADMSG. */
int ip_read_rest(struct packet *packet);

#endif
