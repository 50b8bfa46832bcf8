#include "analyzer/siblings.h"

#include "analyzer/chosen.h"
#include "analyzer/feasible.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MIN  3
#define SHARE_MIN 2 /* of the set that have an action */

/* A file of a set. */
struct sibling {
	const struct tree *tree;
	struct buffer key;
};

struct set {
	struct evidence *evidence;
	const struct tuning *tuning;
	struct feasible *feasible;
	struct sibling *sibling; /* those of one ending */
	size_t count;
};

/* One action on a part of the set. */
struct share {
	const struct atom *example; /* the first by name */
	size_t have, single;	    /* names; of one run alone */
	size_t missing;		    /* that most runs know */
	bool own, replaces;
};

static const struct atom *find(const struct tree *tree, enum action action, const char *phase)
{
	for (const struct member *member = tree->member; member; member = member->next)
		if (member->atom->action == action && !strcmp(atom_phase(member->atom), phase))
			return member->atom;
	return NULL;
}

static bool is_known(const struct set *set, const struct tree *tree)
{
	for (const struct member *member = tree->member; member; member = member->next)
		if (member->atom->runs > 1 && member->atom->runs * 2 >= set->evidence->run_count)
			return true;
	return false;
}

static struct share share_of(const struct set *set, enum action action, const char *phase)
{
	struct share share = { .own = true, .replaces = true };

	for (size_t i = 0; i < set->count; i++) {
		const struct tree *tree = set->sibling[i].tree;
		const struct atom *atom = find(tree, action, phase);

		if (!atom) {
			share.missing += is_known(set, tree);
			continue;
		}
		if (!share.example)
			share.example = atom;
		share.have++;
		share.single += atom->runs == 1;
		share.own = share.own && atom->own;
		share.replaces = share.replaces && find(tree, ACTION_CREATE, phase);
	}
	return share;
}

static bool is_worth_it(const struct set *set, const struct share *share, enum action action)
{
	int64_t runs = (int64_t)set->evidence->run_count, missing = (int64_t)share->missing;
	int64_t weight = weight_of(set->tuning, bytes_of(atom_pattern(share->example)));
	int64_t cost =
		missing * COST_RULE + cost_of_excess(weight, action, share->own, (uint64_t)missing);

	return (int64_t)share->single * set->tuning->denial > cost * runs;
}

static char *say_why(const struct share *share)
{
	scoped(buffer) struct buffer why = { 0 };

	buffer_printf(&why, "done to %zu of %zu siblings, each time to others, like %s",
		      share->have, share->have + share->missing, atom_pattern(share->example));
	return buffer_steal(&why);
}

static int extend_to(const struct set *set, const struct share *share, const struct tree *tree)
{
	const char *pattern = atom_pattern(tree->member->atom);
	int r = feasible_exact(set->feasible, pattern, share->example->action);
	struct atom *atom;

	if (r <= 0)
		return r;
	atom = atom_new(share->example, pattern);
	if (!atom)
		return -ENOMEM;
	atom->own = share->own;
	atom->first_ns = atom->last_ns = 0;
	atom->why = say_why(share);
	r = atom->why ? evidence_add(set->evidence, atom) : -ENOMEM;
	if (r < 0)
		atom_free(atom);
	return r == -EEXIST ? 0 : r;
}

static int extend(const struct set *set, enum action action, const char *phase)
{
	struct share share = share_of(set, action, phase);
	int r = 0;

	if (share.have < SHARE_MIN || !share.single || !share.missing ||
	    (action == ACTION_DELETE && !share.replaces) || !is_worth_it(set, &share, action))
		return 0;
	for (size_t i = 0; i < set->count && r == 0; i++) {
		const struct tree *tree = set->sibling[i].tree;

		if (!find(tree, action, phase) && is_known(set, tree))
			r = extend_to(set, &share, tree);
	}
	return r;
}

/* Each action and phase once: where the first sibling that has it stands. */
static int extend_all(const struct set *set)
{
	int r = 0;

	for (size_t i = 0; i < set->count; i++)
		for (struct member *member = set->sibling[i].tree->member; member && r == 0;
		     member = member->next) {
			enum action action = member->atom->action;
			const char *phase = atom_phase(member->atom);
			bool is_first = true;

			for (size_t k = 0; k < i && is_first; k++)
				is_first = !find(set->sibling[k].tree, action, phase);
			if (is_first)
				r = extend(set, action, phase);
		}
	return r;
}

static int compare_siblings(const void *a, const void *b)
{
	const struct sibling *one = a, *other = b;
	int order = bytes_compare(buffer_bytes(&one->key), buffer_bytes(&other->key));

	return order ? order : strcmp(one->tree->text, other->tree->text);
}

/* Files with exact names that have an ending; how many, or -ENOMEM. */
static int64_t collect(const struct tree *tree, struct sibling *sibling)
{
	size_t count = 0;

	for (const struct tree *child = tree->child; child; child = child->hh.next) {
		scoped(buffer) struct buffer raw = { 0 };
		struct buffer *key = &sibling[count].key;

		if (child->child || !child->member || tree_is_open(child))
			continue;
		if (text_unescape(bytes_of(child->text), &raw) < 0)
			return -ENOMEM;
		chosen_key(buffer_bytes(&raw), key);
		if (buffer_status(key) < 0)
			return -ENOMEM;
		sibling[count].tree = child;
		count += key->size > 1;
	}
	return (int64_t)count;
}

static int extend_sets(struct set *set, struct sibling *sibling, size_t count)
{
	int r = 0;

	qsort(sibling, count, sizeof *sibling, compare_siblings);
	for (size_t i = 0; i < count && r == 0; i += set->count) {
		set->sibling = sibling + i;
		for (set->count = 1; i + set->count < count; set->count++)
			if (!bytes_equal(buffer_bytes(&sibling[i].key),
					 buffer_bytes(&sibling[i + set->count].key)))
				break;
		if (set->count > SHARE_MIN)
			r = extend_all(set);
	}
	return r;
}

static int extend_children(struct set *set, struct tree *tree)
{
	size_t most = HASH_COUNT(tree->child);
	struct sibling *sibling = calloc(most + 1, sizeof *sibling);
	int64_t count = sibling ? collect(tree, sibling) : -ENOMEM;
	int r = count < 0 ? (int)count : 0;

	if (r == 0)
		r = extend_sets(set, sibling, (size_t)count);
	for (size_t i = 0; sibling && i <= most; i++)
		buffer_release(&sibling[i].key);
	free(sibling);
	return r;
}

static int visit(struct set *set, struct tree *tree)
{
	int r = extend_children(set, tree);

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next)
		if (child->child && !tree_is_open(child))
			r = visit(set, child);
	return r;
}

int siblings_extend(struct evidence *evidence, struct tree *root, const struct tuning *tuning,
		    struct feasible *feasible)
{
	struct set set = { .evidence = evidence, .tuning = tuning, .feasible = feasible };

	return evidence->run_count < RUNS_MIN ? 0 : visit(&set, root);
}
