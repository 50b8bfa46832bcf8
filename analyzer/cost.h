#ifndef ANALYZER_COST_H
#define ANALYZER_COST_H

#include "analyzer/names_tree.h"
#include "analyzer/objective.h"

struct feasible;

/* What the rules of one path cost (analyzer/objective.h), times the number of runs: a denial that
 * leaving one run out would bring counts `denial` once. */
struct costing {
	struct feasible *feasible;
	const struct tuning *tuning;
	int64_t runs;
	uint64_t admitted; /* beyond the evidence, by the open components of the path */
};

/* The members of a node whose path is `path`, `open` components of which are open.  -ENOMEM. */
int64_t cost_of_members(const struct costing *costing, const char *path, const struct tree *tree,
			int open);

/* The atoms of a node, those of one action and phase beside each other: `ret` is the caller's to
 * free.  How many, or -ENOMEM. */
int64_t members_sorted(const struct tree *tree, struct atom ***ret);
/* How many from the first have its action and phase. */
size_t members_alike(struct atom *const *atom, size_t count);
bool members_own(struct atom *const *atom, size_t count); /* created in its run, each */

#endif
