#ifndef ANALYZER_AUDIT_AUDIT_H
#define ANALYZER_AUDIT_AUDIT_H

#include "core/audit.h"

struct store;

/* What an agent was granted against what it used, on a day.  A function of the store, and of the
 * options: nothing that was recorded or granted later changes it.  `ret` must be zeroed.
 * -ENOENT: the agent holds no grants, or was never recorded. */
int audit_make(struct store *store, const struct audit_options *options, struct audit *ret,
	       struct error *err);

#endif
