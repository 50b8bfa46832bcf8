#ifndef RECORDER_FAST_REPLAY_H
#define RECORDER_FAST_REPLAY_H

#include "recorder/calls/calls.h"
#include "recorder/fast/log.h"

/* Turns logged calls into accesses, by the same shapes that stopped calls go through. */
struct replay {
	const struct call_table *table;
	struct process process; /* whose image changes with each call */
	struct past past;
	struct call call;
};

/* `root`: names_open().  0 or -errno.  The replay must not be moved afterwards. */
int replay_open(struct replay *ret, const struct call_table *table, int root);
void replay_close(struct replay *replay);
/* `times`: so many equal ones. */
void replay_call(struct replay *replay, const struct log_call *logged, int64_t times);
/* Whether the call may change what others find. */
bool replay_changes(const struct replay *replay, const struct log_call *logged);

#endif
