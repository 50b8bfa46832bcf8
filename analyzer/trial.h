#ifndef ANALYZER_TRIAL_H
#define ANALYZER_TRIAL_H

#include "analyzer/evidence.h"
#include "analyzer/objective.h"

struct feasible;

/* What is denied of command lines and calls of tools: the weight of a denial changes nothing of it.
 */
struct trial_rest {
	bool is_known, is_denied;
	int64_t denied_uses;
};

/* A policy of a part of the runs, tried on others. */
struct trial {
	const struct evidence *evidence;
	const struct tuning *tuning; /* NULL: literally */
	struct feasible *feasible;
	const bool *left_out; /* by run */
	const bool *tried;    /* of these */
	struct trial_rest
		*rest;	      /* of these runs by another weight, or to be kept for one; or NULL */
	struct policy policy; /* what is open, or a run's own: the rest is a matter of names */
	int64_t tried_uses, denied_uses; /* times */
	bool is_denied;
};

/* 0, -ENOMEM with `err` filled. */
int trial_run(struct trial *trial, struct error *err);

#endif
