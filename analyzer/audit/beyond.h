#ifndef ANALYZER_AUDIT_BEYOND_H
#define ANALYZER_AUDIT_BEYOND_H

#include "analyzer/audit/notes.h"

struct evidence;
struct memos;
struct question;

/* What was used and is not granted, or was not used before. */

/* As many are told of a kind. */
#define EXAMPLES_MAX 5

/* Objects of one kind that a source does not grant, or that are new. */
struct beyond_group {
	size_t source;
	enum resource resource;
	enum action action;
	int64_t objects, uses;
	char *example[EXAMPLES_MAX]; /* patterns, the first by their bytes */
	struct witness witness[EXAMPLES_MAX];
	size_t example_count;
};

/* Sources that have a say in what is asked and do not grant it.  `grant`: those that do. */
uint64_t beyond_of(const struct auditing *auditing, const struct question *question,
		   const uint32_t *grant, size_t count);
/* All runs were read; `roots`: what the symbolic ones stood for.  0 or -ENOMEM. */
int beyond_collect(struct auditing *auditing, const struct memos *memos,
		   const struct evidence *roots);
/* "/a, /b and 7 more". */
void beyond_write_examples(const struct beyond_group *group, struct buffer *out);
void beyond_release(struct beyond *beyond);

#endif
