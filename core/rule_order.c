#include "core/rule_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct rule *rule_order_at(const struct rule_order *order, size_t at)
{
	return &order->rule[order->number[at]];
}

static int compare_numbers(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_heads(const struct rule *a, const struct rule *b)
{
	int order = compare_numbers(a->resource, b->resource);

	order = order ? order : compare_numbers(a->action, b->action);
	order = order ? order : (int)a->match.is_path - (int)b->match.is_path;
	return order ? order : compare_numbers(a->match.root, b->match.root);
}

static int compare_rules(const struct rule *a, const struct rule *b)
{
	int order = compare_heads(a, b);

	for (size_t i = 0; !order && i < a->match.count && i < b->match.count; i++)
		order = token_compare(&a->match.token[i], &b->match.token[i]);
	return order ? order : compare_numbers(a->match.count, b->match.count);
}

static int compare_entries(const void *a, const void *b, void *context)
{
	const struct rule *rule = context;
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	int order = compare_rules(&rule[one], &rule[other]);

	return order ? order : compare_numbers(one, other);
}

int rule_order_build(struct rule_order *ret, const struct policy *policy, bool open_only)
{
	struct rule_order order = { .rule = policy->rule };
	bool sorted = true;

	order.number = calloc(policy->count + 1, sizeof *order.number);
	if (!order.number || policy->count >= UINT32_MAX) {
		free(order.number);
		return -ENOMEM;
	}
	for (size_t i = 0; i < policy->count; i++) {
		if (open_only && !pattern_is_open(&policy->rule[i].match))
			continue;
		order.number[order.count] = (uint32_t)i;
		if (order.count && compare_entries(&order.number[order.count - 1],
						   &order.number[order.count], policy->rule) > 0)
			sorted = false;
		order.count++;
	}
	/* The order of a policy is by text: often the same. */
	if (!sorted)
		qsort_r(order.number, order.count, sizeof *order.number, compare_entries,
			policy->rule);
	*ret = order;
	return 0;
}

void rule_order_release(struct rule_order *order)
{
	free(order->number);
	*order = (struct rule_order){ 0 };
}

/* ---- stretches ---- */

/* What an entry is compared with: its head, or its component at `depth`. */
struct sought {
	const struct rule *head;   /* or */
	size_t depth;		   /* ... */
	const struct token *token; /* NULL: it ends there */
};

/* Where a rule is to what is sought: below 0 before it. */
static int compare_sought(const struct rule *rule, const struct sought *sought)
{
	if (sought->head)
		return compare_heads(rule, sought->head);
	if (rule->match.count == sought->depth)
		return sought->token ? -1 : 0;
	return sought->token ? token_compare(&rule->match.token[sought->depth], sought->token) : 1;
}

/* The first in the node that is not before what is sought, or, with `behind`, that is behind it. */
static size_t find(const struct rule_order *order, struct stretch node, const struct sought *sought,
		   bool behind)
{
	while (node.begin < node.end) {
		size_t middle = node.begin + (node.end - node.begin) / 2;

		if (compare_sought(rule_order_at(order, middle), sought) < (int)behind)
			node.begin = middle + 1;
		else
			node.end = middle;
	}
	return node.begin;
}

static struct stretch find_all(const struct rule_order *order, struct stretch node,
			       const struct sought *sought)
{
	node.begin = find(order, node, sought, false);
	node.end = find(order, node, sought, true);
	return node;
}

static struct stretch find_head(const struct rule_order *order, enum resource resource,
				enum action action, bool is_path, enum root_kind root)
{
	const struct rule head = { .resource = resource,
				   .action = action,
				   .match = { .is_path = is_path, .root = root } };
	const struct sought sought = { .head = &head };

	return find_all(order, (struct stretch){ 0, order->count }, &sought);
}

struct stretch rule_order_paths(const struct rule_order *order, enum resource resource,
				enum action action, enum root_kind root)
{
	return find_head(order, resource, action, true, root);
}

struct stretch rule_order_names(const struct rule_order *order, enum resource resource,
				enum action action)
{
	return find_head(order, resource, action, false, ROOT_NONE);
}

struct stretch rule_order_ending(const struct rule_order *order, struct stretch node, size_t depth)
{
	const struct sought sought = { .depth = depth };

	node.end = find(order, node, &sought, true);
	return node;
}

struct stretch rule_order_literal(const struct rule_order *order, struct stretch node, size_t depth,
				  struct bytes component)
{
	const struct token token = { .kind = TOKEN_LITERAL, .literal = component };
	const struct sought sought = { .depth = depth, .token = &token };

	return find_all(order, node, &sought);
}

/* Whether the rule ends before the component, or has a literal there. */
static bool is_literal(const struct rule *rule, size_t depth)
{
	return rule->match.count == depth || rule->match.token[depth].kind == TOKEN_LITERAL;
}

struct stretch rule_order_open(const struct rule_order *order, struct stretch node, size_t depth,
			       size_t at)
{
	struct sought sought = { .depth = depth };
	size_t end = node.end;

	if (node.begin < at)
		node.begin = at;
	while (node.begin < end) {
		size_t middle = node.begin + (end - node.begin) / 2;

		if (is_literal(rule_order_at(order, middle), depth))
			node.begin = middle + 1;
		else
			end = middle;
	}
	if (node.begin >= node.end)
		return (struct stretch){ node.end, node.end };
	sought.token = &rule_order_at(order, node.begin)->match.token[depth];
	node.end = find(order, node, &sought, true);
	return node;
}
