#ifndef CORE_STORE_EVENT_H
#define CORE_STORE_EVENT_H

#include "core/bytes.h"

#include <stddef.h>
#include <stdint.h>

struct error;
struct store;

/* Single events of a run: when each access happened.  A part holds three numbers for each: the
 * access's seq, the time in ns and the count, the first two as differences to those before (from 0
 * in each part), as integers of 7 bits a byte, the lowest first, the sign in the lowest bit
 * (zigzag, LEB128). */

struct event {
	int64_t seq; /* access.seq */
	int64_t time_ns, count;
};

/* Writes a part. */
struct event_writer {
	struct buffer data;
	struct event last;
	int64_t part; /* written before */
};

void event_add(struct event_writer *writer, int64_t seq, int64_t time_ns, int64_t count);
/* Writes what was added as the next part, in the caller's transaction; event_saved() once that has
 * gone through. */
int event_save(struct event_writer *writer, struct store *store, int64_t run, struct error *err);
void event_saved(struct event_writer *writer);

/* All events of a run, by seq and then by time; what was taken back (a count below 0) is gone,
 * with the latest that it was said of. */
struct events {
	struct event *event;
	size_t count, capacity;
};

/* `ret` must be zeroed.  0, also where there are none, or -errno. */
int events_read(struct events *ret, struct store *store, int64_t run, struct error *err);
/* Those of one access: `*ret_count` of them from the one that is returned on. */
const struct event *events_of(const struct events *events, int64_t seq, size_t *ret_count);
void events_release(struct events *events);
void events_cleanup(struct events *events); /* for scoped(events) */

#endif
