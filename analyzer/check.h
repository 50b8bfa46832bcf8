#ifndef ANALYZER_CHECK_H
#define ANALYZER_CHECK_H

#include "analyzer/limits.h"
#include "analyzer/rates.h"
#include "core/hash.h"
#include "core/policy.h"

struct error;
struct run;
struct store;

/* Something that happened and that the policy would have denied, merged over the runs. */
struct violation {
	UT_hash_handle hh;
	enum resource resource;
	enum action action;
	enum outcome outcome;
	struct bytes name, program, phase; /* raw */
	struct bytes argv;	  /* where only the arguments were denied: each ended by a NUL */
	const char *nearest_argv; /* the template of `nearest` that came nearest */
	/* Where and what of a tool's arguments does not fit `nearest`, and what would: safe text.
	 */
	struct bytes path, value, allowed;
	int64_t runs, count;
	int64_t first_ns, last_ns, last_run;
	const struct rule *nearest; /* of the policy; NULL when no rule is anywhere near */
	bool is_expired;	    /* `nearest` admitted it, until it expired */
	bool is_misfit;		    /* `nearest` admits it with other arguments */
	char key[];
};

/* A replay of runs against a policy.  Only what happened, or may have (unknown), can violate:
 * what was absent, refused, failed or held back had no effect and is only counted. */
struct check {
	const struct policy *policy;
	struct violation *violation;	 /* follow violation->hh.next; sorted by check_sort() */
	struct replayed_rates rates;	 /* permissions that were used more often than they allow */
	struct taken taken[TAKEN_KINDS]; /* of the machine, beyond the limits */
	int64_t runs, accesses;		 /* replayed */
	int64_t confirms;		 /* admitted, but only after a person agrees */
	int64_t attempts;		 /* had no effect, and would not have been admitted */
};

/* Replays one run, its own $WS, $HOME and $TMP bound. */
int check_run(struct check *check, struct store *store, const struct run *run, struct error *err);
void check_sort(struct check *check);	     /* by resource, action, outcome, name, program */
bool check_found(const struct check *check); /* anything that the policy does not allow */
void check_release(struct check *check);

#endif
