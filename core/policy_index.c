#include "core/policy_private.h"

#include <errno.h>
#include <stdlib.h>

/* Rules of exact names hang in a hash table by resource, action, root and what follows the root,
 * so that a name needs no text built: it is looked up once for each root above it.  Rules of open
 * patterns are a list per resource and action. */
struct policy_index {
	size_t mask;	/* buckets, less one */
	uint32_t *head; /* per bucket: the number of a rule, from 1; 0 ends */
	uint32_t *next; /* per rule */
	uint32_t *open; /* numbers of open rules, from 0, in the order of the rules */
	size_t open_count;
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
	free(policy->index->open);
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
	index->open = calloc(count + 1, sizeof *index->open);
	return index->head && index->next && index->open ? 0 : -ENOMEM;
}

int policy_index_build(struct policy *policy)
{
	struct policy_index *index = calloc(1, sizeof *index);

	policy->index = index;
	if (!index || policy->count >= UINT32_MAX || allocate(index, policy->count) < 0) {
		policy_index_release(policy);
		return -ENOMEM;
	}
	for (size_t i = 0; i < policy->count; i++)
		if (pattern_is_open(&policy->rule[i].match))
			index->open[index->open_count++] = (uint32_t)i;
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
	       rule_has_phase(rule, question->asked->phase) &&
	       (!rule->own || question->asked->own) &&
	       pattern_matches(&rule->match, question->roots, question->asked->name);
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

/* Whether `rule` comes before those of this resource and action. */
static bool is_before(const struct question *question, const struct rule *rule)
{
	if (rule->resource != question->asked->resource)
		return rule->resource < question->asked->resource;
	return rule->action < question->asked->action;
}

static const struct rule *find_open(const struct question *question)
{
	const struct policy_index *index = question->policy->index;
	const struct rule *rule = question->policy->rule;
	size_t low = 0, high = index->open_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before(question, &rule[index->open[middle]]))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < index->open_count; low++) {
		const struct rule *open = &rule[index->open[low]];

		if (open->resource != question->asked->resource ||
		    open->action != question->asked->action)
			break;
		if (admits(question, open))
			return open;
	}
	return NULL;
}

static const struct rule *find_nearest(const struct question *question)
{
	const struct rule *nearest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < question->policy->count; i++) {
		const struct rule *rule = &question->policy->rule[i];
		size_t near;

		if (rule->resource != question->asked->resource)
			continue;
		near = pattern_nearness(&rule->match, question->roots, question->asked->name) * 2;
		near += near && rule->action == question->asked->action;
		if (near <= most)
			continue;
		most = near;
		nearest = rule;
	}
	return nearest;
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
		*nearest = rule ? NULL : find_nearest(&question);
	return rule;
}
