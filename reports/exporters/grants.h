#ifndef REPORTS_EXPORTERS_GRANTS_H
#define REPORTS_EXPORTERS_GRANTS_H

#include "core/policy.h"

#include <stdbool.h>
#include <stddef.h>

struct losses;

#define ACTION_BIT(name) (1u << ACTION_##name)
#define ACTIONS_LOOK	 (ACTION_BIT(STAT) | ACTION_BIT(LIST))
#define ACTIONS_READ                                                                               \
	(ACTION_BIT(READ) | ACTION_BIT(MAP) | ACTION_BIT(EXEC) | ACTION_BIT(CONNECT) |             \
	 ACTION_BIT(SEND))
#define ACTIONS_EDIT   (ACTION_BIT(WRITE) | ACTION_BIT(APPEND) | ACTION_BIT(ATTR))
#define ACTIONS_ENTRY  (ACTION_BIT(CREATE) | ACTION_BIT(DELETE) | ACTION_BIT(RENAME))
#define ACTIONS_CHANGE (ACTIONS_EDIT | ACTIONS_ENTRY)

/* Rules of one path, together: a file, what is executed and a socket have the same names. */
struct grant {
	const struct pattern *pattern; /* borrowed from the policy */
	unsigned actions;	       /* as bits */
	const struct rule *const *rule;
	size_t rule_count;
};

struct grants {
	struct grant *grant; /* sorted by path, none twice */
	size_t count;
	const struct rule **rule; /* in the order of grants */
	unsigned *actions; /* by rule: the actions of all rules of its path; 0 where it has none */
	bool failed;	   /* memory ran out */
};

/* Zero it before. */
void grants_collect(struct grants *grants, const struct policy *policy);
void grants_cleanup(struct grants *grants); /* for scoped(grants) */

/* Whether the rule's pattern is a path: a file, a program that is executed, a socket. */
bool rule_is_place(const struct rule *rule);
bool pattern_is_tree(const struct pattern *pattern); /* ends with a subtree */
/* An order of paths in which a folder stands before what it holds. */
int pattern_order(const struct pattern *a, const struct pattern *b);
/* Components before the first that is open. */
size_t pattern_literal_count(const struct pattern *pattern);
/* Appends the first `count` components, which are literal, as the raw name: "/" for none.  A root
 * that is not bound gives its name. */
void pattern_raw(const struct pattern *pattern, size_t count, struct buffer *out);
/* Whether the rule is this one name, "mount", in full. */
bool rule_names(const struct rule *rule, const char *name);

/* Replaces in what the rules match (not in their text) the symbolic roots that are bound.
 * 0, -ENOMEM. */
int policy_bind(struct policy *policy, const struct roots *roots, struct error *err);

#endif
