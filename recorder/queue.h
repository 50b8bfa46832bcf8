#ifndef RECORDER_QUEUE_H
#define RECORDER_QUEUE_H

#include "core/store.h"
#include "core/store_tool.h"
#include "recorder/sink.h"

#include <pthread.h>

/* The sink's inside: one thread appends, one takes all there is. */

enum entry_kind {
	QUEUE_ACCESS = 1,
	QUEUE_IMAGE,
	QUEUE_GAP,
	QUEUE_CONNECTION,
	QUEUE_CALL,
	QUEUE_TOOL
};

struct sink {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct buffer filling; /* entries not taken yet */
	bool closed;
	int64_t lost;		   /* appends that found no memory */
	int64_t at_ns, started_ns; /* --at, and when it was that time (monotonic); 0: the clock */
};

int sink_open(struct sink *sink, int64_t at_ns);
void sink_release(struct sink *sink);
void sink_close(struct sink *sink); /* no more will come */
/* Waits until there is much, 50 ms have passed or the sink is closed; swaps `ret` (emptied
 * first) for what is there.  False when closed and empty. */
bool sink_take(struct sink *sink, struct buffer *ret);

/* Takes one entry off `rest`; its bytes point into the buffer.  False at the end. */
struct queued {
	enum entry_kind kind;
	struct observation observation;
	struct image image;
	struct gap gap;
	struct connection connection;
	struct tool_call call;
	struct tool_listing listing;
};
bool queue_next(struct bytes *rest, struct queued *ret);

#endif
