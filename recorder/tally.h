#ifndef RECORDER_TALLY_H
#define RECORDER_TALLY_H

#include "core/store.h"
#include "recorder/sink.h"

/* Counts equal accesses: same image, phase, call, action, resource, names, outcome and means.
 * The distinct ones stay in memory until the end of the run. */
struct tally;

/* `phase` (NULL: none) is what accesses belong to that name no other; with `events` every single
 * one is kept, too (core/store_event.h). */
int tally_open(struct tally **ret, const char *phase, bool events);
void tally_close(struct tally *tally); /* NULL is fine */

/* From now on accesses belong to this phase.  0 or -ENOMEM. */
int tally_phase(struct tally *tally, struct bytes name);
/* Counts one.  0 or -ENOMEM. */
int tally_access(struct tally *tally, const struct observation *observation);
int tally_gap(struct tally *tally, const struct gap *gap);
int tally_connection(struct tally *tally, const struct connection *change);

/* Writes the rows that are not stored yet, and those whose counts have changed since if `again`,
 * within the caller's transaction. */
int tally_save(struct tally *tally, struct store *store, int64_t run, bool again,
	       struct error *err);
/* Bytes of the largest file that was written and is there (largest.c). */
int64_t tally_largest_file(struct tally *tally);
/* Whether there are such counts. */
bool tally_grew(const struct tally *tally);
/* It was taken back: what the store had called the names no longer holds. */
void tally_forget(struct tally *tally);
/* An access_source: every access, by seq. */
void tally_each(void *tally, access_sum *sum, void *context);
/* The transaction went through. */
void tally_saved(struct tally *tally, bool again);

#endif
