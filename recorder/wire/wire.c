#include "recorder/wire/wire.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/thread.h"
#include "recorder/wire/hosts.h"
#include "recorder/wire/join.h"
#include "recorder/wire/keep.h"
#include "recorder/wire/spaces.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_MS	 200 /* until flows that nothing explains are looked at again */
#define WAIT_MS	 100 /* until packets that wait to be kept are */
#define LEAVE_MS 500 /* between two looks who has left a network namespace */
#define LATE_MS	 30  /* a call waits so long for the packets before it */
#define LAST_MS	 30  /* what was sent at the very end is captured within */
#define READ_MS	 500 /* and handed over within: on a loaded machine that takes a while */

struct wire {
	struct spaces spaces;
	struct join join;
	struct hosts hosts;
	pthread_t thread;
	pthread_mutex_t lock;
	struct use *sent, **sent_end; /* on their way to the thread; under the lock */
	_Atomic bool some_sent;
	bool begun;	   /* the thread runs */
	bool listens;	   /* no packets are captured: the tracer tells what passes, and joins */
	_Atomic bool ends; /* it is to end */
	bool unexplained, waits; /* the thread's: there are flows, packets to look at again */
	int64_t next_leave_ns;	 /* the thread's, monotonic: when to look who has left */
	int wake;		 /* eventfd(2) for the thread: it ends, a new space, calls */
};

bool wire_listens(const struct wire *wire)
{
	return wire && wire->listens;
}

