#ifndef RECORDER_WIRE_QUIC_PACKET_H
#define RECORDER_WIRE_QUIC_PACKET_H

#include "recorder/wire/cursor.h"
#include "recorder/wire/quic_keys.h"

#define QUIC_ID_MAX 20 /* bytes of a connection ID, RFC 9000 17.2 */

/* One packet of a datagram. */
struct quic_packet {
	const struct quic_version *version;
	bool initial;
	struct bytes connection; /* destination connection ID */
	struct bytes whole;	 /* from its first byte to the end of its payload */
	size_t number_at;	 /* where the packet number begins in `whole` */
};

/* The next packet with a long header of a known version (RFC 9000 12.2 and 17.2).  False when there
 * is none: what is left has a short header, is a Retry or a Version Negotiation, which fill their
 * datagram, or is malformed. */
bool quic_packet_next(struct cursor *datagram, struct quic_packet *ret);
/* Takes the protection off (RFC 9001, 5), if these keys are the right ones; false else.  *largest
 * is the largest packet number so far, -1 before the first, and becomes this one's if that is
 * larger. `plain` gets the frames. */
bool quic_packet_open(const struct quic_packet *packet, const struct quic_keys *keys,
		      int64_t *largest, struct buffer *plain);

#endif
