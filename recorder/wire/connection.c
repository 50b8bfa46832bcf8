/* What the evidence has of connections: each is said as soon as a call has made it, taken back when
 * more is known of its name, and said again; its bytes are added as they pass. */
#include "recorder/wire/join.h"

#include "core/clock.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_NS SECOND_NS /* between two sayings how much a connection grew */

/* What the sink was told last. */
struct told {
	struct use *use; /* a copy of the call that made it: its peer is the access's name */
	struct connection now;
	struct buffer name, question;
	int64_t until_ns; /* what passed up to then is counted */
	bool is_over;	  /* no more will pass */
};

static enum host_source source_of(enum name_source naming)
{
	static const enum host_source source[] = {
		[NAME_UNKNOWN] = SOURCE_ADDRESS, [NAME_DNS] = SOURCE_DNS,
		[NAME_SNI] = SOURCE_SNI,	 [NAME_HOST] = SOURCE_HOST,
		[NAME_CONNECT] = SOURCE_CONNECT, [NAME_SOCKS] = SOURCE_SOCKS,
		[NAME_HOSTS] = SOURCE_HOSTS,
	};

	return source[naming];
}

static enum protocol protocol_of(const struct view *view)
{
	if (view->key.protocol == IPPROTO_TCP)
		return PROTOCOL_TCP;
	return view->flow->is_quic ? PROTOCOL_QUIC : PROTOCOL_UDP;
}

/* Whoever has connected has said no name. */
static void set_accepted(const struct access *access, struct connection *ret)
{
	ret->name = access->name;
	ret->source = SOURCE_ACCEPTED;
	ret->peer = access->peer;
}

static void write_names(const struct join *join, const struct view *view, const struct use *use,
			struct connection *ret, struct buffer *name, struct buffer *question)
{
	struct naming naming;
	struct bytes asked;

	if (use->accepted) {
		set_accepted(&use->observation.access, ret);
		return;
	}
	name_host(join, view, use, &naming);
	asked = name_question(join, view, use, &naming);
	if (asked.data)
		buffer_append(question, asked.data, asked.size);
	if (naming.source)
		name_of_use(view, use, &naming, name);
	else
		buffer_append(name, use->observation.access.name.data,
			      use->observation.access.name.size);
	ret->name = buffer_bytes(name);
	ret->source = source_of(naming.source);
	if (bytes_equal(ret->name, use->observation.access.name))
		ret->source = SOURCE_ADDRESS;
	ret->question = asked.data ? buffer_bytes(question) : (struct bytes){ 0 };
	ret->peer = use->observation.access.name;
	ret->relay = naming.is_relayed ? ret->peer : (struct bytes){ 0 };
}

/* To connect a socket of UDP sends nothing, and that no packet passed is known, too: connect(2). */
static bool is_measured(const struct join *join, const struct view *view, const struct use *use)
{
	if (!join->measures || use->unseen)
		return false;
	return view->flow->first_ns || (view->key.protocol == IPPROTO_UDP &&
					use->observation.access.action == ACTION_CONNECT);
}

/* A socket that talks to itself has one view, as has one whose other end said nothing yet. */
static uint64_t received_by(struct view *view)
{
	if (view->flow->views == 2)
		return view_of_peer(view)->sent;
	return view->key.local_port == view->key.remote.port ? view->sent : 0;
}

/* Whether packets may be missing that nothing told of any more: of TCP the end would have. */
static bool is_cut(const struct join *join, struct view *view)
{
	if (!join->lost)
		return false;
	return view->key.protocol == IPPROTO_UDP ||
	       (!view->stream.finished && !view_of_peer(view)->stream.finished);
}

static void measure(const struct join *join, struct view *view, const struct told *told,
		    struct connection *ret)
{
	if (!is_measured(join, view, told->use) || (told->is_over && is_cut(join, view)))
		return;
	ret->measured = 1;
	ret->sent = (int64_t)view->sent;
	ret->received = (int64_t)received_by(view);
}

static void set_times(const struct join *join, const struct flow *flow, const struct use *use,
		      struct connection *ret)
{
	bool begun_before = flow->first_ns && flow->first_ns < use->time_ns;
	bool ends_later = flow->last_ns > use->time_ns;

	ret->first_ns = sink_time_ns(join->sink, begun_before ? flow->first_ns : use->time_ns);
	ret->last_ns = sink_time_ns(join->sink, ends_later ? flow->last_ns : use->time_ns);
}

