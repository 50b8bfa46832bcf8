#ifndef ANALYZER_AUDIT_MEMO_H
#define ANALYZER_AUDIT_MEMO_H

#include "analyzer/audit/auditing.h"
#include "analyzer/audit/grant_sets.h"

struct access;

/* Which grants admit an access: found once for all that are alike, and who used it. */
struct memo {
	int64_t key;	   /* of the resource in its store; 0: it is one that was told */
	const char *phase; /* where the store keeps it */
	struct bytes name; /* kept by the store, or told */
	uint32_t root;	   /* what its run's symbolic roots stood for */
	uint32_t set;	   /* of grants */
	/* Runs that used it, by number from 1, and how many; 0: it was only tried. */
	uint32_t first_run, last_run, runs;
	uint8_t resource, action, own;
	/* The first use, and how many there were. */
	uint32_t witness_run;
	int64_t witness_seq, first_ns, uses;
};

/* What is asked with more than a name: the arguments of programs and tools. */
struct told {
	UT_hash_handle hh;
	size_t memo; /* its number */
	struct bytes name, argv;
	char key[];
};

struct run_id {
	char text[33];
};

/* Zero one to begin. */
struct memos {
	struct memo *memo;
	size_t count, capacity;
	uint32_t *index; /* of memos by key: numbers from 1, 0: none */
	size_t mask;
	int64_t most_key; /* those beyond are new */
	uint32_t *recent; /* the same, of those last found: what all runs have stands close */
	struct told *told;
	struct grant_sets sets;
	struct run_id *run; /* by number, from 1 */
	size_t run_capacity;
	struct buffer key;
};

/* What is asked: with which roots, numbered. */
struct question {
	struct asked asked;
	struct roots roots;
	size_t root;
};

/* That of the access, which store_each_need() visits; NULL: memo_add() has to make it. */
struct memo *memo_find(const struct memos *memos, const struct access *access, size_t root,
		       bool own);
/* Until the next is made; NULL: memory ran out. */
struct memo *memo_add(struct memos *memos, const struct auditing *auditing,
		      const struct question *question, const struct access *access);
/* That of a question with arguments, which is made where there is none. */
struct memo *memo_told(struct memos *memos, const struct auditing *auditing,
		       const struct question *question);
/* A run begins, of that number.  0, -ENOMEM. */
int memos_begin_run(struct memos *memos, size_t number, const char *id);
/* The access was a use of it, in the run of that number. */
void memo_use(struct memo *memo, uint32_t run, const struct access *access);
struct witness memo_witness(const struct memos *memos, const struct memo *memo);
const struct grant_set *memo_set(const struct memos *memos, const struct memo *memo);
/* Nothing more is found or added: gives back what that took. */
void memos_settle(struct memos *memos);
void memos_release(struct memos *memos);

#endif
