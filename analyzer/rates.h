#ifndef ANALYZER_RATES_H
#define ANALYZER_RATES_H

#include "analyzer/atom.h"
#include "core/policy.h"

/* How often the rule may be used, and, where it belongs to a phase, until when: what the runs
 * needed at most, and a headroom that says how far so many runs can be trusted (headroom.def). */
void rates_propose(struct rule *rule, const struct atom *atom);

/* In any scope. */
bool rule_has_rate(const struct rule *rule);

/* ---- held against runs ---- */

enum scope { SCOPE_SECOND, SCOPE_MINUTE, SCOPE_HOUR, SCOPE_RUN, SCOPE_PHASE, SCOPES };

const char *scope_text(enum scope scope); /* "a second" */

/* By scope, up to a run: what the rule allows (0: any), a minute with its burst; what a run did. */
void rule_limits(const struct rule *rule, int64_t ret[static SCOPE_PHASE]);
void peak_counts(const struct run_peak *peak, int64_t ret[static SCOPE_PHASE]);

/* A rule that was used more often than it allows, or later. */
struct excessive {
	const struct rule *rule;
	enum scope scope;
	int64_t limit, most; /* times; of SCOPE_PHASE ns.  The most of any run: no more than that */
	int64_t runs;
};

/* What the run at hand has used of each rule. */
struct replayed_use {
	struct run_peak peak;
	int64_t since_ns;
};

struct replayed_rates {
	struct replayed_use *used; /* by the number of the rule; NULL while none has a limit */
	uint32_t *touched;	   /* of these */
	size_t touched_count;
	struct excessive *excessive; /* each once, by rule and scope, after rates_sort() */
	size_t count, capacity;
};

/* 0 or -ENOMEM. */
int rates_begin(struct replayed_rates *rates, const struct policy *policy);
void rates_use(struct replayed_rates *rates, const struct policy *policy, const struct rule *rule,
	       const struct access *access, int64_t phase_start_ns);
/* The run is over.  0 or -ENOMEM. */
int rates_end_run(struct replayed_rates *rates, const struct policy *policy);
void rates_sort(struct replayed_rates *rates);
void rates_release(struct replayed_rates *rates);

#endif
