#include "recorder/calls/rings.h"

#include "recorder/calls/operation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define RINGS_MAX   1024
#define FLIGHTS_MAX 65536 /* of a ring; as many as completions have room */

/* Linux 6.0 and 5.19; Debian 12's header has them, older ones may not. */
#define MORE   (1U << 1) /* IORING_CQE_F_MORE */
#define NOTICE (1U << 3) /* IORING_CQE_F_NOTIF */

#define RECEIVES_MANY (1U << 1) /* IORING_RECV_MULTISHOT, in ioprio */

struct rings {
	struct uring *first; /* the newest */
	size_t count;
};

int rings_open(struct rings **ret)
{
	struct rings *rings = calloc(1, sizeof *rings);

	if (!rings)
		return -ENOMEM;
	*ret = rings;
	return 0;
}

/* Takes the call out of a flight. */
static void drop_call(struct flight *flight)
{
	if (flight->call) {
		call_release(flight->call);
		free(flight->call);
	}
	flight->call = NULL;
}

/* Nobody will see its end. */
static void lose_end(struct flight *flight)
{
	struct call *call = flight->call;

	if (!call)
		return;
	call->named = true;
	if (call->unreadable)
		call_report_gap(call, GAP_UNREADABLE, call->row->name);
	call_abandon(call);
	drop_call(flight);
}

static void flight_free(struct flight *flight)
{
	drop_call(flight);
	free(flight);
}

static void ring_clear(struct uring *ring)
{
	for (size_t i = 0; i < sizeof ring->bucket / sizeof *ring->bucket; i++)
		while (ring->bucket[i]) {
			struct flight *flight = ring->bucket[i];

			ring->bucket[i] = flight->next;
			lose_end(flight);
			flight_free(flight);
		}
	ring->flights = 0;
}

void ring_forget_coming(struct uring *ring)
{
	while (ring->coming) {
		struct flight *flight = ring->coming;

		ring->coming = flight->next;
		flight_free(flight);
	}
	ring->coming_count = 0;
}

/* Takes out what *at points to. */
static void rings_remove(struct rings *rings, struct uring **at)
{
	struct uring *ring = *at;

	*at = ring->next;
	rings->count--;
	ring_forget_coming(ring);
	ring_clear(ring);
	free(ring);
}

void rings_close(struct rings *rings)
{
	while (rings && rings->first)
		rings_remove(rings, &rings->first);
	free(rings);
}

static struct uring **find(struct rings *rings, uint64_t dev, uint64_t ino)
{
	struct uring **at = &rings->first;

	while (*at && ((*at)->ino != ino || (*at)->dev != dev))
		at = &(*at)->next;
	return at;
}

/* That a ring is closed is not seen: the oldest makes room. */
static void make_room(struct rings *rings)
{
	struct uring **at = &rings->first;

	if (rings->count < RINGS_MAX)
		return;
	while ((*at)->next)
		at = &(*at)->next;
	rings_remove(rings, at);
}

struct uring *rings_add(struct rings *rings, uint64_t dev, uint64_t ino, pid_t tgid,
			const struct ring_shape *shape)
{
	struct uring **there = find(rings, dev, ino), *ring;

	if (*there)
		rings_remove(rings, there);
	make_room(rings);
	ring = calloc(1, sizeof *ring);
	if (!ring)
		return NULL;
	*ring = (struct uring){
		.next = rings->first, .dev = dev, .ino = ino, .tgid = tgid, .shape = *shape
	};
	rings->first = ring;
	rings->count++;
	return ring;
}

struct uring *rings_find(struct rings *rings, uint64_t dev, uint64_t ino)
{
	return *find(rings, dev, ino);
}

static void leave_list(struct flight *first, const struct process *process)
{
	for (struct flight *flight = first; flight; flight = flight->next)
		if (flight->call && flight->call->process == process)
			lose_end(flight);
}

void rings_leave(struct rings *rings, const struct process *process)
{
	for (struct uring *ring = rings ? rings->first : NULL; ring; ring = ring->next) {
		leave_list(ring->coming, process);
		for (size_t i = 0; i < sizeof ring->bucket / sizeof *ring->bucket; i++)
			leave_list(ring->bucket[i], process);
	}
}

static void report_gap(struct call *call, const char *name)
{
	char detail[48];

	snprintf(detail, sizeof detail, "operation %s", name);
	call_report_gap(call, GAP_IO_URING, detail);
}

/* What no call is made of, or what such a call would not tell. */
static bool is_hidden(const struct call *call, const struct io_uring_sqe *entry)
{
	/* It puts the control messages where no msghdr says. */
	if (call->row->leave == leave_receive)
		return entry->ioprio & RECEIVES_MANY;
	/* The socket cannot be asked for its address. */
	return call->row->leave == leave_listen && call->argument[0] >= REGISTERED_FILE &&
	       entry->flags & IOSQE_FIXED_FILE;
}

