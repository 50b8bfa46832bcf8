#ifndef RECORDER_FAST_LOG_H
#define RECORDER_FAST_LOG_H

#include "core/bytes.h"
#include "recorder/fast/layout.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The reader of the shared log.  What stands there was written by the agent's processes: nothing of
 * it is believed, and no process can keep the reader waiting by dying or stopping. */

struct log_place {
	struct bytes base; /* where a relative path starts */
	struct bytes path;
};

struct log_call {
	int64_t image;
	pid_t tgid; /* who made it; the parent's for a child of vfork(2) */
	unsigned number;
	uint64_t flags;
	bool existed;
	bool ended; /* else its process died in it, and there is no result */
	int32_t result;
	struct log_place place[2];
};

typedef void log_visit(void *context, const struct log_call *call);

struct log {
	struct ring *ring;
	log_visit *visit;
	void *context;
	uint64_t stuck; /* position that could not be read, and how often */
	unsigned stuck_times;
	struct pending *pending; /* taken before their end */
	int64_t calls, broken;	 /* visited; entries that no hook writes */
};

void log_open(struct log *ret, struct ring *ring, log_visit *visit, void *context);
/* Visits what is still pending, as not ended. */
void log_close(struct log *log);

/* Visits what has ended, in order; what does not end soon is taken as it is and visited later. */
void log_read(struct log *log);
/* The same for all that was entered before now: afterwards nothing in the log needs to be looked
 * up any more. */
void log_read_all(struct log *log);
/* The process is gone: what it had entered will not end. */
void log_owner_ended(struct log *log, pid_t tgid);

#endif
