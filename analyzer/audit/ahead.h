#ifndef ANALYZER_AUDIT_AHEAD_H
#define ANALYZER_AUDIT_AHEAD_H

#include "analyzer/run_facts.h"
#include "core/store.h"

/* Reads what runs did in a thread of its own, ahead of who looks at it: half of the time of an
 * audit is SQLite's. */
struct ahead;

typedef int access_reader(struct store *store, int64_t run, need_visit *visit, void *context,
			  struct error *err);

/* Of the runs that fit the filter, in their order; of those that began at `facts_since_ns` or later
 * their facts, too.  What is visited stays until ahead_close().  0 or -errno. */
int ahead_open(struct ahead **ret, const struct store *like, const struct run_filter *filter,
	       access_reader *read, int64_t facts_since_ns, struct error *err);
/* The facts of the run, which become the caller's, before what it did is visited.  0 or -errno. */
int ahead_facts(struct ahead *ahead, int64_t run, struct run_facts *ret, struct error *err);
/* Visits what the run did; runs that are not asked for are passed over.  0, what visit() returned,
 * or -errno. */
int ahead_each(struct ahead *ahead, int64_t run, need_visit *visit, void *context,
	       struct error *err);
void ahead_close(struct ahead *ahead); /* NULL is fine */

#endif
