#ifndef RECORDER_WIRE_STREAM_H
#define RECORDER_WIRE_STREAM_H

#include "recorder/wire/assembly.h"
#include "recorder/wire/datagram.h"

#define STREAM_KEPT 16384 /* bytes of each direction that are kept at a time */

/* One direction of a TCP connection (RFC 9293): bytes in order, and how many there were.
 * Where the SYN was not seen the lowest sequence number that was counts as the first.  Of bytes
 * that came twice the first copy counts, as for Linux.  Zero it to begin. */
struct stream {
	struct assembly first;
	uint64_t dropped; /* bytes before those in `first` */
	uint64_t total;	  /* bytes sent, each once, holes in the capture included */
	uint64_t acked;	  /* bytes sent, as others' numbers tell; FIN may count as one */
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
/* Whether a segment does, that is a SYN. */
bool stream_is_another(const struct stream *stream, const struct datagram *segment);
/* What came before that number was sent, captured or not: the other direction acknowledges it. */
void stream_acked(struct stream *stream, uint32_t sequence);
/* Bytes sent, with those that were not captured.  FIN has a number, too; where it was not captured,
 * it is taken to be acknowledged once the other direction has `ended`. */
uint64_t stream_sent(const struct stream *stream, bool ended);
/* The first bytes, up to the first hole and at most STREAM_KEPT; valid until the next call. */
struct bytes stream_first(const struct stream *stream);
/* The first `size` bytes of those are understood: keep what follows them instead.  For connections
 * that carry one message after another, like DNS. */
void stream_drop(struct stream *stream, size_t size);
void stream_release(struct stream *stream);

#endif
