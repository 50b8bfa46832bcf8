#include "core/policy_private.h"
#include "core/rule_order.h"

#include <errno.h>
#include <stdlib.h>

/* Rules of exact names hang in a hash table by resource, action, root and what follows the root,
 * so that a name needs no text built: it is looked up once for each root above it.  Rules of open
 * patterns are found component by component. */
struct policy_index {
	size_t mask;	/* buckets, less one */
	uint32_t *head; /* per bucket: the number of a rule, from 1; 0 ends */
	uint32_t *next; /* per rule */
	struct rule_order open, all;
};

/* FNV-1a, 64 bits (draft-eastlake-fnv). */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t hash_bytes(uint64_t hash, struct bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ (unsigned char)bytes.data[i]) * HASH_PRIME;
	return hash;
}

static uint64_t hash_start(enum resource resource, enum action action, enum root_kind root)
{
	uint64_t hash = HASH_START;

	hash = (hash ^ (unsigned)resource) * HASH_PRIME;
	hash = (hash ^ (unsigned)action) * HASH_PRIME;
	return (hash ^ (unsigned)root) * HASH_PRIME;
}

/* The high bits are the well-mixed ones. */
static size_t bucket_of(const struct policy_index *index, uint64_t hash)
{
	return (size_t)(hash ^ hash >> 32) & index->mask;
}

static uint64_t hash_rule(const struct rule *rule)
{
	const struct pattern *pattern = &rule->match;
	uint64_t hash = hash_start(rule->resource, rule->action, pattern->root);

	for (size_t i = 0; i < pattern->count; i++) {
		if (pattern->is_path)
			hash = hash_bytes(hash, bytes_of("/"));
		hash = hash_bytes(hash, pattern->token[i].literal);
	}
	return hash;
}

void policy_index_release(struct policy *policy)
{
	if (!policy->index)
		return;
	free(policy->index->head);
	free(policy->index->next);
	rule_order_release(&policy->index->open);
	rule_order_release(&policy->index->all);
	free(policy->index);
	policy->index = NULL;
}

static int allocate(struct policy_index *index, size_t count)
{
	size_t buckets = 16;

	while (buckets < count * 2)
		buckets *= 2;
	index->mask = buckets - 1;
	index->head = calloc(buckets, sizeof *index->head);
	index->next = calloc(count + 1, sizeof *index->next);
	return index->head && index->next ? 0 : -ENOMEM;
}

int policy_index_build(struct policy *policy)
{
	struct policy_index *index = calloc(1, sizeof *index);

	policy->index = index;
	if (!index || policy->count >= UINT32_MAX || allocate(index, policy->count) < 0) {
		policy_index_release(policy);
		return -ENOMEM;
	}
	if (rule_order_build(&index->open, policy, true) < 0 ||
	    rule_order_build(&index->all, policy, false) < 0) {
		policy_index_release(policy);
		return -ENOMEM;
	}
	/* From the last to the first, so that a chain is in the order of the rules. */
	for (size_t i = policy->count; i-- > 0;) {
		uint32_t *head = &index->head[bucket_of(index, hash_rule(&policy->rule[i]))];

		if (pattern_is_open(&policy->rule[i].match))
			continue;
		index->next[i] = *head;
		*head = (uint32_t)i + 1;
	}
	return 0;
}

const struct rule_order *policy_order(const struct policy *policy)
{
	return &policy->index->all;
}

bool rule_has_phase(const struct rule *rule, struct bytes phase)
{
	return !rule->phase || bytes_equal(bytes_of(rule->phase), phase);
}

/* What is asked of which policy. */
struct question {
	const struct policy *policy;
	const struct roots *roots;
	const struct asked *asked;
};

static bool admits(const struct question *question, const struct rule *rule)
{
	return rule->resource == question->asked->resource &&
	       rule->action == question->asked->action &&
	       (question->asked->in_any_phase || rule_has_phase(rule, question->asked->phase)) &&
	       (!rule->own || question->asked->own) &&
	       (!question->asked->called ||
		arguments_admit(&rule->arguments, question->asked->called, NULL)) &&
	       pattern_matches(&rule->match, question->roots, question->asked->name) &&
	       templates_admit(rule, question->roots, question->asked);
}

static const struct rule *look_up(const struct question *question, enum root_kind root,
				  struct bytes rest)
{
	const struct policy_index *index = question->policy->index;
	uint64_t hash = hash_start(question->asked->resource, question->asked->action, root);
	uint32_t at = index->head[bucket_of(index, hash_bytes(hash, rest))];

	for (; at; at = index->next[at - 1])
		if (admits(question, &question->policy->rule[at - 1]))
			return &question->policy->rule[at - 1];
	return NULL;
}

static const struct rule *find_exact(const struct question *question)
{
	struct bytes rest = question->asked->name;
	const struct rule *rule;

	if (bytes_equal(rest, bytes_of("/")))
		rest.size = 0; /* the root directory has no component */
	rule = look_up(question, ROOT_NONE, rest);
	for (enum root_kind root = ROOT_WORKSPACE; root <= ROOT_TMP && !rule; root++) {
		struct bytes folder = root_folder(question->roots, root);

		if (folder.size && name_is_below(question->asked->name, folder, &rest))
			rule = look_up(question, root, rest);
	}
	return rule;
}

/* The one that comes first in the policy. */
static void prefer_first(const struct rule **best, const struct rule *rule)
{
	if (!*best || rule < *best)
		*best = rule;
}

/* Goes down one component, whichever way the rules admit it. */
struct descent {
	const struct question *question;
	const struct rule_order *order;
	const struct rule *best;
	size_t most;	   /* components in common with the nearest */
	rule_visit *visit; /* NULL: the best is wanted */
	void *context;
};

