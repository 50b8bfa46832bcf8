#ifndef RECORDER_CALLS_OPERATION_H
#define RECORDER_CALLS_OPERATION_H

#include "recorder/calls/calls.h"

#include <linux/io_uring.h>

/* What an operation of io_uring does, as uring.def has it. */
struct operation {
	enum operation_kind {
		OPERATION_UNKNOWN,
		OPERATION_AS,
		OPERATION_QUIET,
		OPERATION_UNSEEN
	} kind;
	const char *name;
	const char *call; /* OPERATION_AS: the system call that does the same */
	unsigned char field[6];
};

/* Never NULL. */
const struct operation *operation_of(uint8_t number);
/* Makes a call of the submission, as if it had stopped at its entry: its row and its arguments, and
 * reads what these point to.  call->settled: nothing will come of it.  `call` is new but for the
 * thread that submits it, and call->ring. */
void operation_enter(struct call *call, const struct operation *operation,
		     const struct io_uring_sqe *entry);

/* A descriptor from here on is the index of a file that is registered with the ring, and this: the
 * kernel has none as high (fs.nr_open, proc(5)). */
#define REGISTERED_FILE 0x40000000

/* Names the file that a ring has registered, as resolve_descriptor() would: /proc/TID/fdinfo/RING,
 * "UserFiles".  0, -ENOENT, or -ENOTSUP from a kernel that shows only the last part of a path. */
int registered_file(pid_t tid, int ring, unsigned index, struct buffer *ret);

#endif
