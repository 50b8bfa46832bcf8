#ifndef ANALYZER_DIFF_H
#define ANALYZER_DIFF_H

#include "core/policy.h"

struct error;
struct protected_object;
struct protection;

/* In the order in which they are said. */
enum change_kind {
	CHANGE_PROTECTED, /* a protected object is newly reached, by a rule that is added or widened
			   */
	CHANGE_ADDED,
	CHANGE_WIDENED,
	CHANGE_NARROWED,
	CHANGE_REMOVED,
	CHANGES
};

/* Conditions in which rules of the same names differ: bits. */
enum condition {
#define CONDITION(id, bit, name, gone, come) CONDITION_##id = 1 << (bit),
#include "analyzer/condition.def"
};

struct change {
	enum change_kind kind;
	const struct rule
		*rule; /* of the new policy; of what is narrowed or removed the old one's */
	const struct rule
		*other;	     /* of the other policy: what it was, or is; NULL: nothing like it */
	unsigned conditions; /* those in which it differs from `other` */
	char *witness;	     /* a name (raw, with the text of its root) that only one of them
			      * admits, or only this easily; NULL where it cannot be told */
	const struct protected_object *object; /* of CHANGE_PROTECTED */
};

/* What authority one policy has and another has not, by the names that rules admit.  Rules that
 * say the same in other words are no difference. */
struct diff {
	struct change *change; /* sorted by kind, then as the rules are */
	size_t count, capacity;
	size_t of_kind[CHANGES];
};

/* Both policies must stay.  0 or -ENOMEM. */
int diff_policies(struct diff *ret, const struct policy *old, const struct policy *new,
		  const struct protection *protection, struct error *err);
void diff_release(struct diff *diff);
void diff_cleanup(struct diff *diff); /* for scoped(diff) */
/* Whether the new policy has authority that the old one has not. */
bool diff_adds(const struct diff *diff);

/* ---- conditions (diff_condition.c) ---- */

/* Those in which `rule` allows more than `other` does: 0 where it does in none. */
unsigned conditions_beyond(const struct rule *rule, const struct rule *other);

/* A row of condition.def: how it is called, and that it is gone, or has come. */
struct condition_row {
	enum condition condition;
	const char *name, *gone, *come;
	bool (*beyond)(const struct rule *rule, const struct rule *other);
};

extern const struct condition_row condition_row[]; /* ends with name NULL */

/* ---- candidates (diff_find.c) ---- */

struct rule_order;

/* Rules of the same resource and action that have a name in common with a pattern. */
struct candidates {
	const struct rule **rule;
	size_t count;
	bool is_cut; /* there are more */
};

#define CANDIDATES_MAX 1024

/* `ret->rule` has room for CANDIDATES_MAX. */
void find_candidates(struct candidates *ret, const struct rule_order *order,
		     const struct rule *rule);

#endif
