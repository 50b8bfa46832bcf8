#ifndef RECORDER_WIRE_WIRE_PRIVATE_H
#define RECORDER_WIRE_WIRE_PRIVATE_H

/* What wire.c, for the tracer, and wire_watch.c, the thread, share; nobody else includes it. */

#include "core/error.h"
#include "recorder/wire/hosts.h"
#include "recorder/wire/join.h"
#include "recorder/wire/spaces.h"
#include "recorder/wire/wire.h"

struct wire {
	struct spaces spaces;
	struct join join;  /* of packets; the thread's once that runs */
	struct join heard; /* the tracer's: of what calls show where nothing is captured */
	struct hosts hosts;
	pthread_t thread;
	pthread_mutex_t lock;
	struct use *sent, **sent_end; /* on their way to the thread; under the lock */
	_Atomic bool some_sent;
	pid_t asked_tid;	 /* the tracer's: for whom wire_begin() was called last, */
	uint64_t asked_netns;	 /* and in which namespace that is */
	bool begun;		 /* the thread runs */
	bool is_blind;		 /* there are namespaces that nothing can be captured in */
	_Atomic bool ends;	 /* it is to end */
	bool unexplained, waits; /* the thread's: there are flows, packets to look at again */
	int64_t next_leave_ns;	 /* the thread's, monotonic: when to look who has left */
	int wake;		 /* eventfd(2) for the thread: it ends, a new space, calls */
};

/* The thread; `context` is the wire. */
void *wire_watch(void *context);

#endif
