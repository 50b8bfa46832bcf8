#ifndef ANALYZER_AUDIT_PERMUTE_H
#define ANALYZER_AUDIT_PERMUTE_H

#include <stddef.h>
#include <stdint.h>

/* Whether two groups of runs differ by more than chance: the runs are dealt into two groups of
 * these sizes again and again, and it is counted how often their means are as far apart as they
 * are (Fisher's permutation test, Monte Carlo).  Integers and a fixed seed: the same runs give the
 * same numbers. */

/* A table of a row for each run, the rows of the first group first. */
struct permutation {
	const int64_t *value;	       /* below 2^40 each */
	size_t columns, first, second; /* runs of the groups */
};

#define PERMUTE_PARTS 1000 /* chances are so many of that; the least is 1 */

/* With fewer runs in a group nothing can be told. */
#define PERMUTE_RUNS_MIN 5

/* `ret`: the chance of each column; `ret_all`: that of the sum of all differences.  0, -ENOMEM. */
int permute(const struct permutation *table, int32_t *ret, int32_t *ret_all);

#endif
