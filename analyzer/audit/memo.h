#ifndef ANALYZER_AUDIT_MEMO_H
#define ANALYZER_AUDIT_MEMO_H

#include "analyzer/audit/beyond.h"

/* Which grants admit an access: found once for all that are alike. */

struct memo {
	UT_hash_handle hh;
	uint32_t *grant; /* numbers of grants, sorted */
	size_t count;
	char *pattern; /* what was used, with its symbolic root */
	bool is_used;  /* it happened; else it was only tried */
	struct first_use use;
	char key[];
};

struct memos {
	struct memo *memo;
	struct buffer key;
};

/* What is asked: with which roots, numbered. */
struct question {
	struct asked asked;
	struct roots roots;
	size_t root;
};

/* NULL: memory ran out. */
struct memo *memo_find(struct memos *memos, const struct auditing *auditing,
		       const struct question *question);
void memos_release(struct memos *memos);

#endif