/* The call that the submission is like; NULL where none is wanted. */
static struct call *call_new(const struct call *caller, const struct operation *operation,
			     const struct io_uring_sqe *entry)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call)
		return NULL;
	call->tid = caller->tid;
	call->process = caller->process;
	call->sink = caller->sink;
	call->wire = caller->wire;
	call->names = caller->names;
	call->entry = caller->entry;
	call->ring = caller->ring;
	operation_enter(call, operation, entry);
	if (!call->settled && is_hidden(call, entry)) {
		report_gap(call, operation->name);
		call->settled = true;
	}
	if (!call->settled)
		return call;
	call_release(call);
	free(call);
	return NULL;
}

static void report_unseen(const struct call *caller, const struct operation *operation,
			  uint8_t number)
{
	struct call call = *caller;
	char name[8];

	snprintf(name, sizeof name, "%u", number);
	report_gap(&call, operation->kind == OPERATION_UNSEEN ? operation->name : name);
}

void ring_comes(struct uring *ring, const struct call *caller, const struct io_uring_sqe *entry)
{
	const struct operation *operation = operation_of(entry->opcode);
	struct flight *flight = calloc(1, sizeof *flight);

	if (!flight)
		return;
	*flight = (struct flight){ .user_data = entry->user_data,
				   .count = 1,
				   .silent = entry->flags & IOSQE_CQE_SKIP_SUCCESS };
	if (operation->kind == OPERATION_AS)
		flight->call = call_new(caller, operation, entry);
	else if (operation->kind != OPERATION_QUIET)
		report_unseen(caller, operation, entry->opcode);
	*(ring->coming ? &ring->last->next : &ring->coming) = flight;
	ring->last = flight;
	ring->coming_count++;
}

static struct flight **bucket_of(struct uring *ring, uint64_t user_data)
{
	struct flight **at = &ring->bucket[(user_data ^ user_data >> 6 ^ user_data >> 12) % 64];

	while (*at && (*at)->user_data != user_data)
		at = &(*at)->next;
	return at;
}

static void note_change(struct call *caller, const struct flight *flight)
{
	if (flight->call && call_changes_paths(flight->call->row))
		caller->paths_changed = true;
}

static void take_one(struct uring *ring, struct flight *flight)
{
	struct flight **at;

	if (ring->flights >= FLIGHTS_MAX)
		ring_clear(ring);
	at = bucket_of(ring, flight->user_data);
	flight->round = ring->round;
	if (!*at && !flight->silent) {
		flight->next = NULL;
		*at = flight;
		ring->flights++;
		return;
	}
	if (*at) {
		lose_end(*at);
		(*at)->count += !flight->silent;
	}
	lose_end(flight);
	flight_free(flight);
}

void ring_taken(struct uring *ring, struct call *caller, uint32_t count)
{
	ring->round++;
	for (; count > 0 && ring->coming; count--) {
		struct flight *flight = ring->coming;

		ring->coming = flight->next;
		ring->coming_count--;
		ring->sq_head++;
		note_change(caller, flight);
		take_one(ring, flight);
	}
}

/* Whether more may come of the same submission: accept(2) again and again. */
static bool goes_on(const struct call *call, const struct io_uring_cqe *entry)
{
	return entry->flags & MORE && call->row->leave == leave_accept;
}

static void leave(struct call *call, bool fresh)
{
	if (call->unreadable && call->result >= 0)
		call_report_gap(call, GAP_UNREADABLE, call->row->name);
	/* The program may have used the memory again. */
	if (call->row->leave == leave_receive && !fresh && call->result >= 0)
		report_gap(call, "RECVMSG");
	else
		call->row->leave(call);
}

static void end_call(const struct uring *ring, struct flight *flight, struct call *caller,
		     const struct io_uring_cqe *entry, bool fresh)
{
	struct call *call = flight->call;

	if (call->process != caller->process) {
		lose_end(flight);
		return;
	}
	note_change(caller, flight);
	call->tid = caller->tid; /* the other thread may be gone */
	call->named = flight->round != ring->round || !fresh;
	call->distant |= !fresh;
	call->result = entry->res;
	leave(call, fresh);
	if (!goes_on(call, entry))
		drop_call(flight);
}

void ring_ended(struct uring *ring, struct call *caller, const struct io_uring_cqe *entry,
		bool fresh)
{
	struct flight **at = bucket_of(ring, entry->user_data), *flight = *at;

	if (!flight)
		return;
	if (flight->call && !(entry->flags & NOTICE))
		end_call(ring, flight, caller, entry, fresh);
	if (entry->flags & MORE || --flight->count > 0)
		return;
	*at = flight->next;
	ring->flights--;
	flight_free(flight);
}
