#include "recorder/wire/join.h"

#include "recorder/wire/dns.h"
#include "recorder/wire/keep.h"
#include "recorder/wire/learn.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS_MAX 4096 /* kept; the oldest makes room for another */
#define LOOPBACK  1    /* its index, in each network namespace */
#define DNS_PORT  53
#define MDNS_PORT 5353

void join_begin(struct join *join, struct sink *sink)
{
	*join = (struct join){ .sink = sink };
	answers_begin(&join->answers);
}

static bool is_dns(const struct endpoint *end)
{
	return end->port == DNS_PORT || end->port == MDNS_PORT;
}

bool view_is_dns(const struct view *client)
{
	return is_dns(&client->key.remote);
}

/* The end that asks: a recorded call made it one, or it spoke first. */
static bool is_client(struct view *view)
{
	return view->image || (view == &view->flow->view[0] && !view_of_peer(view)->image);
}

static void end_flow(struct join *join, struct flow *flow)
{
	for (unsigned i = 0; i < flow->views; i++) {
		unsent_look(join, &flow->view[i]);
		name_uses(join, &flow->view[i]);
		connection_end(join, &flow->view[i]);
	}
	unexplained_end(join, flow);
	keep_flow_ends(join, flow);
	flow_remove(&join->flows, flow);
}

static struct view *find_view(struct join *join, uint8_t protocol, const struct endpoint *local,
			      const struct endpoint *remote)
{
	struct view *view = flows_view(&join->flows, protocol, local->port, remote, local);

	if (join->flows.count > FLOWS_MAX)
		end_flow(join, join->flows.oldest);
	return view;
}

static struct view *sender_of(struct join *join, const struct datagram *datagram)
{
	return find_view(join, datagram->protocol, &datagram->source, &datagram->destination);
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
	struct view *peer = view_of_peer(sender);

	stream_add(&sender->stream, datagram);
	if ((datagram->flags & SEGMENT_ACK) && peer != sender)
		stream_acked(&peer->stream, datagram->acknowledgement);
	sender->sent = stream_sent(&sender->stream, peer->stream.finished);
	peer->sent = stream_sent(&peer->stream, sender->stream.finished);
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

	sender->seen = true;
	sender->here |= datagram->frame.way == FRAME_SENT || datagram->frame.interface == LOOPBACK;
	if (!flow->first_ns)
		flow->first_ns = time_ns;
	flow->last_ns = time_ns;
	join->grows = true;
	if (datagram->protocol == IPPROTO_TCP)
		add_segment(join, sender, datagram, time_ns);
	else
		add_datagram(join, sender, datagram, time_ns);
	if (!is_client(sender) || flow->settled)
		return;
	learn_from_client(sender, datagram->payload);
	if (!flow->settled)
		return;
	name_uses(join, sender);
	connection_update(join, sender);
}

/* A connection that follows another between the same ends is a flow of its own. */
static bool is_another(const struct view *view, const struct datagram *datagram)
{
	return (datagram->flags & (SEGMENT_SYN | SEGMENT_ACK)) == SEGMENT_SYN &&
	       datagram->protocol == IPPROTO_TCP &&
	       (view->stream.finished || stream_is_another(&view->stream, datagram));
}

struct view *join_datagram(struct join *join, const struct datagram *datagram, int64_t time_ns)
{
	struct view *view = sender_of(join, datagram);

	if (view && is_another(view, datagram)) {
		end_flow(join, view->flow);
		view = sender_of(join, datagram);
	}
	if (view)
		add(join, view, datagram, time_ns);
	return view;
}

/* Whether it is of a flow. */
static bool read_packet(struct join *join, const struct captured *captured,
			struct datagram *datagram)
{
	enum datagram_is is = wire_datagram(captured->link, captured->frame, captured->time_ns,
					    captured->fragments, datagram);

	join->flows.space = captured->space;
	unsent_look_at(join, is == DATAGRAM_WHOLE ? datagram : NULL, captured->fragments);
	if (is == DATAGRAM_WHOLE &&
	    (datagram->protocol == IPPROTO_TCP || datagram->protocol == IPPROTO_UDP))
		return true;
	if (join->keep && is == DATAGRAM_HELD)
		keep_fragment(join->keep, captured);
	else if (join->keep)
		keep_packet(join->keep, NULL, captured);
	return false;
}

