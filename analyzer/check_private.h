#ifndef ANALYZER_CHECK_PRIVATE_H
#define ANALYZER_CHECK_PRIVATE_H

#include "analyzer/check.h"
#include "analyzer/executions.h"
#include "analyzer/run_facts.h"
#include "core/store.h"

/* Between check.c and check_calls.c. */

struct replay {
	struct check *check;
	const struct run *run;
	struct roots roots;
	struct run_facts facts;
	struct executions executions;
	struct bytes argv; /* of what is being denied: where these are what is */
	struct buffer key, phase;
	struct error *err;
};

/* The rule that admits it, or NULL: by its name alone, or with what it is called with. */
const struct rule *replay_match(struct replay *replay, const struct access *access,
				const struct called *called, const struct rule **nearest);
/* Whether it is a violation, and of which rule that has expired (or NULL).  `misfit`: a rule
 * admits the name, but not with these arguments.  0 or -errno. */
int replay_deny(struct replay *replay, const struct access *access, const struct image *image,
		const struct rule *expired, const struct misfit *misfit);
bool rule_has_expired(const struct rule *rule, int64_t last_ns);

/* Replays the calls of tools in the run.  What no rule admits by name is a violation already, where
 * there is an access of it.  0 or -errno. */
int check_calls(struct replay *replay, struct store *store);

#endif
