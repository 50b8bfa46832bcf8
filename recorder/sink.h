#ifndef RECORDER_SINK_H
#define RECORDER_SINK_H

#include "core/store.h"

/* Where observations go: the writer thread's queue.  Everything is copied; the caller's bytes
 * may change when these return.  They block only when the writer is 8 MiB behind, and
 * then for half a second. */
struct sink;
struct tool_listing;

/* An access, just now: times and peaks are the writer's business. */
struct observation {
	struct access access;
	int64_t time_ns;
	int64_t count; /* so many equal ones */
	/* A rename made it: the new name is the run's own where the old one was. NULL data: none.
	 */
	struct bytes moved_from;
	bool replaced; /* and the deletion of what had the name was the observation before */
};

void sink_access(struct sink *sink, const struct observation *observation);
void sink_image(struct sink *sink, const struct image *image);
void sink_gap(struct sink *sink, enum gap_kind kind, int64_t image, struct bytes detail);
/* A change of what was said before, or something new: its counts, which may be below 0, are added
 * to the connections that are alike. */
void sink_connection(struct sink *sink, const struct connection *change);

/* A call as it is known now: said again, with the same seq, when its end is. */
void sink_call(struct sink *sink, const struct tool_call *call);
void sink_tool(struct sink *sink, const struct tool_listing *listing);

/* The time that is stored for "now": the clock, or --at and what has passed since. */
int64_t sink_now_ns(const struct sink *sink);
/* The same for a moment of the system's clock, not long ago. */
int64_t sink_time_ns(const struct sink *sink, int64_t time_ns);

#endif
