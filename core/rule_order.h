#ifndef CORE_RULE_ORDER_H
#define CORE_RULE_ORDER_H

#include "core/policy.h"

/* Rules in an order in which those of one resource and action, one root, and the same first
 * components stand together: a tree of components, each node a stretch of it.  In a stretch come
 * first the rules that end there, then literal components by their bytes, then classes, *, and
 * last **. */
struct rule_order {
	const struct rule *rule; /* the policy's */
	uint32_t *number;
	size_t count;
};

struct stretch {
	size_t begin, end;
};

/* Of all rules, or only the open ones.  The rules are parsed and stay.  0 or -ENOMEM. */
int rule_order_build(struct rule_order *ret, const struct policy *policy, bool open_only);
/* That of all rules of a finished policy, which keeps it (policy_index.c). */
const struct rule_order *policy_order(const struct policy *policy);
void rule_order_release(struct rule_order *order);
const struct rule *rule_order_at(const struct rule_order *order, size_t at);

/* Rules whose pattern is a path with this root. */
struct stretch rule_order_paths(const struct rule_order *order, enum resource resource,
				enum action action, enum root_kind root);
/* All others of the resource and action. */
struct stretch rule_order_names(const struct rule_order *order, enum resource resource,
				enum action action);
/* Within a node at `depth` (components that are the same): the rules that end there; those that go
 * on with this component; and the next that go on with one that is open, from `at` on, which is
 * empty when there is none. */
struct stretch rule_order_ending(const struct rule_order *order, struct stretch node, size_t depth);
struct stretch rule_order_literal(const struct rule_order *order, struct stretch node, size_t depth,
				  struct bytes component);
struct stretch rule_order_open(const struct rule_order *order, struct stretch node, size_t depth,
			       size_t at);

#endif
