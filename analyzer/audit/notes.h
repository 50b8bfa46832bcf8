#ifndef ANALYZER_AUDIT_NOTES_H
#define ANALYZER_AUDIT_NOTES_H

#include "analyzer/audit/auditing.h"

struct access;
struct run;

/* A run that is being read. */
struct noted_run {
	const struct run *run;
	int64_t last_ns; /* the last that it did, so far */
	unsigned hidden; /* resources (bits) of which some access may not have been seen */
};

/* An access that a grant admits. */
struct occasion {
	const struct access *access;
	const struct run *run;
	int64_t number; /* of the run, from 1, in the order of time */
	bool is_attempt;
	/* The run began in the window, or in the one before that, which is as long. */
	bool is_in_window, is_before;
};

/* Resources (bits) of which some access of the run may not have been seen (hidden.c).  0, -errno.
 */
int audit_hidden(const struct auditing *auditing, const struct run *run, unsigned *ret);
/* The run did something from then to then.  0, -ENOMEM. */
int note_time(struct auditing *auditing, struct noted_run *run, int64_t first_ns, int64_t last_ns);
/* There is something that sees such accesses. */
void note_observed(struct auditing *auditing, const struct access *access);
/* The run has been read.  0, -ENOMEM. */
int note_run(struct auditing *auditing, const struct noted_run *run);
/* Counts it for the grant of that number.  0, -ENOMEM. */
int note_use(struct auditing *auditing, uint32_t grant, const struct occasion *occasion);
/* All runs were read. */
void notes_finish(struct auditing *auditing);

#endif
