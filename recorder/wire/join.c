#include "recorder/wire/join.h"

#include "recorder/wire/dns.h"
#include "recorder/wire/learn.h"

#include <netinet/in.h>

#define FLOWS_MAX 4096 /* at once; the oldest makes room */
#define DNS_PORT  53
#define MDNS_PORT 5353

void join_begin(struct join *join, struct sink *sink)
{
	*join = (struct join){ .sink = sink };
}

static bool is_dns(const struct endpoint *end)
{
	return end->port == DNS_PORT || end->port == MDNS_PORT;
}

/* The end that asks: a recorded call made it one, or it spoke first. */
static bool is_client(struct view *view)
{
	return view->image || (view == &view->flow->view[0] && !view_of_peer(view)->image);
}

static void end_flow(struct join *join, struct flow *flow)
{
	join->encrypted += flow->encrypted;
	for (unsigned i = 0; i < flow->views; i++)
		name_uses(join, &flow->view[i]);
	flow_remove(&join->flows, flow);
}

static void make_room(struct join *join)
{
	if (join->flows.count < FLOWS_MAX)
		return;
	join->forgotten += !join->flows.oldest->view[0].stream.finished;
	end_flow(join, join->flows.oldest);
}

static struct view *find_view(struct join *join, const struct datagram *datagram)
{
	make_room(join);
	return flows_view(&join->flows, datagram->protocol, datagram->source.port,
			  &datagram->destination, &datagram->source);
}

static void read_dns_stream(struct join *join, struct view *server, int64_t time_ns)
{
	struct bytes stream = stream_first(&server->stream), message;

	while (dns_frame(stream, &server->dns_at, &message) == READING_DONE)
		lookup_answered(join, view_of_peer(server), message, time_ns);
}

/* What a server says is of interest only where it answers questions. */
static void add_segment(struct join *join, struct view *sender, const struct datagram *datagram,
			int64_t time_ns)
{
	uint64_t before = sender->stream.total;

	stream_add(&sender->stream, datagram);
	sender->sent += sender->stream.total - before;
	if (is_client(sender))
		return;
	if (view_of_peer(sender)->key.remote.port == DNS_PORT)
		read_dns_stream(join, sender, time_ns);
	else
		assembly_release(&sender->stream.first);
}

static void add_datagram(struct join *join, struct view *sender, const struct datagram *datagram,
			 int64_t time_ns)
{
	sender->sent += datagram->size;
	if (is_dns(&datagram->source) && !is_dns(&datagram->destination))
		lookup_answered(join, view_of_peer(sender), datagram->payload, time_ns);
}

static void add(struct join *join, struct view *sender, const struct datagram *datagram,
		int64_t time_ns)
{
	struct flow *flow = sender->flow;

	if (!flow->packets++)
		flow->first_ns = time_ns;
	flow->last_ns = time_ns;
	if (datagram->protocol == IPPROTO_TCP)
		add_segment(join, sender, datagram, time_ns);
	else
		add_datagram(join, sender, datagram, time_ns);
	if (!is_client(sender) || flow->settled)
		return;
	learn_from_client(sender, datagram->payload);
	if (flow->settled)
		name_uses(join, sender);
}

/* A connection that follows another between the same ends is a flow of its own. */
static bool is_another(const struct view *view, const struct datagram *datagram)
{
	return (datagram->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN &&
	       datagram->protocol == IPPROTO_TCP && view->stream.finished;
}

void join_packet(struct join *join, const struct captured *captured)
{
	struct datagram datagram;
	struct view *view;

	if (wire_datagram(captured->link, captured->frame, captured->time_ns, &join->fragments,
			  &datagram) != DATAGRAM_WHOLE ||
	    (datagram.protocol != IPPROTO_TCP && datagram.protocol != IPPROTO_UDP))
		return;
	view = find_view(join, &datagram);
	if (view && is_another(view, &datagram)) {
		end_flow(join, view->flow);
		view = find_view(join, &datagram);
	}
	if (view)
		add(join, view, &datagram, captured->time_ns);
}

void join_use(struct join *join, const struct observation *observation, int64_t time_ns,
	      uint8_t protocol, const struct endpoint *local, const struct endpoint *remote)
{
	struct view *view;

	make_room(join);
	view = flows_view(&join->flows, protocol, local->port, remote, local);
	if (!view || !view_add_use(view, observation, time_ns))
		return;
	lookup_held(join, view);
	/* Without a port of its own it did not come to a flow. */
	if (view->flow->settled || !local->port)
		name_uses(join, view);
}

void join_end(struct join *join)
{
	while (join->flows.oldest)
		end_flow(join, join->flows.oldest);
	answers_release(&join->answers);
	fragments_release(&join->fragments);
}
