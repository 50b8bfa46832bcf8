#ifndef ANALYZER_AUDIT_RATE_H
#define ANALYZER_AUDIT_RATE_H

#include "analyzer/peaks.h"
#include "analyzer/rates.h"
#include "core/policy.h"

struct occasion;

/* How often a grant was used in the runs of the window, and of the one before it that is as long:
 * what several rows did may have been in the same second, so these are the most that it can have
 * been, never less; exact where single events were recorded (replay.h). */
struct grant_rate {
	int64_t number; /* the run at hand, 0: none */
	bool is_in_window, is_before;
	struct run_peak now;
	struct run_peak window_most, before_most;
	int64_t window_runs, before_runs;
	/* Of the window, with single events: runs; how often the rule's rate with its burst, as a
	 * token bucket, would have held back; the least burst with which it would not have. */
	int64_t exact_runs, held, least_burst;
	/* Of each run of the window, in the scope of rate_scope(), where the rule is limited or is
	 * of what limits are proposed for. */
	uint32_t *value;
	size_t value_count, value_capacity;
	bool value_failed;		 /* there was no memory */
	int64_t tight_runs[SCOPE_PHASE]; /* of the window: runs beyond the limit a second, minute,
					  * hour, run
					  */
};

/* A second, a minute, an hour, a run: what a rule limits first, or a run. */
enum scope rate_scope(const struct rule *rule);

/* Counts it. */
void rate_use(struct grant_rate *rate, const struct rule *rule, const struct occasion *occasion);
/* No more runs. */
void rate_end(struct grant_rate *rate, const struct rule *rule);

#endif
