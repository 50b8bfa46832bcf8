/* The thread of the wire: reads all captures, and joins packets with the calls that the tracer has
 * seen. */
#include "recorder/wire/wire_private.h"

#include "core/clock.h"
#include "recorder/wire/keep.h"

#include <poll.h>
#include <sys/eventfd.h>

#define LOOK_MS	 200 /* until flows that nothing explains are looked at again */
#define WAIT_MS	 100 /* until packets that wait to be kept are */
#define LEAVE_MS 500 /* between two looks who has left a network namespace */
#define LATE_MS	 30  /* a call waits so long for the packets before it */
#define LAST_MS	 30  /* what was sent at the very end is captured within */
#define READ_MS	 500 /* and handed over within: on a loaded machine that takes a while */

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

void *wire_watch(void *context)
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
