#ifndef ANALYZER_TRIAL_H
#define ANALYZER_TRIAL_H

#include "analyzer/evidence.h"
#include "analyzer/objective.h"

struct feasible;

/* A policy of a part of the runs, tried on others. */
struct trial {
	const struct evidence *evidence;
	const struct tuning *tuning; /* NULL: literally */
	struct feasible *feasible;
	const bool *left_out; /* by run */
	const bool *tried;    /* of these */
	struct policy policy; /* what is open, or a run's own: the rest is a matter of names */
	int64_t tried_uses, denied_uses; /* times */
	bool is_denied;
};

/* 0, -ENOMEM with `err` filled. */
int trial_run(struct trial *trial, struct error *err);

#endif