static void take_admitting(struct descent *descent, struct stretch stretch)
{
	for (size_t i = stretch.begin; i < stretch.end; i++) {
		const struct rule *rule = rule_order_at(descent->order, i);

		if (!admits(descent->question, rule))
			continue;
		if (descent->visit)
			descent->visit(descent->context, rule);
		else
			prefer_first(&descent->best, rule);
	}
}

static void descend_open(struct descent *descent, struct stretch node, size_t depth,
			 struct bytes rest)
{
	const struct rule_order *order = descent->order;
	struct stretch next = { node.begin, node.begin };
	struct bytes component;

	if (!path_next(&rest, &component)) {
		take_admitting(descent, rule_order_ending(order, node, depth));
		return;
	}
	next = rule_order_literal(order, node, depth, component);
	if (next.begin < next.end)
		descend_open(descent, next, depth + 1, rest);
	for (next = rule_order_open(order, node, depth, node.begin); next.begin < next.end;
	     next = rule_order_open(order, node, depth, next.end)) {
		const struct token *token = &rule_order_at(order, next.begin)->match.token[depth];

		if (!token_admits(token, component))
			continue;
		if (token->kind == TOKEN_SUBTREE)
			take_admitting(descent, next);
		else
			descend_open(descent, next, depth + 1, rest);
	}
}

/* What stands behind the root in the name: false where it is not below it. */
static bool behind_root(const struct question *question, enum root_kind root, struct bytes *rest)
{
	struct bytes folder = root_folder(question->roots, root), name = question->asked->name;

	if (root == ROOT_NONE)
		*rest = name;
	else if (!folder.size || !name_is_below(name, folder, rest))
		return false;
	return true;
}

static void descend(struct descent *descent)
{
	const struct question *question = descent->question;
	const struct rule_order *order = descent->order;
	enum resource resource = question->asked->resource;
	enum action action = question->asked->action;
	struct bytes rest;

	for (enum root_kind root = ROOT_NONE; root <= ROOT_TMP; root++)
		if (behind_root(question, root, &rest))
			descend_open(descent, rule_order_paths(order, resource, action, root), 0,
				     rest);
	take_admitting(descent, rule_order_names(order, resource, action));
}

static const struct rule *find_open(const struct question *question)
{
	struct descent descent = { .question = question, .order = &question->policy->index->open };

	descend(&descent);
	return descent.best;
}

void policy_match_each(const struct policy *policy, const struct roots *roots,
		       const struct asked *asked, rule_visit *visit, void *context)
{
	const struct question question = { policy, roots, asked };
	struct descent descent = { .question = &question,
				   .order = &policy->index->all,
				   .visit = visit,
				   .context = context };

	descend(&descent);
}

/* ---- the nearest: the same way down, as far as it goes ---- */

static void take_nearest(struct descent *descent, const struct rule *rule, size_t near)
{
	bool same = rule->action == descent->question->asked->action;

	if (!near)
		return;
	near = near * 2 + same;
	if (near < descent->most || (near == descent->most && rule > descent->best))
		return;
	descent->most = near;
	descent->best = rule;
}

static void descend_nearest(struct descent *descent, struct stretch node, size_t depth,
			    size_t above, struct bytes rest)
{
	const struct rule_order *order = descent->order;
	struct stretch next;
	struct bytes component;

	take_nearest(descent, rule_order_at(order, node.begin), above + depth);
	if (!path_next(&rest, &component))
		return;
	next = rule_order_literal(order, node, depth, component);
	if (next.begin < next.end)
		descend_nearest(descent, next, depth + 1, above, rest);
	for (next = rule_order_open(order, node, depth, node.begin); next.begin < next.end;
	     next = rule_order_open(order, node, depth, next.end))
		if (token_admits(&rule_order_at(order, next.begin)->match.token[depth], component))
			descend_nearest(descent, next, depth + 1, above, rest);
}

static void find_nearest_path(struct descent *descent, enum action action, enum root_kind root)
{
	const struct question *question = descent->question;
	struct stretch stretch =
		rule_order_paths(descent->order, question->asked->resource, action, root);
	struct bytes folder = root_folder(question->roots, root), rest;

	if (stretch.begin == stretch.end || (root != ROOT_NONE && !folder.size))
		return;
	if (behind_root(question, root, &rest))
		descend_nearest(descent, stretch, 0, path_depth(folder), rest);
	else
		take_nearest(descent, rule_order_at(descent->order, stretch.begin),
			     path_common(folder, question->asked->name));
}

static const struct rule *find_nearest(const struct question *question)
{
	struct descent descent = { .question = question, .order = &question->policy->index->all };

	for (const struct word *word = action_word; word->code; word++) {
		enum action action = (enum action)word->code;
		struct stretch names =
			rule_order_names(descent.order, question->asked->resource, action);

		for (size_t i = names.begin; i < names.end; i++) {
			const struct rule *rule = rule_order_at(descent.order, i);

			take_nearest(&descent, rule,
				     pattern_nearness(&rule->match, question->roots,
						      question->asked->name));
		}
		for (enum root_kind root = ROOT_NONE; root <= ROOT_TMP; root++)
			find_nearest_path(&descent, action, root);
	}
	return descent.best;
}

const struct rule *policy_match(const struct policy *policy, const struct roots *roots,
				const struct asked *asked, const struct rule **nearest)
{
	const struct question question = { policy, roots, asked };
	const struct rule *rule = NULL;

	if (policy->index) {
		rule = find_exact(&question);
		if (!rule)
			rule = find_open(&question);
	}
	if (nearest)
		*nearest = rule || !policy->index ? NULL : find_nearest(&question);
	return rule;
}
