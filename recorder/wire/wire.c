#include "recorder/wire/wire.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/thread.h"
#include "recorder/wire/join.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define LOOK_MS 200 /* until flows that nothing explains are looked at again */
#define LAST_MS 30  /* what was sent at the very end is captured within */

struct wire {
	struct capture *capture;
	struct join join;
	pthread_t thread;
	pthread_mutex_t lock;
	struct use *sent, **sent_end; /* on their way to the thread; under the lock */
	_Atomic bool some_sent;
	bool begun;
	bool listens; /* no packets are captured: the tracer tells what passes, and joins */
	int wake;     /* eventfd(2): the thread is to end */
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

/* To be sent to no address in particular is to be sent to this host: ip(7). */
static struct endpoint remote_of(const struct sockaddr_storage *address)
{
	static const uint8_t four[4] = { 127, 0, 0, 1 }, none[16];
	struct endpoint endpoint = endpoint_of(address);

	if (memcmp(endpoint.address.byte, none, endpoint.address.size) != 0)
		return endpoint;
	if (endpoint.address.size == sizeof four)
		memcpy(endpoint.address.byte, four, sizeof four);
	else
		endpoint.address.byte[15] = 1;
	return endpoint;
}

static struct ends ends_of(const struct wire_ends *ends)
{
	return (struct ends){ (uint8_t)ends->protocol, endpoint_of(&ends->local),
			      remote_of(&ends->remote) };
}

bool wire_listens(const struct wire *wire)
{
	return wire && wire->listens;
}

bool wire_hear(struct wire *wire, const struct wire_ends *ends, bool sent, struct bytes bytes)
{
	const struct ends own = ends_of(ends);

	return join_hear(&wire->join, &own, sent, bytes, clock_now_ns());
}

void wire_unheard(struct wire *wire, int64_t image, const struct wire_ends *ends)
{
	const struct ends own = ends_of(ends);
	scoped(buffer) struct buffer detail = { 0 };

	buffer_add(&detail, "what was said to ");
	endpoint_write(own.protocol, &own.remote, &detail);
	sink_gap(wire->join.sink, GAP_UNREADABLE, image, buffer_bytes(&detail));
}

void wire_use(struct wire *wire, const struct observation *observation,
	      const struct wire_ends *ends)
{
	const struct ends own = ends_of(ends);
	struct use *use =
		wire->capture || wire->listens ? use_new(observation, clock_now_ns()) : NULL;

	if (!use)
		return;
	use->protocol = own.protocol;
	use->local = own.local;
	use->remote = own.remote;
	use->elsewhere = ends->elsewhere;
	if (wire->listens) {
		join_connected(&wire->join, &own, use->time_ns);
		join_use(&wire->join, use);
		return;
	}
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

static void read_all(struct wire *wire)
{
	while (capture_read(wire->capture, take_packet, wire) > 0)
		;
	take_uses(wire);
	wire->join.lost = capture_lost(wire->capture) > 0;
}

/* Packets are handed over some time after they passed, a few at a time. */
static void read_last(struct wire *wire, struct pollfd *ready)
{
	int64_t end_ns = clock_monotonic_ns() + LAST_MS * (SECOND_NS / 1000);
	int64_t left_ns;

	while ((left_ns = end_ns - clock_monotonic_ns()) > 0) {
		poll(ready, 1, (int)(left_ns / (SECOND_NS / 1000)) + 1);
		read_all(wire);
	}
}

static void *watch(void *context)
{
	struct wire *wire = context;
	struct pollfd ready[] = {
		{ .fd = capture_descriptor(wire->capture), .events = POLLIN },
		{ .fd = wire->wake, .events = POLLIN },
	};
	bool unexplained = false;

	while (!ready[1].revents) {
		poll(ready, 2, unexplained ? LOOK_MS : -1);
		read_all(wire);
		unexplained = join_look(&wire->join);
	}
	read_last(wire, ready);
	return NULL;
}

int wire_open(struct wire **ret, struct sink *sink, struct error *err)
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
	*ret = wire;
	return 0;
}

void wire_begin(struct wire *wire)
{
	struct error error = { 0 };
	int r;

	if (wire->begun)
		return;
	wire->begun = true;
	r = capture_open(&wire->capture, &error);
	if (r == 0 && thread_start(&wire->thread, "pare-wire", watch, wire) < 0) {
		capture_close(wire->capture);
		wire->capture = NULL;
	}
	wire->listens = wire->join.hidden = !wire->capture;
	if (wire->listens)
		sink_gap(wire->join.sink, GAP_NO_CAPTURE, 0,
			 bytes_of(r == -EPERM ? "CAP_NET_RAW" : error.text));
}

void wire_close(struct wire *wire)
{
	if (!wire)
		return;
	if (wire->capture) {
		eventfd_write(wire->wake, 1);
		pthread_join(wire->thread, NULL);
	}
	join_end(&wire->join);
	capture_close(wire->capture);
	close(wire->wake);
	pthread_mutex_destroy(&wire->lock);
	free(wire);
}
