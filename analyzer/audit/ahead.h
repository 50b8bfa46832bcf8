#ifndef ANALYZER_AUDIT_AHEAD_H
#define ANALYZER_AUDIT_AHEAD_H

#include "core/store.h"

/* Reads what runs did in a thread of its own, ahead of who looks at it: half of the time of an
 * audit is SQLite's. */
struct ahead;

typedef int access_reader(struct store *store, int64_t run, need_visit *visit, void *context,
			  struct error *err);

/* Of the runs that fit the filter, in their order.  What is visited stays until ahead_close().
 * 0 or -errno. */
int ahead_open(struct ahead **ret, const struct store *like, const struct run_filter *filter,
	       access_reader *read, struct error *err);
/* Visits what the run did; runs that are not asked for are passed over.  0, what visit() returned,
 * or -errno. */
int ahead_each(struct ahead *ahead, int64_t run, need_visit *visit, void *context,
	       struct error *err);
void ahead_close(struct ahead *ahead); /* NULL is fine */

#endif
