#ifndef ANALYZER_OBJECTIVE_H
#define ANALYZER_OBJECTIVE_H

#include "core/bytes.h"
#include "core/vocab.h"

#include <stdbool.h>
#include <stdint.h>

/* What a policy costs: its rules, what it admits beyond the evidence, weighed by the harm that can
 * be done there, and the needs that the next run is expected to have and that it would deny.
 * Generalising looks for the least cost.  All numbers are integers, so that the same evidence
 * gives the same policy everywhere. */

/* How much of each. */
struct tuning {
	int64_t denial;	      /* a denial that is expected in each run */
	uint32_t chosen_runs; /* runs with new names that people chose, before they are open */
	int64_t workspace;    /* harm in the workspace, where it is not that of the table; else 0 */
};

/* Of one rule. */
#define COST_RULE 1
/* Of each component that is open. */
#define COST_CLASS 1

struct place {
	const char *folder; /* "$WS", "/usr", "" */
	int64_t weight;
	bool is_open;
};

/* Where a path, as patterns write it, lies. */
const struct place *place_of(struct bytes path);

/* How much harm can be done where a path lies. */
int64_t weight_of(const struct tuning *tuning, struct bytes path);

/* What it costs where that is the harm, that `admitted` more names may be read, written, deleted
 * ...; `own`: only those that the run itself creates. */
int64_t cost_of_excess(int64_t weight, enum action action, bool own, uint64_t admitted);

#endif
