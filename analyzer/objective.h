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
	bool folders;	      /* all below a folder may be open */
};

/* Of one rule. */
#define COST_RULE 1
/* Of each component that is open. */
#define COST_CLASS  1
#define COST_FOLDER 3

struct place {
	const char *folder; /* "$WS", "/usr", "" */
	int64_t weight;
	bool is_open;
};

/* Where a path, as patterns write it, lies. */
const struct place *place_of(struct bytes path);

/* What it costs that `admitted` more names may be read, written, deleted ...; `own`: only those
 * that the run itself creates. */
int64_t cost_of_excess(const struct place *place, enum action action, bool own, uint64_t admitted);

#endif