static bool is_alike(const struct connection *one, const struct connection *other)
{
	return one->image == other->image && one->protocol == other->protocol &&
	       one->source == other->source && bytes_equal(one->name, other->name) &&
	       !one->question.data == !other->question.data &&
	       bytes_equal(one->question, other->question) &&
	       !one->relay.data == !other->relay.data;
}

/* The difference to what was told, where it is the same connection. */
static void add_difference(const struct join *join, const struct connection *before,
			   struct connection now)
{
	now.count -= before->count;
	now.measured -= before->measured;
	now.sent -= before->sent;
	now.received -= before->received;
	sink_connection(join->sink, &now);
}

static void take_back(const struct join *join, struct connection before)
{
	before.count = -before.count;
	before.measured = -before.measured;
	before.sent = -before.sent;
	before.received = -before.received;
	sink_connection(join->sink, &before);
}

/* Where there is no memory for a name it stays what it was. */
static void tell(struct join *join, struct view *view)
{
	struct told *told = view->told;
	struct buffer name = { 0 }, question = { 0 };
	struct connection now = {
		.image = told->use->observation.access.image,
		.protocol = protocol_of(view),
		.count = 1,
	};

	write_names(join, view, told->use, &now, &name, &question);
	measure(join, view, told, &now);
	set_times(join, view->flow, told->use, &now);
	if (name.failed || question.failed) {
		buffer_release(&name);
		buffer_release(&question);
		return;
	}
	if (told->now.count && !is_alike(&told->now, &now))
		take_back(join, told->now);
	if (told->now.count && is_alike(&told->now, &now))
		add_difference(join, &told->now, now);
	else
		sink_connection(join->sink, &now);
	buffer_release(&told->name);
	buffer_release(&told->question);
	told->name = name;
	told->question = question;
	told->now = now;
	told->until_ns = view->flow->last_ns;
}

void connection_use(struct join *join, struct view *view, const struct use *use)
{
	struct told *told;

	if (view->told || use->observation.access.outcome != OUTCOME_OK)
		return;
	told = calloc(1, sizeof *told);
	if (!told)
		return;
	told->use = use_new(&use->observation, use->time_ns);
	if (!told->use) {
		free(told);
		return;
	}
	told->use->hosts = use->hosts;
	told->use->unseen = use->unseen;
	told->use->accepted = use->accepted;
	view->told = told;
	tell(join, view);
}

void connection_relayed(struct sink *sink, const struct observation *connected,
			enum name_source source)
{
	const struct access *access = &connected->access;
	const struct connection connection = {
		.image = access->image,
		.protocol = PROTOCOL_TCP,
		.name = access->name,
		.source = source_of(source),
		.peer = access->peer,
		.relay = access->peer,
		.count = 1,
		.first_ns = connected->time_ns,
		.last_ns = connected->time_ns,
	};

	sink_connection(sink, &connection);
}

void connection_unseen(struct sink *sink, const struct observation *accepted, int64_t time_ns)
{
	struct connection connection = {
		.image = accepted->access.image,
		.protocol = PROTOCOL_TCP,
		.count = 1,
		.first_ns = sink_time_ns(sink, time_ns),
		.last_ns = sink_time_ns(sink, time_ns),
	};

	set_accepted(&accepted->access, &connection);
	sink_connection(sink, &connection);
}

void connection_update(struct join *join, struct view *view)
{
	if (view->told)
		tell(join, view);
}

void connection_end(struct join *join, struct view *view)
{
	struct told *told = view->told;

	if (!told)
		return;
	told->is_over = true;
	tell(join, view);
	view->told = NULL;
	buffer_release(&told->name);
	buffer_release(&told->question);
	free(told->use);
	free(told);
}

/* Whether there was something to tell. */
static bool look(struct join *join, struct flow *flow)
{
	bool grew = false;

	for (unsigned i = 0; i < flow->views; i++) {
		struct view *view = &flow->view[i];

		if (!view->told || view->told->until_ns == flow->last_ns)
			continue;
		tell(join, view);
		grew = true;
	}
	return grew;
}

bool connections_look(struct join *join)
{
	int64_t now_ns = clock_monotonic_ns();

	if (now_ns < join->next_tell_ns)
		return join->grows;
	join->next_tell_ns = now_ns + PERIOD_NS;
	join->grows = false;
	for (struct flow *flow = join->flows.newest; flow; flow = flow->previous)
		join->grows |= look(join, flow);
	return join->grows;
}
