#ifndef RECORDER_CALLS_RINGS_H
#define RECORDER_CALLS_RINGS_H

#include "recorder/calls/calls.h"
#include "recorder/calls/ring.h"

/* The rings of io_uring that the agent has set up, and what was submitted to them and has not come
 * to its end.  The kernel tells of an end by a completion that bears the number which the program
 * gave the submission (user_data); a program may give two the same, and then neither's end can be
 * told. */

struct rings;

/* What was submitted, until it ends. */
struct flight {
	struct flight *next;
	uint64_t user_data;
	struct call *call; /* NULL: nothing will be recorded of it */
	uint64_t count;	   /* so many have this number, and then no call */
	uint64_t round;	   /* of the ring, when it was submitted */
	bool silent;	   /* no completion comes when it succeeds */
};

struct uring {
	struct uring *next;
	uint64_t dev, ino; /* of the descriptor */
	pid_t tgid;	   /* who set it up */
	struct ring_shape shape;
	uint32_t sq_head;      /* the next that the kernel will take */
	uint32_t cq_tail;      /* the completions before have been looked at */
	unsigned inside;       /* calls of io_uring_enter(2) that have not ended */
	struct flight *coming; /* read, and not known to have been taken; in their order */
	struct flight *last;   /* of those */
	uint32_t coming_count;
	uint64_t round;
	struct flight *bucket[64]; /* by user_data */
	size_t flights;
};

/* 0 or -ENOMEM. */
int rings_open(struct rings **ret);
void rings_close(struct rings *rings); /* NULL is fine */
/* A new ring, in the place of one that was known by the same number.  NULL: no memory. */
struct uring *rings_add(struct rings *rings, uint64_t dev, uint64_t ino, pid_t tgid,
			const struct ring_shape *shape);
struct uring *rings_find(struct rings *rings, uint64_t dev, uint64_t ino); /* or NULL */
/* The process ends, or becomes another program: the end of what it submitted will not be seen. */
void rings_leave(struct rings *rings, const struct process *process); /* NULL is fine */

/* A submission has been read, and may be taken now.  `caller`: the call that submits it. */
void ring_comes(struct uring *ring, const struct call *caller, const struct io_uring_sqe *entry);
/* The kernel has taken the first `count` of those. */
void ring_taken(struct uring *ring, struct call *caller, uint32_t count);
/* The others will be read again. */
void ring_forget_coming(struct uring *ring);
/* A completion was seen in a stop of `caller`; `fresh`: the program has not seen it yet. */
void ring_ended(struct uring *ring, struct call *caller, const struct io_uring_cqe *entry,
		bool fresh);

#endif
