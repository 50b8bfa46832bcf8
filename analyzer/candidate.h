#ifndef ANALYZER_CANDIDATE_H
#define ANALYZER_CANDIDATE_H

#include "analyzer/cluster.h"

/* What a cluster would become. */
struct candidate {
	struct tree *open; /* stands for what single runs have of it */
	struct tree *rest; /* what several have stays: follow rest->gone */
};

/* The cluster stays; `varying` is taken over.  0, -ENOMEM. */
int candidate_make(struct candidate *candidate, const struct cluster *cluster,
		   struct varying *varying);
/* The children of the cluster give way to it, `taken`, and go to tree->gone.  0, -ENOMEM. */
int candidate_place(struct candidate *candidate, struct tree *tree, const struct cluster *cluster);
void candidate_cleanup(struct candidate *candidate); /* for scoped(candidate) */

#endif
