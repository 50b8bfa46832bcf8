#include "recorder/wire/wire.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/thread.h"
#include "recorder/wire/join.h"
#include "recorder/wire/keep.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_MS 200 /* until flows that nothing explains are looked at again */
#define WAIT_MS 100 /* until packets that wait to be kept are */
#define LAST_MS 30  /* what was sent at the very end is captured within */

struct wire {
	struct capture *capture;
	struct join join;
	pthread_t thread;
	pthread_mutex_t lock;
	struct use *sent, **sent_end; /* on their way to the thread; under the lock */
	_Atomic bool some_sent;
	bool begun;
	bool unexplained, waits; /* the thread's: there are flows, packets to look at again */
	int wake;		 /* eventfd(2): the thread is to end */
};

static struct endpoint endpoint_of(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *in6 = (const void *)address;
	const struct sockaddr_in *in = (const void *)address;
	struct endpoint endpoint = { 0 };
	const void *bytes = &in->sin_addr;

	endpoint.port = ntohs(in->sin_port); /* in the same place for both */
	endpoint.address.size = 4;
	if (address->ss_family == AF_INET6) {
		bytes = &in6->sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			bytes = &in6->sin6_addr.s6_addr[12];
		else
			endpoint.address.size = 16;
	}
	memcpy(endpoint.address.byte, bytes, endpoint.address.size);
	return endpoint;
}

void wire_use(struct wire *wire, const struct observation *observation,
	      const struct wire_ends *ends)
{
	struct use *use = wire->capture ? use_new(observation, clock_now_ns()) : NULL;

	if (!use)
		return;
	party_set(&use->party, ends->pid, ends->program);
	use->protocol = (uint8_t)ends->protocol;
	use->local = endpoint_of(&ends->local);
	use->remote = endpoint_of(&ends->remote);
	pthread_mutex_lock(&wire->lock);
	*wire->sent_end = use;
	wire->sent_end = &use->next;
	wire->some_sent = true;
	pthread_mutex_unlock(&wire->lock);
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

/* A call is known before what was sent after it. */
static void take_packet(void *context, const struct captured *captured)
{
	struct wire *wire = context;

	take_uses(wire);
	join_packet(&wire->join, captured);
}

static void look(struct wire *wire)
{
	wire->unexplained = join_look(&wire->join);
	wire->waits = keep_release(&wire->join, false);
}

static void read_all(struct wire *wire)
{
	while (capture_read(wire->capture, take_packet, wire) > 0)
		look(wire); /* there may be more for as long as the agent likes */
	take_uses(wire);
	look(wire);
}

static void *watch(void *context)
{
	struct wire *wire = context;
	struct pollfd ready[] = {
		{ .fd = capture_descriptor(wire->capture), .events = POLLIN },
		{ .fd = wire->wake, .events = POLLIN },
	};

	while (!ready[1].revents) {
		poll(ready, 2, wire->waits ? WAIT_MS : wire->unexplained ? LOOK_MS : -1);
		read_all(wire);
	}
	poll(ready, 1, LAST_MS);
	read_all(wire);
	return NULL;
}

int wire_open(struct wire **ret, struct sink *sink, struct keep *keep, struct error *err)
{
	struct wire *wire = calloc(1, sizeof *wire);

	if (!wire)
		return error_set(err, ENOMEM, "watch the network");
	wire->wake = eventfd(0, EFD_CLOEXEC);
	if (wire->wake < 0) {
		free(wire);
		return error_set(err, errno, "watch the network");
	}
	wire->sent_end = &wire->sent;
	pthread_mutex_init(&wire->lock, NULL);
	join_begin(&wire->join, sink);
	wire->join.keep = keep;
	*ret = wire;
	if (keep) /* a flow is known by its beginning */
		wire_begin(wire);
	return 0;
}

void wire_begin(struct wire *wire)
{
	struct error error = { 0 };
	int r;

	if (wire->begun)
		return;
	wire->begun = true;
	r = capture_open(&wire->capture, wire->join.keep ? CAPTURE_WHOLE : CAPTURE_NAMES, &error);
	if (r == 0 && wire->join.keep)
		capture_set_interface(wire->capture, keep_interface(wire->join.keep, wire->capture,
								    "of the host"));
	if (r == 0 && thread_start(&wire->thread, "pare-wire", watch, wire) < 0) {
		capture_close(wire->capture);
		wire->capture = NULL;
	}
	if (!wire->capture)
		sink_gap(wire->join.sink, GAP_NO_CAPTURE, 0,
			 bytes_of(r == -EPERM ? "CAP_NET_RAW" : error.text));
}

static void end_keep(struct wire *wire)
{
	struct keep *keep = wire->join.keep;

	if (!keep)
		return;
	if (wire->capture)
		keep_interface_ended(keep, 0, wire->capture);
	keep_end(&wire->join);
}

void wire_close(struct wire *wire)
{
	if (!wire)
		return;
	if (wire->capture) {
		eventfd_write(wire->wake, 1);
		pthread_join(wire->thread, NULL);
	}
	end_keep(wire);
	join_end(&wire->join);
	capture_close(wire->capture);
	close(wire->wake);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}
