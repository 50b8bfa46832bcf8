#include "recorder/wire/wire_private.h"

#include "core/clock.h"
#include "recorder/thread.h"
#include "recorder/wire/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Where the thread was when its call began, for which wire_begin() has asked the kernel. */
static enum sight sight_of(struct wire *wire, pid_t tid, uint32_t *ret_number)
{
	uint64_t netns =
		tid == wire->asked_tid ? wire->asked_netns : spaces_netns(&wire->spaces, tid);

	return spaces_sight(&wire->spaces, netns, ret_number);
}

bool wire_listens(struct wire *wire, pid_t tid)
{
	uint32_t number;

	return wire && wire->is_blind && sight_of(wire, tid, &number) == SIGHT_BLIND;
}

bool wire_hear(struct wire *wire, const struct wire_ends *ends, bool sent, struct bytes bytes)
{
	const struct ends own = ends_of_call(ends);

	return join_hear(&wire->heard, &own, sent, bytes, clock_now_ns());
}

void wire_unheard(struct wire *wire, int64_t image, const struct wire_ends *ends)
{
	const struct ends own = ends_of_call(ends);
	scoped(buffer) struct buffer detail = { 0 };

	buffer_add(&detail, "what was said to ");
	endpoint_write(own.protocol, &own.remote, &detail);
	sink_gap(wire->join.sink, GAP_UNREADABLE, image, buffer_bytes(&detail));
}

static void send_to_thread(struct wire *wire, struct use *use)
{
	bool first;

	pthread_mutex_lock(&wire->lock);
	*wire->sent_end = use;
	wire->sent_end = &use->next;
	first = !wire->some_sent;
	wire->some_sent = true;
	pthread_mutex_unlock(&wire->lock);
	if (first)
		eventfd_write(wire->wake, 1);
}

/* The thread does not know of it: what is heard is the tracer's. */
static void join_heard(struct wire *wire, const struct ends *own, struct use *use)
{
	join_connected(&wire->heard, own, use->time_ns);
	join_use(&wire->heard, use);
	join_settle(&wire->heard, INT64_MAX);
}

static void send_use(struct wire *wire, const struct observation *observation,
		     const struct wire_ends *ends, bool accepted)
{
	const struct ends own = ends_of_call(ends);
	uint32_t number = 0;
	enum sight sight = sight_of(wire, ends->tid, &number);
	struct use *use;

	if (accepted && sight != SIGHT_CAPTURED) {
		connection_unseen(wire->join.sink, observation, clock_now_ns());
		return;
	}
	if (sight == SIGHT_NONE && !wire->begun)
		return;
	use = use_new(observation, clock_now_ns());
	if (!use)
		return;
	use->space = sight == SIGHT_NONE ? SPACE_UNSEEN : number;
	use->unseen = sight == SIGHT_NONE;
	use->accepted = accepted;
	party_set(&use->party, ends->pid, ends->program);
	use->protocol = own.protocol;
	use->local = own.local;
	use->remote = own.remote;
	hosts_find(&wire->hosts, observation->access.image, &use->remote.address, &use->hosts);
	if (sight == SIGHT_BLIND)
		join_heard(wire, &own, use);
	else
		send_to_thread(wire, use);
}

void wire_use(struct wire *wire, const struct observation *observation,
	      const struct wire_ends *ends)
{
	send_use(wire, observation, ends, false);
}

void wire_accepted(struct wire *wire, int64_t image, const struct wire_ends *ends)
{
	const struct ends own = ends_of_call(ends);
	scoped(buffer) struct buffer local = { 0 }, remote = { 0 };
	struct observation observation = {
		.count = 1,
		.access = { .image = image,
			    .resource = RESOURCE_HOST,
			    .action = ACTION_ACCEPT,
			    .outcome = OUTCOME_OK },
	};

	endpoint_write(own.protocol, &own.local, &local);
	endpoint_write(own.protocol, &own.remote, &remote);
	observation.access.name = buffer_bytes(&local);
	observation.access.peer = buffer_bytes(&remote);
	wire->asked_tid = 0; /* it may have gone elsewhere since */
	if (buffer_status(&local) == 0 && buffer_status(&remote) == 0)
		send_use(wire, &observation, ends, true);
}

