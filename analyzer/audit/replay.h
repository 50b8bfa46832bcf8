#ifndef ANALYZER_AUDIT_REPLAY_H
#define ANALYZER_AUDIT_REPLAY_H

#include "analyzer/audit/auditing.h"
#include "core/store_event.h"

/* Single events of the run at hand, by grant: where they were recorded, how often a grant was used
 * is known exactly, and its limit is replayed as a token bucket. */
struct replayed_event {
	uint32_t grant;
	int64_t time_ns, count;
};

struct event_replay {
	struct events events; /* of the run */
	struct replayed_event *event;
	size_t count, capacity;
};

/* A run begins.  0 or -errno. */
int replay_begin(struct event_replay *replay, struct auditing *auditing, int64_t run);
/* The access of that seq is admitted by the grant.  0, -ENOMEM. */
int replay_add(struct event_replay *replay, uint32_t grant, int64_t seq);
/* The run is over: what its rates really were.  Before the next run's first use is counted. */
int replay_end(struct event_replay *replay, struct auditing *auditing, bool is_in_window);
void replay_release(struct event_replay *replay);

#endif
