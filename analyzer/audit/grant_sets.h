#ifndef ANALYZER_AUDIT_GRANT_SETS_H
#define ANALYZER_AUDIT_GRANT_SETS_H

#include "core/hash.h"

/* Sets of grants, with who does not grant it, each kept once: most of what was used has the same.
 */

struct grant_set {
	UT_hash_handle hh;
	uint32_t number; /* of sets->set */
	uint64_t beyond; /* sources (bits) that have a say in it and do not grant it */
	size_t count;
	uint32_t grant[]; /* numbers, sorted */
};

/* Zero one to begin. */
struct grant_sets {
	struct grant_set **set;
	size_t count, capacity;
	struct grant_set *by_content;
};

/* The number of the set of these, which are sorted.  0, -ENOMEM. */
int grant_sets_find(struct grant_sets *sets, uint64_t beyond, const uint32_t *grant, size_t count,
		    uint32_t *ret);
void grant_sets_release(struct grant_sets *sets);

#endif
