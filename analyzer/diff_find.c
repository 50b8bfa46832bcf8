#include "analyzer/diff.h"

#include "core/cover.h"
#include "core/rule_order.h"

/* Goes down a policy as a pattern does. */
struct descent {
	struct candidates *found;
	const struct rule_order *order;
	const struct pattern *pattern;
};

static void take(struct descent *descent, struct stretch stretch)
{
	struct candidates *found = descent->found;

	for (size_t i = stretch.begin; i < stretch.end && !found->is_cut; i++) {
		if (found->count == CANDIDATES_MAX)
			found->is_cut = true;
		else
			found->rule[found->count++] = rule_order_at(descent->order, i);
	}
}

static void descend(struct descent *descent, struct stretch node, size_t depth);

/* Below what an open component of theirs admits. */
static void descend_open(struct descent *descent, struct stretch node, size_t depth)
{
	const struct rule_order *order = descent->order;

	for (struct stretch next = rule_order_open(order, node, depth, node.begin);
	     next.begin < next.end; next = rule_order_open(order, node, depth, next.end)) {
		const struct token *token = &rule_order_at(order, next.begin)->match.token[depth];

		if (!token_meets(token, &descent->pattern->token[depth]))
			continue;
		if (token->kind == TOKEN_SUBTREE)
			take(descent, next);
		else
			descend(descent, next, depth + 1);
	}
}

/* Below each literal of theirs that our open component admits. */
static void descend_literals(struct descent *descent, struct stretch node, size_t depth)
{
	const struct rule_order *order = descent->order;
	size_t at = rule_order_ending(order, node, depth).end;
	size_t end = rule_order_open(order, node, depth, node.begin).begin;

	while (at < end && !descent->found->is_cut) {
		const struct token *token = &rule_order_at(order, at)->match.token[depth];
		struct stretch next = rule_order_literal(order, (struct stretch){ at, end }, depth,
							 token->literal);

		if (token_meets(&descent->pattern->token[depth], token))
			descend(descent, next, depth + 1);
		at = next.end;
	}
}

static void descend(struct descent *descent, struct stretch node, size_t depth)
{
	const struct pattern *pattern = descent->pattern;
	const struct token *token = &pattern->token[depth];

	if (node.begin == node.end)
		return;
	if (depth == pattern->count) {
		take(descent, rule_order_ending(descent->order, node, depth));
	} else if (token->kind == TOKEN_SUBTREE) {
		node.begin = rule_order_ending(descent->order, node, depth).end;
		take(descent, node);
	} else {
		descend_open(descent, node, depth);
		if (token->kind != TOKEN_LITERAL)
			descend_literals(descent, node, depth);
		else
			descend(descent,
				rule_order_literal(descent->order, node, depth, token->literal),
				depth + 1);
	}
}

static void take_names(struct descent *descent, const struct rule *rule)
{
	const struct rule_order *order = descent->order;
	struct stretch names = rule_order_names(order, rule->resource, rule->action);

	if (!pattern_is_open(&rule->match)) {
		take(descent, rule_order_literal(order, names, 0, rule->match.token->literal));
		names.begin = rule_order_open(order, names, 0, names.begin).begin;
	}
	take(descent, names);
}

void find_candidates(struct candidates *ret, const struct rule_order *order,
		     const struct rule *rule)
{
	struct descent descent = { .found = ret, .order = order, .pattern = &rule->match };

	ret->count = 0;
	ret->is_cut = false;
	if (!rule->match.is_path)
		take_names(&descent, rule);
	else
		descend(&descent,
			rule_order_paths(order, rule->resource, rule->action, rule->match.root), 0);
}
