#ifndef RECORDER_WIRE_FRAGMENTS_H
#define RECORDER_WIRE_FRAGMENTS_H

#include "recorder/wire/assembly.h"
#include "recorder/wire/ip.h"

#define FRAGMENTS_PACKETS 64 /* at once, each at most 64 KiB: 4 MiB in all */
#define FRAGMENTS_NS	  (INT64_C(60) * 1000000000) /* RFC 8200, 4.5 */

/* A packet of which fragments have come.  `first_ns` is 0 where there is none. */
struct fragmented {
	struct packet packet; /* as its first byte's fragment says, or any before that has come */
	int64_t first_ns;
	uint32_t size; /* of the whole, 0 until the last fragment has come */
	bool refused;  /* what still comes of it is ignored */
	struct assembly assembly;
};

/* Fragments of IPv4 (RFC 791, 815) and IPv6 (RFC 8200, 4.5), put together.  Zero it to begin. */
struct fragments {
	struct fragmented packet[FRAGMENTS_PACKETS];
	struct assembly whole; /* the one handed out last */
	uint64_t overlapped;   /* packets refused because fragments overlap, RFC 5722 */
	uint64_t malformed;    /* or do not fit together */
	uint64_t expired;      /* packets that did not become whole in time */
	uint64_t evicted;      /* or had to make room for others */
};

/* Adds a fragment that came at `now_ns` (any clock, above 0).  Returns true when that makes
 * `packet` the whole packet; its payload is valid until the next call.  The same bytes again, as a
 * capture on several interfaces has them, are not an overlap. */
bool fragments_add(struct fragments *fragments, int64_t now_ns, struct packet *packet);
void fragments_release(struct fragments *fragments);

#endif
