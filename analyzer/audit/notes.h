#ifndef ANALYZER_AUDIT_NOTES_H
#define ANALYZER_AUDIT_NOTES_H

#include "analyzer/audit/auditing.h"

struct access;
struct memos;
struct run;

/* An access that a grant admits. */
struct occasion {
	const struct access *access;
	const struct run *run;
	int64_t number; /* of the run, from 1, in the order of time */
	bool is_in_window, is_attempt;
	bool is_before; /* in the window before that, which is as long */
};

/* A run has begun; `hidden`: resources of which some access may not have been seen.  0, -ENOMEM. */
int note_run(struct auditing *auditing, const struct run *run, unsigned hidden);
/* Counts it for the grant of that number.  0, -ENOMEM. */
int note_use(struct auditing *auditing, uint32_t grant, const struct occasion *occasion);
/* All runs were read: what was used of each grant.  0, -ENOMEM. */
int notes_finish(struct auditing *auditing, const struct memos *memos);

#endif
