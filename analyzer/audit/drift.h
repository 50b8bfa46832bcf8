#ifndef ANALYZER_AUDIT_DRIFT_H
#define ANALYZER_AUDIT_DRIFT_H

#include "analyzer/audit/auditing.h"

struct access;
struct evidence;
struct memos;

/* What the agent does otherwise than before (struct audit_drift), and what its runs were made with.
 * "Before" and "now" are runs: those of the window and of the one before it, or those since the
 * program's last version and of the one before. */

/* A kind of use: a resource and an action. */
#define DRIFT_KINDS_MAX 32

struct drift_run {
	char id[33];
	int64_t started_ns;
	int64_t use[DRIFT_KINDS_MAX];
};

/* In the making.  Runs have the numbers that reading gives them, from 1, in the order of time. */
struct drift {
	struct drift_run *run; /* from number `first` on */
	size_t count, capacity, first;
	size_t split;	     /* the number of the first that is "now" */
	size_t *change_run;  /* by change: the number of the run behind it */
	struct buffer *last; /* by kind of fingerprint: what the last run had */
	char last_run[33];   /* the last there is; "": none */
};

/* Before runs are read: which there are, and what they were made with.  0 or -errno. */
int drift_begin(struct auditing *auditing);
/* A use in the run of that number. */
void drift_use(struct drift *drift, size_t number, const struct access *access);
/* All runs were read.  0 or -ENOMEM. */
int drift_end(struct auditing *auditing, const struct memos *memos, const struct evidence *roots);
void drift_release(struct drift *drift);

/* Which kind of use it is; DRIFT_KINDS_MAX: none. */
size_t drift_kind(enum resource resource, enum action action);
/* The tests, into audit->drift (drift_test.c).  0 or -ENOMEM. */
int drift_test(struct auditing *auditing);

#endif