/* Whether the other end has been heard, or this one, or either has ended. */
static bool was_used(struct view *view)
{
	const struct view *peer = view_of_peer(view);

	return view->sent || peer->sent || view->stream.finished || peer->stream.finished;
}

/* A call that connects where one has connected, and something came of that: the port is used
 * again, even where the end was not seen.  connect(2) may be called again to hear how it went. */
static bool makes_another(struct view *view, const struct use *use)
{
	const struct access *access = &use->observation.access;

	if ((access->action != ACTION_CONNECT && !use->accepted) || access->outcome != OUTCOME_OK ||
	    !use->local.port || use->time_ns <= view->flow->last_ns)
		return false;
	if (use->accepted)
		return view->accepted && was_used(view);
	return view->image ? was_used(view) : view->sent && view->stream.finished;
}

static void use_flow(struct join *join, struct use *use)
{
	struct view *view;

	join->flows.space = use->space;
	view = find_view(join, use->protocol, &use->local, &use->remote);
	if (view && makes_another(view, use)) {
		end_flow(join, view->flow);
		view = find_view(join, use->protocol, &use->local, &use->remote);
	}
	if (!view) {
		free(use);
		return;
	}
	if (use->accepted) {
		view->accepted = true;
		view->party = use->party;
		connection_use(join, view, use);
		free(use);
		return;
	}
	view_take_use(view, use);
	connection_use(join, view, use);
	lookup_held(join, view);
	/* Without a port of its own it did not come to a flow. */
	if (view->flow->settled || !use->local.port)
		name_uses(join, view);
}

static bool has_ends_of(const struct use *one, const struct use *other)
{
	return one->space == other->space && one->protocol == other->protocol &&
	       one->local.port == other->local.port && one->remote.port == other->remote.port &&
	       memcmp(&one->remote.address, &other->remote.address, sizeof one->remote.address) ==
		       0;
}

/* Whether the packets so far do not tell yet if the call belongs to the flow that is there. */
static bool must_wait(struct join *join, const struct use *use)
{
	const struct view *view;

	for (const struct use *each = join->waiting; each; each = each->next)
		if (has_ends_of(each, use))
			return true;
	if (use->observation.access.action != ACTION_CONNECT && !use->accepted)
		return false;
	join->flows.space = use->space;
	view = flows_find(&join->flows, use->protocol, use->local.port, &use->remote);
	return view && (view->image || view->accepted || view->stream.finished);
}

/* They come in order, but for a clock that was set back. */
static void wait_in_order(struct join *join, struct use *use)
{
	struct use **at = &join->waiting;

	if (join->waiting && join->waiting_last->time_ns <= use->time_ns)
		at = &join->waiting_last->next;
	while (*at && (*at)->time_ns <= use->time_ns)
		at = &(*at)->next;
	use->next = *at;
	*at = use;
	if (!use->next)
		join->waiting_last = use;
}

void join_use(struct join *join, struct use *use)
{
	if (must_wait(join, use))
		wait_in_order(join, use);
	else
		use_flow(join, use);
}

static void use_waiting(struct join *join, struct use **at, struct use *before)
{
	struct use *use = *at;

	*at = use->next;
	if (join->waiting_last == use)
		join->waiting_last = before;
	use_flow(join, use);
}

/* Other captures may be further behind. */
static void settle_before(struct join *join, const struct captured *captured)
{
	struct use **at = &join->waiting, *before = NULL;

	while (*at && (*at)->time_ns <= captured->time_ns) {
		if ((*at)->space == captured->space) {
			use_waiting(join, at, before);
			continue;
		}
		before = *at;
		at = &before->next;
	}
}

void join_settle(struct join *join, int64_t until_ns)
{
	while (join->waiting && join->waiting->time_ns <= until_ns)
		use_waiting(join, &join->waiting, NULL);
}

void join_packet(struct join *join, const struct captured *captured)
{
	struct datagram datagram;
	struct view *view;

	settle_before(join, captured);
	if (!read_packet(join, captured, &datagram))
		return;
	view = join_datagram(join, &datagram, captured->time_ns);
	if (view && join->keep)
		keep_packet(join->keep, view->flow, captured);
}

void join_end(struct join *join)
{
	join_settle(join, INT64_MAX);
	while (join->flows.oldest)
		end_flow(join, join->flows.oldest);
	answers_release(&join->answers);
}
