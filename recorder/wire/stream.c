#include "recorder/wire/stream.h"

#define WINDOW_MAX (INT64_C(1) << 30) /* RFC 7323, 2.3 */
#define LATE_MAX   65536	      /* bytes that may overtake a SYN */

static void open_at(struct stream *stream, uint32_t sequence)
{
	*stream = (struct stream){ .open = true, .edge = sequence };
	stream->first.limit = STREAM_KEPT;
}

/* Where a sequence number stands in the stream; negative before what was taken for its beginning.
 * Right while it is within 2 GiB of the edge. */
static int64_t position_of(const struct stream *stream, uint32_t sequence)
{
	return (int64_t)stream->total + (int32_t)(sequence - stream->edge);
}

/* The stream turns out to begin `by` bytes before. */
static void begin_before(struct stream *stream, int64_t by)
{
	if (stream->dropped)
		stream->dropped += (uint64_t)by;
	else
		assembly_shift(&stream->first, (uint32_t)by);
	stream->total += (uint64_t)by;
}

static bool is_anothers(const struct stream *stream, int64_t position)
{
	return position > 0 || (position < 0 && (stream->begun || position < -LATE_MAX));
}

bool stream_is_another(const struct stream *stream, const struct datagram *segment)
{
	return stream->open && (segment->flags & SEGMENT_SYN) &&
	       is_anothers(stream, position_of(stream, segment->sequence + 1));
}

/* A SYN whose first byte stands at `position`; false when it is another connection's. */
static bool add_syn(struct stream *stream, int64_t position)
{
	if (is_anothers(stream, position))
		return false;
	if (position < 0)
		begin_before(stream, -position);
	stream->begun = true;
	return true;
}

/* Keeps what a piece at `position` has behind what is dropped, or before the beginning. */
static void keep(struct stream *stream, int64_t position, struct bytes piece)
{
	int64_t begin = (int64_t)stream->dropped;
	size_t before = position < begin ? (size_t)(begin - position) : 0;
	unsigned met;

	if (before >= piece.size)
		return;
	piece = (struct bytes){ piece.data + before, piece.size - before };
	met = assembly_add(&stream->first, (uint64_t)(position + (int64_t)before - begin), piece);
	stream->differs |= (met & ASSEMBLY_DIFFERS) != 0;
}

static void extend(struct stream *stream, int64_t end)
{
	if (end <= (int64_t)stream->total)
		return;
	stream->edge += (uint32_t)(end - (int64_t)stream->total);
	stream->total = (uint64_t)end;
}

static void add_bytes(struct stream *stream, uint32_t sequence, struct bytes piece, size_t size)
{
	int64_t position = position_of(stream, sequence);
	int64_t end = position + (int64_t)size;

	if (position < 0 && !stream->begun) {
		begin_before(stream, -position);
		end -= position;
		position = 0;
	}
	keep(stream, position, piece);
	extend(stream, end);
}

static bool is_near(const struct stream *stream, uint32_t sequence, size_t size)
{
	int64_t distance = (int32_t)(sequence - stream->edge);

	return distance >= -WINDOW_MAX && distance + (int64_t)size <= WINDOW_MAX;
}

void stream_acked(struct stream *stream, uint32_t sequence)
{
	int64_t position = position_of(stream, sequence);

	if (stream->begun && is_near(stream, sequence, 0) && position > (int64_t)stream->acked)
		stream->acked = (uint64_t)position;
}

uint64_t stream_sent(const struct stream *stream, bool ended)
{
	return stream->acked > stream->total + 1 ? stream->acked - ended : stream->total;
}

/* FIN follows the last byte; any other segment may follow FIN. */
static void add_number(struct stream *stream, uint32_t sequence, bool fin)
{
	if (fin && stream->begun && !stream->finished && is_near(stream, sequence, 0))
		extend(stream, position_of(stream, sequence));
	else
		stream_acked(stream, sequence);
}

static void add_payload(struct stream *stream, uint32_t sequence, const struct datagram *segment)
{
	size_t size = segment->size;

	if (segment->flags & SEGMENT_RST)
		return;
	if (!size)
		add_number(stream, sequence, segment->flags & SEGMENT_FIN);
	else if (is_near(stream, sequence, size))
		add_bytes(stream, sequence, segment->payload, size);
	else
		stream->strange++;
}

bool stream_add(struct stream *stream, const struct datagram *segment)
{
	bool syn = segment->flags & SEGMENT_SYN;
	uint32_t sequence = segment->sequence + syn;
	bool has_bytes = segment->size && !(segment->flags & SEGMENT_RST);

	if (!stream->open && (syn || has_bytes))
		open_at(stream, sequence);
	if (syn && !add_syn(stream, position_of(stream, sequence)))
		return false;
	add_payload(stream, sequence, segment);
	stream->finished |= (segment->flags & (SEGMENT_FIN | SEGMENT_RST)) != 0;
	return true;
}

struct bytes stream_first(const struct stream *stream)
{
	return assembly_ready(&stream->first);
}

void stream_drop(struct stream *stream, size_t size)
{
	assembly_drop(&stream->first, (uint32_t)size);
	stream->dropped += size;
}

void stream_release(struct stream *stream)
{
	assembly_release(&stream->first);
	*stream = (struct stream){ 0 };
}
