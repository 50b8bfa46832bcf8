#ifndef ANALYZER_QUALITY_H
#define ANALYZER_QUALITY_H

#include "analyzer/evidence.h"
#include "analyzer/objective.h"

struct feasible;

/* How well the evidence foretells itself: policies are mined of a part of the runs, and tried on
 * the others.  `tuning` NULL: literally.  At most 20 policies of each kind are mined, fewer where
 * the evidence is large (beyond 300,000 needs two, of runs taken out); which is a matter of the
 * runs' numbers alone.  0 or -ENOMEM, with `err` filled. */

/* Takes runs out singly. */
int quality_runs(const struct evidence *evidence, const struct tuning *tuning,
		 struct feasible *feasible, struct policy_quality *ret, struct error *err);
/* Takes tasks out, and runs with all that came after them; adds that to `ret`. */
int quality_rest(const struct evidence *evidence, const struct tuning *tuning,
		 struct feasible *feasible, struct policy_quality *ret, struct error *err);

/* The tightest weight of a denial under which at most one in twenty of the runs that are taken out
 * would have been denied anything; where none is, the one that denied the fewest.  `ret` is what
 * quality_runs() says of it. */
int quality_tune(const struct evidence *evidence, struct feasible *feasible, struct tuning *tuning,
		 struct policy_quality *ret, struct error *err);

#endif