bool wire_hear(struct wire *wire, const struct wire_ends *ends, bool sent, struct bytes bytes)
{
	const struct ends own = ends_of_call(ends);

	return join_hear(&wire->join, &own, sent, bytes, clock_now_ns());
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

static void send_use(struct wire *wire, const struct observation *observation,
		     const struct wire_ends *ends, bool accepted)
{
	const struct ends own = ends_of_call(ends);
	uint32_t number = 0;
	bool seen = wire->listens ||
		    spaces_number(&wire->spaces, spaces_netns(&wire->spaces, ends->tid), &number);
	struct use *use;

	if (!seen && (accepted || !wire->begun))
		return;
	use = use_new(observation, clock_now_ns());
	if (!use)
		return;
	use->space = seen ? number : SPACE_UNSEEN;
	use->unseen = !seen;
	use->accepted = accepted;
	party_set(&use->party, ends->pid, ends->program);
	use->protocol = own.protocol;
	use->local = own.local;
	use->remote = own.remote;
	hosts_find(&wire->hosts, observation->access.image, &use->remote.address, &use->hosts);
	if (!wire->listens) {
		send_to_thread(wire, use);
		return;
	}
	join_connected(&wire->join, &own, use->time_ns);
	join_use(&wire->join, use);
	join_settle(&wire->join, INT64_MAX);
}

void wire_use(struct wire *wire, const struct observation *observation,
	      const struct wire_ends *ends)
{
	send_use(wire, observation, ends, false);
}

void wire_accepted(struct wire *wire, const struct wire_ends *ends)
{
	if (!wire->listens)
		send_use(wire, &(struct observation){ 0 }, ends, true);
}

void wire_file(struct wire *wire, const struct access *access, const char *root)
{
	hosts_access(&wire->hosts, access, root);
}

bool wire_keeps(const struct wire *wire)
{
	return wire && wire->join.keep;
}

static void take_uses(struct wire *wire)
{
	struct use *use, *next;

	if (!wire->some_sent)
		return;
	pthread_mutex_lock(&wire->lock);
	use = wire->sent;
	wire->sent = NULL;
	wire->sent_end = &wire->sent;
	wire->some_sent = false;
	pthread_mutex_unlock(&wire->lock);
	for (; use; use = next) {
		next = use->next;
		join_use(&wire->join, use);
	}
}

/* A space that is being read. */
struct reading_of {
	struct wire *wire;
	struct space *space;
};

/* A call is known before what was sent after it, and comes after what was sent before. */
static void take_packet(void *context, const struct captured *captured)
{
	const struct reading_of *reading = context;
	struct captured labelled = *captured;

	labelled.interface = reading->space->interface;
	labelled.space = reading->space->number;
	labelled.fragments = &reading->space->fragments;
	take_uses(reading->wire);
	join_packet(&reading->wire->join, &labelled);
}

static bool read_space(struct wire *wire, struct space *space)
{
	struct reading_of reading = { wire, space };
	struct capture_counts counts;
	bool more;

	space_keep(space, wire->join.keep);
	more = capture_read(space->capture, take_packet, &reading) > 0;
	capture_count(space->capture, &counts);
	wire->join.lost |= counts.lost > 0;
	return more;
}

static void look(struct wire *wire)
{
	take_uses(wire);
	wire->unexplained = join_look(&wire->join);
	wire->unexplained |= connections_look(&wire->join);
	wire->waits = keep_release(&wire->join, false);
}

static void read_all(struct wire *wire)
{
	struct space *space[SPACES_MAX];
	size_t count = spaces_list(&wire->spaces, space);
	int64_t since_ns;
	bool more;

	do {
		more = false;
		since_ns = clock_now_ns();
		for (size_t i = 0; i < count; i++)
			more |= read_space(wire, space[i]);
		look(wire); /* there may be more for as long as the agent likes */
	} while (more);
	join_settle(&wire->join, since_ns - LATE_MS * (SECOND_NS / 1000));
}

/* A capture holds the namespace, with its interfaces, which nobody in it may want any more. */
static void leave_spaces(struct wire *wire)
{
	int64_t now_ns = clock_monotonic_ns();
	struct space *left;

	if (now_ns < wire->next_leave_ns || !spaces_have_others(&wire->spaces))
		return;
	wire->next_leave_ns = now_ns + LEAVE_MS * (SECOND_NS / 1000);
	spaces_look(&wire->spaces);
	while ((left = spaces_take_left(&wire->spaces, now_ns - LEAVE_MS * (SECOND_NS / 1000)))) {
		while (left->capture && read_space(wire, left))
			;
		space_end(left, wire->join.keep);
	}
}

static int patience_of(struct wire *wire)
{
	if (wire->join.waiting)
		return LATE_MS;
	if (wire->waits)
		return WAIT_MS;
	if (wire->unexplained)
		return LOOK_MS;
	return spaces_have_others(&wire->spaces) ? LEAVE_MS : -1;
}

/* `wake` -1: for nothing but packets. */
static void wait_for_packets(struct wire *wire, int wake, int patience_ms)
{
	struct pollfd ready[SPACES_MAX + 1] = { { .fd = wake, .events = POLLIN } };
	struct space *space[SPACES_MAX];
	size_t count = spaces_list(&wire->spaces, space);
	eventfd_t woken;

	for (size_t i = 0; i < count; i++)
		ready[i + 1] = (struct pollfd){ .fd = capture_descriptor(space[i]->capture),
						.events = POLLIN };
	poll(ready, count + 1, patience_ms);
	if (ready[0].revents)
		eventfd_read(wake, &woken);
}

/* Reads for so long, or until all that was marked is read. */
static void read_for(struct wire *wire, int64_t patience_ms, bool marked)
{
	int64_t end_ns = clock_monotonic_ns() + patience_ms * (SECOND_NS / 1000), left_ns;

	while ((left_ns = end_ns - clock_monotonic_ns()) > 0 &&
	       !(marked && spaces_are_read(&wire->spaces))) {
		wait_for_packets(wire, -1, (int)(left_ns / (SECOND_NS / 1000)) + 1);
		read_all(wire);
	}
}

/* The kernel hands packets over a while after the first of them has come. */
static void read_last(struct wire *wire)
{
	read_for(wire, LAST_MS, false);
	spaces_mark(&wire->spaces);
	read_for(wire, READ_MS, true);
	wire->join.lost |= !spaces_are_read(&wire->spaces);
}

static void *watch(void *context)
{
	struct wire *wire = context;

	while (!wire->ends) {
		wait_for_packets(wire, wire->wake, patience_of(wire));
		read_all(wire);
		leave_spaces(wire);
	}
	read_last(wire);
	return NULL;
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
	wire->join.spaces = &wire->spaces;
	wire->join.keep = keep;
	*ret = wire;
	if (keep) /* a flow is known by its beginning */
		wire_begin(wire, 0);
	return 0;
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
	r = thread_start(&wire->thread, "pare-wire", watch, wire);
	wire->begun = r == 0;
	if (r < 0)
		error_set(err, -r, "watch the network");
}

static void add_space(struct wire *wire, uint64_t netns, pid_t tid, struct error *err)
{
	enum captured_size size = wire->join.keep ? CAPTURE_WHOLE : CAPTURE_NAMES;
	struct space *space = space_open(&wire->spaces, netns, tid, size, err);

	if (!space) {
		error_set(err, ENOMEM, "watch the network");
		return;
	}
	if (!spaces_add(&wire->spaces, space)) {
		error_say(err, ENOSPC, "more than %d network namespaces at once", SPACES_MAX);
		space_free(space);
	} else if (space->capture) {
		start_reading(wire, err);
	}
}

/* False where packets cannot be captured there. */
static bool begin_in(struct wire *wire, uint64_t netns, pid_t tid)
{
	struct error error = { 0 };

	if (spaces_use(&wire->spaces, netns))
		return true;
	add_space(wire, netns, tid, &error);
	if (error.code)
		sink_gap(wire->join.sink, GAP_NO_CAPTURE, 0, bytes_of(error.text));
	return !error.code;
}

void wire_begin(struct wire *wire, pid_t tid)
{
	uint64_t own = wire->spaces.own, netns;

	if (wire->listens)
		return;
	if (!wire->begun && !begin_in(wire, own, 0)) { /* and may not anywhere else */
		wire->listens = wire->join.hidden = true;
		return;
	}
	netns = spaces_netns(&wire->spaces, tid);
	if (netns != own)
		begin_in(wire, netns, tid);
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
	hosts_release(&wire->hosts);
	close(wire->wake);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}
