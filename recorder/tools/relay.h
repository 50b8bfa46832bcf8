#ifndef RECORDER_TOOLS_RELAY_H
#define RECORDER_TOOLS_RELAY_H

#include "recorder/tools/copies.h"

/* Hands bytes on in one direction, as they come, in a thread of its own, so that neither direction
 * ever waits for the other.  It keeps no more than one read: who sends too fast waits, as without
 * it. */
struct relay_way {
	enum side side; /* who sends */
	int from, to;	/* descriptors, closed at the end: so both ends learn of it */
	int ended;	/* becomes readable when the server is no longer there */
	struct copies *copies;
	pthread_t thread;
};

#define RELAY_READ ((size_t)64 * 1024)

/* 0 or -errno. */
int relay_start(struct relay_way *way);
/* Waits until all is handed on, or nobody takes it any more.  Once the server has ended, a silence
 * of a second is the end, too: who else has its output open may keep it for ever. */
void relay_finish(struct relay_way *way);

#endif
