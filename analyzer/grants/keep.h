#ifndef ANALYZER_GRANTS_KEEP_H
#define ANALYZER_GRANTS_KEEP_H

#include "core/store_grants.h"

struct granted;

/* Writes what was imported, which is finished, into the store, in one transaction.  `as` says
 * whose it is and since when; its documents and digest are made here.  1: nothing was written,
 * for it is what the source granted last. */
int granted_keep(const struct granted *grants, struct store *store, const struct stored_grants *as,
		 struct error *err);

/* The same within the caller's transaction.  0 or -errno. */
int granted_add_set(const struct granted *granted, struct store *store,
		    const struct stored_grants *as, struct error *err);

#endif
