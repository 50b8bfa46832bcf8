#ifndef ANALYZER_NAMES_TREE_H
#define ANALYZER_NAMES_TREE_H

#include "analyzer/evidence.h"
#include "core/varying.h"

/* Paths of the evidence by component, whatever was done to them. */

#define RUN_NONE (-1)
#define RUN_MANY (-2)

struct member {
	struct member *next;
	struct atom *atom;
};

struct tree {
	UT_hash_handle hh;  /* among its siblings, by text */
	struct tree *child; /* follow child->hh.next */
	struct tree *gone;  /* were children, follow gone->gone: not freed yet */
	struct member *member;
	int64_t run;		/* the only one that has anything here, or RUN_NONE, RUN_MANY */
	struct varying varying; /* what the text says, where it has classes */
	uint64_t admitted;	/* where it is open: names that it admits beyond the evidence */
	bool taken;		/* by a cluster, for now */
	char *text;		/* a component as patterns write it; "" or "$WS" for a root */
};

/* Without a parent.  NULL: no memory. */
struct tree *tree_new(void);
struct tree *tree_alone(struct bytes text);
/* 0 or -ENOMEM.  The atom stays the caller's. */
int tree_add(struct tree *root, struct atom *atom);
/* The child of that text, added where there is none.  NULL: no memory. */
struct tree *tree_child(struct tree *tree, struct bytes text);
/* Moves all that is at and below `from` to `to`, and frees `from`, which is no child any more.
 * 0 or -ENOMEM, with nothing lost but what could not be moved. */
int tree_merge(struct tree *to, struct tree *from);
enum part_kind {
	PART_VOLATILE, /* what single runs have */
	PART_STABLE,   /* the rest */
};

/* That part of what is at and below it, without what is empty then.  0, `ret` NULL where nothing
 * is in it; -ENOMEM. */
int tree_part(const struct tree *tree, enum part_kind kind, struct tree **ret);
bool tree_is_open(const struct tree *tree); /* the text has classes */
void tree_sort(struct tree *tree);	    /* its children by text */
void tree_free(struct tree *tree);

#endif
