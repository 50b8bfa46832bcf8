#ifndef RECORDER_CALLS_PATIENCE_H
#define RECORDER_CALLS_PATIENCE_H

#include <stdbool.h>
#include <sys/types.h>

/* Work that may wait for ever is done by another thread, and waited for only so long.  A thread
 * that waits in the kernel for a server cannot always be ended, not even by SIGKILL (FUSE waits
 * for the answer to what the server has read); but the server may go on while nobody waits for
 * that thread, and then the thread comes back by itself. */

struct job {
	void (*work)(struct job *);
	void (*free)(struct job *); /* of all that it holds */
	void (*late)(struct job *); /* it waits, and is about to be left */
	/* the rest is patience.c's */
	pid_t worker; /* 0: not begun */
	bool done, left;
	struct job *next;
};

/* 0: the work is done, and the job the caller's again.  -ETIMEDOUT: it waits in the kernel; the job
 * is freed when it comes back.  Another -errno: not begun, and the caller's. */
int patience_run(struct job *job);

#endif
