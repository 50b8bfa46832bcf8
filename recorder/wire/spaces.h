#ifndef RECORDER_WIRE_SPACES_H
#define RECORDER_WIRE_SPACES_H

#include "core/error.h"
#include "recorder/wire/capture.h"
#include "recorder/wire/fragments.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

struct keep;

#define SPACES_MAX   64
#define SPACE_UNSEEN UINT32_MAX /* of all namespaces that nothing is captured in */

/* A network namespace that packets are captured in: pare's own, or one that the agent has made or
 * entered (network_namespaces(7)). */
struct space {
	uint32_t number; /* 0 is pare's own; no two have the same, even one after the other */
	uint64_t netns;	 /* inode of /proc/PID/ns/net */
	bool is_kept;	 /* the thread of the wire: it has a number in the file of kept packets */
	uint32_t interface;
	struct capture *capture; /* NULL: there is no way to capture here, */
	struct error why;	 /* which this says, and then a gap does; the tracer's */
	pid_t member;		 /* a thread of the agent's that is in it; 0: none was found */
	int64_t used_ns;	 /* monotonic: a call was made in it */
	struct fragments fragments;
};

/* Spaces are added by the tracer's thread, and looked at and removed by the wire's. */
struct spaces {
	pthread_mutex_t lock;
	struct space *space[SPACES_MAX];
	_Atomic size_t count;
	uint64_t own; /* netns of pare's */
	uint32_t numbers;
};

void spaces_begin(struct spaces *spaces);
/* When nobody else uses them any more: takes one out; NULL: there is none left. */
struct space *spaces_take_any(struct spaces *spaces);
void spaces_end(struct spaces *spaces); /* once all are taken out */
/* The network namespace of a thread, 0: this one.  What cannot be told counts as pare's own. */
uint64_t spaces_netns(const struct spaces *spaces, pid_t tid);
/* Whether the namespace has a space already; notes that it is used. */
bool spaces_use(struct spaces *spaces, uint64_t netns);
enum sight {
	SIGHT_NONE,  /* the namespace has no space */
	SIGHT_BLIND, /* nothing can be captured in it */
	SIGHT_CAPTURED,
};
/* `ret_number`, of its space, is set where that is captured. */
enum sight spaces_sight(struct spaces *spaces, uint64_t netns, uint32_t *ret_number);
/* spaces_open.c: a space for the namespace of thread `tid`, whose is `netns`.  NULL: no memory. */
struct space *space_open(struct spaces *spaces, uint64_t netns, pid_t tid, enum captured_size size);
/* Why nothing can be captured in it: says so once. */
void spaces_take_why(struct spaces *spaces, uint64_t netns, struct error *ret);
void space_free(struct space *space); /* NULL is fine */
/* Adds it.  False where there are SPACES_MAX. */
bool spaces_add(struct spaces *spaces, struct space *space);

/* From the wire's thread: */

/* Those that have a capture.  Returns how many. */
size_t spaces_list(struct spaces *spaces, struct space *ret[static SPACES_MAX]);
/* Where packets are kept (`keep` not NULL), those of this space are from now on. */
void space_keep(struct space *space, struct keep *keep);
/* Frees it; no more is kept of it. */
void space_end(struct space *space, struct keep *keep);
/* capture_mark() for all of them; whether they are read up to there. */
void spaces_mark(struct spaces *spaces);
bool spaces_are_read(struct spaces *spaces);
/* Whether there are others than pare's own. */
bool spaces_have_others(struct spaces *spaces);
/* Finds the agent's threads in all but pare's own; goes through all processes. */
void spaces_look(struct spaces *spaces);
/* Takes out one that nobody of the agent's was found in, and that was not used since `since_ns`;
 * NULL: there is none.  It is the caller's to free. */
struct space *spaces_take_left(struct spaces *spaces, int64_t since_ns);
/* A thread in that space; 0 for pare's own, -1 where there is none. */
pid_t spaces_member(struct spaces *spaces, uint32_t number);

#endif
