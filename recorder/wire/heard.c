/* What was seen of a socket at the system calls, made what packets would have said. */
#include "recorder/wire/join.h"

#include <netinet/in.h>

static struct datagram from(const struct ends *ends, bool sent)
{
	return (struct datagram){
		.protocol = ends->protocol,
		.source = sent ? ends->local : ends->remote,
		.destination = sent ? ends->remote : ends->local,
	};
}

static struct view *view_of(struct join *join, const struct ends *ends)
{
	return flows_view(&join->flows, ends->protocol, ends->local.port, &ends->remote,
			  &ends->local);
}

void join_connected(struct join *join, const struct ends *ends, int64_t time_ns)
{
	struct datagram datagram = from(ends, true);
	const struct view *view = view_of(join, ends);

	if (ends->protocol != IPPROTO_TCP || !view)
		return;
	if (view->stream.open && !view->stream.total)
		return; /* connect(2) again, to hear how the first went */
	if (view->stream.open) {
		datagram.flags = SEGMENT_RST; /* nobody has seen its end */
		join_datagram(join, &datagram, time_ns);
	}
	datagram.flags = SEGMENT_SYN;
	join_datagram(join, &datagram, time_ns);
}

bool join_hear(struct join *join, const struct ends *ends, bool sent, struct bytes bytes,
	       int64_t time_ns)
{
	struct datagram datagram = from(ends, sent);
	struct view *view = view_of(join, ends);
	bool is_resolver = view && view_is_dns(view);

	if (!view)
		return false;
	datagram.payload = bytes;
	datagram.size = bytes.size;
	/* The SYN has sequence number 0. */
	if (ends->protocol == IPPROTO_TCP)
		datagram.sequence = 1 + (uint32_t)(sent ? view : view_of_peer(view))->stream.total;
	datagram.flags = SEGMENT_ACK;
	join_datagram(join, &datagram, time_ns);
	return is_resolver || !view->flow->settled;
}