void wire_file(struct wire *wire, const struct access *access, const char *root)
{
	hosts_access(&wire->hosts, access, root);
}

bool wire_keeps(const struct wire *wire)
{
	return wire && wire->join.keep;
}

int wire_open(struct wire **ret, struct sink *sink, struct keep *keep, struct error *err)
{
	struct wire *wire = calloc(1, sizeof *wire);

	if (!wire)
		return error_set(err, ENOMEM, "watch the network");
	wire->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wire->wake < 0) {
		free(wire);
		return error_set(err, errno, "watch the network");
	}
	wire->sent_end = &wire->sent;
	pthread_mutex_init(&wire->lock, NULL);
	spaces_begin(&wire->spaces);
	hosts_begin(&wire->hosts);
	join_begin(&wire->join, sink);
	join_begin(&wire->heard, sink);
	wire->heard.hidden = true;
	wire->join.spaces = &wire->spaces;
	wire->join.keep = keep;
	*ret = wire;
	if (keep) /* a flow is known by its beginning */
		wire_begin(wire, 0);
	return 0;
}

void wire_set_claims(struct wire *wire, struct claims *claims)
{
	wire->join.claims = claims;
	wire->heard.claims = claims;
}

/* The thread reads it from now on. */
static void start_reading(struct wire *wire, struct error *err)
{
	int r;

	if (wire->begun) {
		eventfd_write(wire->wake, 1);
		return;
	}
	wire->join.measures = true;
	r = thread_start(&wire->thread, "pare-wire", wire_watch, wire);
	wire->begun = r == 0;
	if (r < 0)
		error_set(err, -r, "watch the network");
}

/* Why nothing can be captured is the space's to say, and `err` where it cannot even be one. */
static void add_space(struct wire *wire, uint64_t netns, pid_t tid, struct error *err)
{
	enum captured_size size = wire->join.keep ? CAPTURE_WHOLE : CAPTURE_NAMES;
	struct space *space = space_open(&wire->spaces, netns, tid, size);

	if (!space) {
		error_set(err, ENOMEM, "watch the network");
		return;
	}
	if (!spaces_add(&wire->spaces, space)) {
		error_say(err, ENOSPC, "more than %d network namespaces at once", SPACES_MAX);
		space_free(space);
		return;
	}
	wire->is_blind |= !space->capture;
	if (space->capture)
		start_reading(wire, &space->why);
}

/* Where nothing can be captured a gap says so, once somebody `talks`. */
static void begin_in(struct wire *wire, uint64_t netns, pid_t tid, bool talks)
{
	struct error error = { 0 };

	if (!spaces_use(&wire->spaces, netns))
		add_space(wire, netns, tid, &error);
	if (!talks)
		return;
	spaces_take_why(&wire->spaces, netns, &error);
	if (error.code)
		sink_gap(wire->join.sink, GAP_NO_CAPTURE, 0, bytes_of(error.text));
}

/* Packets of the agent's may pass in pare's own namespace as well. */
static void begin(struct wire *wire, pid_t tid, bool talks)
{
	uint64_t own = wire->spaces.own, netns = spaces_netns(&wire->spaces, tid);

	wire->asked_tid = tid;
	wire->asked_netns = netns;
	begin_in(wire, own, 0, talks && netns == own);
	if (netns != own)
		begin_in(wire, netns, tid, talks);
}

void wire_begin(struct wire *wire, pid_t tid)
{
	begin(wire, tid, true);
}

void wire_expect(struct wire *wire, pid_t tid)
{
	begin(wire, tid, false);
}

static void end_spaces(struct wire *wire)
{
	struct space *space;

	while ((space = spaces_take_any(&wire->spaces)))
		space_end(space, wire->join.keep);
	spaces_end(&wire->spaces);
}

void wire_close(struct wire *wire)
{
	if (!wire)
		return;
	if (wire->begun) {
		wire->ends = true;
		eventfd_write(wire->wake, 1);
		pthread_join(wire->thread, NULL);
	}
	end_spaces(wire);
	if (wire->join.keep)
		keep_end(&wire->join);
	join_end(&wire->join);
	join_end(&wire->heard);
	hosts_release(&wire->hosts);
	close(wire->wake);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}
