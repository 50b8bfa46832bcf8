#ifndef RECORDER_TOOLS_COPIES_H
#define RECORDER_TOOLS_COPIES_H

#include "recorder/tools/talk.h"

#include <pthread.h>

/* Copies of what was relayed, on their way to who reads them: two threads add, one takes.  To add
 * never waits for who takes; what finds no room is missing. */

#define COPIES_MAX ((size_t)64 * 1024 * 1024)

struct copies {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct buffer filling; /* copies that were not taken yet */
	bool closed, refused;
	bool missing[2]; /* by side: nothing was kept since */
};

struct copy {
	enum side side;
	bool is_gap; /* bytes are missing before it */
	int64_t time_ns;
	struct bytes data;
};

void copies_open(struct copies *copies);
void copies_add(struct copies *copies, enum side side, struct bytes data, int64_t time_ns);
/* No more will be added, and none taken. */
void copies_close(struct copies *copies);
void copies_refuse(struct copies *copies);
/* Waits for some, swaps `ret` (emptied first) for them; false when closed and empty. */
bool copies_take(struct copies *copies, struct buffer *ret);
/* Takes one off `rest`; its bytes point into the buffer.  False at the end. */
bool copies_next(struct bytes *rest, struct copy *ret);
/* Whether the last bytes of that side found no room. */
bool copies_end_missing(struct copies *copies, enum side side);
void copies_release(struct copies *copies);

#endif
