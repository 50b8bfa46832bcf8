#ifndef RECORDER_TALLY_H
#define RECORDER_TALLY_H

#include "core/store.h"
#include "recorder/sink.h"

/* Counts equal accesses: same image, phase, call, action, resource, names, outcome and means.
 * The distinct ones stay in memory until the end of the run. */
struct tally;

/* `phase` (NULL: none) is what accesses belong to that name no other; borrowed. */
int tally_open(struct tally **ret, const char *phase);
void tally_close(struct tally *tally); /* NULL is fine */

/* Counts one.  0 or -ENOMEM. */
int tally_access(struct tally *tally, const struct observation *observation);
int tally_gap(struct tally *tally, const struct gap *gap);

/* Writes every row that changed since the last tally_saved(), within the caller's transaction. */
int tally_save(struct tally *tally, struct store *store, int64_t run, struct error *err);
/* It was taken back: what the store had called the names no longer holds. */
void tally_forget(struct tally *tally);
/* An access_source: every access, by seq. */
void tally_each(void *tally, access_sum *sum, void *context);
/* The transaction went through: what was written is no longer "changed". */
void tally_saved(struct tally *tally);

#endif
