#ifndef RECORDER_WIRE_STREAM_H
#define RECORDER_WIRE_STREAM_H

#include "recorder/wire/assembly.h"
#include "recorder/wire/datagram.h"

#define STREAM_KEPT 16384 /* first bytes that are kept of each direction */

/* One direction of a TCP connection (RFC 9293): its first bytes in order, and how many there were.
 * Where the SYN was not seen the lowest sequence number that was counts as the first.  Of bytes
 * that came twice the first copy counts, as for Linux.  Zero it to begin. */
struct stream {
	struct assembly first;
	uint64_t total;	  /* bytes sent, each once, holes in the capture included */
	uint32_t edge;	  /* sequence number of the byte after them */
	uint32_t strange; /* segments far from all others, not counted */
	bool open;	  /* a segment was added */
	bool begun;	  /* its SYN was seen, so `first` is where it began */
	bool finished;	  /* FIN or RST was seen */
	bool differs;	  /* bytes came again that were not the same */
};

/* Adds a segment.  Returns false, and adds nothing, when its SYN begins another connection between
 * the same endpoints: release this stream and add the segment to a new one. */
bool stream_add(struct stream *stream, const struct datagram *segment);
/* The first bytes, up to the first hole and at most STREAM_KEPT; valid until the next call. */
struct bytes stream_first(const struct stream *stream);
void stream_release(struct stream *stream);

#endif
