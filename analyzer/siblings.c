#include "analyzer/siblings.h"

#include "analyzer/chosen.h"
#include "analyzer/feasible.h"
#include "analyzer/protect.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MIN   3
#define SHARE_MIN  2 /* of the set that have an action */
#define SPREAD_MIN 3 /* that have one by turns */

/* A file of a set, or files of an open name. */
struct sibling {
	const struct tree *tree;
	struct buffer key;
};

struct set {
	struct evidence *evidence;
	const struct tuning *tuning;
	struct feasible *feasible;
	struct buffer path;	 /* of the folder */
	struct sibling *sibling; /* those of one ending */
	size_t count;
	bool *has; /* by run: to count with */
};

/* One action on a part of the set. */
struct share {
	const struct atom *example; /* of the first by name */
	size_t have, single;	    /* names; of one run alone */
	size_t missing;		    /* that most runs know */
	size_t runs, most;	    /* that have the action; on one name */
	bool own, replaces;
};

static bool is_same(const struct atom *atom, const struct atom *other)
{
	return atom->action == other->action && !strcmp(atom_phase(atom), atom_phase(other));
}

static const struct atom *find(const struct tree *tree, const struct atom *like)
{
	for (const struct member *member = tree->member; member; member = member->next)
		if (is_same(member->atom, like))
			return member->atom;
	return NULL;
}

static void mark(const struct set *set, const struct atom *atom)
{
	for (uint32_t i = 0; i < atom->runs; i++)
		set->has[atom_uses(atom)[i].run] = true;
}

static size_t count_marked(const struct set *set)
{
	size_t marked = 0;

	for (size_t i = 0; i < set->evidence->runs_in_all; i++)
		marked += set->has[i];
	return marked;
}

static void unmark(const struct set *set)
{
	memset(set->has, 0, set->evidence->runs_in_all * sizeof *set->has);
}

/* How many runs have anything to do with it, or that action; NULL: any. */
static size_t runs_of(const struct set *set, const struct tree *tree, const struct atom *like)
{
	unmark(set);
	for (const struct member *member = tree->member; member; member = member->next)
		if (!like || is_same(member->atom, like))
			mark(set, member->atom);
	return count_marked(set);
}

/* That most runs know, and not one alone. */
static bool is_known(const struct set *set, const struct tree *tree)
{
	size_t runs = runs_of(set, tree, NULL);

	return runs > 1 && runs * 2 >= set->evidence->run_count;
}

static bool all_own(const struct tree *tree, const struct atom *like)
{
	for (const struct member *member = tree->member; member; member = member->next)
		if (is_same(member->atom, like) && !member->atom->own)
			return false;
	return true;
}

static bool is_created(const struct tree *tree)
{
	for (const struct member *member = tree->member; member; member = member->next)
		if (member->atom->action == ACTION_CREATE)
			return true;
	return false;
}

static void take(const struct set *set, struct share *share, const struct tree *tree,
		 const struct atom *like)
{
	size_t runs = runs_of(set, tree, like);

	if (!share->example)
		share->example = find(tree, like);
	share->have++;
	share->single += runs == 1;
	share->most = runs > share->most ? runs : share->most;
	share->own = share->own && all_own(tree, like);
	share->replaces = share->replaces && is_created(tree);
}

static struct share share_of(const struct set *set, const struct atom *like)
{
	struct share share = { .own = true, .replaces = true };

	for (size_t i = 0; i < set->count; i++) {
		const struct tree *tree = set->sibling[i].tree;

		if (find(tree, like))
			take(set, &share, tree, like);
		else
			share.missing += is_known(set, tree);
	}
	unmark(set);
	for (size_t i = 0; i < set->count; i++)
		for (struct member *at = set->sibling[i].tree->member; at; at = at->next)
			if (is_same(at->atom, like))
				mark(set, at->atom);
	share.runs = count_marked(set);
	return share;
}

/* Names to come are as many as those that came once (Good and Turing); one more, where the names
 * have taken turns. */
static int64_t expected(const struct share *share)
{
	bool turns = share->have >= SPREAD_MIN && share->most * 2 <= share->runs;

	return (int64_t)share->single + turns;
}

static bool is_worth_it(const struct set *set, const struct share *share)
{
	int64_t runs = (int64_t)set->evidence->run_count, missing = (int64_t)share->missing;
	int64_t weight = weight_of(set->tuning, bytes_of(atom_pattern(share->example)));
	int64_t cost = missing * COST_RULE + cost_of_excess(weight, share->example->action,
							    share->own, (uint64_t)missing);

	return expected(share) * set->tuning->denial > cost * runs;
}

/* Settings are changed by their names alone; what is deleted must have been made anew. */
static bool is_allowed(const struct set *set, const struct share *share)
{
	enum action action = share->example->action;

	if (action_is_change(action) && !place_of(buffer_bytes(&set->path))->is_open)
		return false;
	return action != ACTION_DELETE || share->replaces;
}

static char *say_why(const struct share *share)
{
	scoped(buffer) struct buffer why = { 0 };

	buffer_printf(&why, "done to %zu of %zu siblings, in %zu runs, like %s", share->have,
		      share->have + share->missing, share->runs, atom_pattern(share->example));
	return buffer_steal(&why);
}

static int may_extend(const struct set *set, const struct share *share, const struct tree *tree)
{
	enum action action = share->example->action;
	const char *path = buffer_text(&set->path);

	return tree_is_open(tree) ? feasible_open(set->feasible, path, action, share->own)
				  : feasible_exact(set->feasible, path, action);
}

static int extend_to(const struct set *set, const struct share *share, const struct tree *tree)
{
	int r = may_extend(set, share, tree);
	struct atom *atom;

	if (r <= 0)
		return r;
	atom = atom_new(share->example, buffer_text(&set->path));
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

static int extend(struct set *set, const struct atom *like)
{
	struct share share = share_of(set, like);
	size_t before = set->path.size;
	int r = 0;

	if (share.have < SHARE_MIN || !share.missing || !is_allowed(set, &share) ||
	    !is_worth_it(set, &share))
		return 0;
	for (size_t i = 0; i < set->count && r == 0; i++) {
		const struct tree *tree = set->sibling[i].tree;

		if (find(tree, like) || !is_known(set, tree))
			continue;
		buffer_add_char(&set->path, '/');
		buffer_add(&set->path, tree->text);
		r = buffer_status(&set->path);
		if (r == 0)
			r = extend_to(set, &share, tree);
		set->path.size = before;
	}
	return r;
}

static bool is_first(const struct set *set, size_t index, const struct member *member)
{
	const struct member *before = set->sibling[index].tree->member;

	for (size_t i = 0; i < index; i++)
		if (find(set->sibling[i].tree, member->atom))
			return false;
	for (; before != member; before = before->next)
		if (is_same(before->atom, member->atom))
			return false;
	return true;
}

/* Each action and phase once: where the first sibling that has it stands. */
static int extend_all(struct set *set)
{
	int r = 0;

	for (size_t i = 0; i < set->count; i++)
		for (struct member *member = set->sibling[i].tree->member; member && r == 0;
		     member = member->next)
			if (is_first(set, i, member))
				r = extend(set, member->atom);
	return r;
}

static int compare_siblings(const void *a, const void *b)
{
	const struct sibling *one = a, *other = b;
	int order = bytes_compare(buffer_bytes(&one->key), buffer_bytes(&other->key));

	return order ? order : strcmp(one->tree->text, other->tree->text);
}

/* Nothing where it has no ending. */
static int find_key(const struct tree *tree, struct buffer *out)
{
	scoped(buffer) struct buffer raw = { 0 };
	const char *behind = strrchr(tree->text, '}');

	if (tree_is_open(tree)) {
		if (behind && behind[1])
			buffer_printf(out, "{%s", behind + 1);
		return buffer_status(out);
	}
	if (text_unescape(bytes_of(tree->text), &raw) < 0)
		return -ENOMEM;
	chosen_key(buffer_bytes(&raw), out);
	if (out->size == 1)
		buffer_clear(out);
	return buffer_status(out);
}

/* Files that have an ending; how many, or -ENOMEM. */
static int64_t collect(const struct tree *tree, struct sibling *sibling)
{
	size_t count = 0;

	for (const struct tree *child = tree->child; child; child = child->hh.next) {
		if (child->child || !child->member)
			continue;
		if (find_key(child, &sibling[count].key) < 0)
			return -ENOMEM;
		sibling[count].tree = child;
		count += sibling[count].key.size != 0;
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

/* What stands below an open folder has no run of its own. */
static int visit(struct set *set, struct tree *tree, bool is_root)
{
	size_t before = set->path.size;
	int r = extend_children(set, tree);

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next) {
		if (!child->child || tree_is_open(child))
			continue;
		if (!is_root)
			buffer_add_char(&set->path, '/');
		buffer_add(&set->path, child->text);
		r = buffer_status(&set->path);
		if (r == 0)
			r = visit(set, child, false);
		set->path.size = before;
	}
	return r;
}

int siblings_extend(struct evidence *evidence, struct tree *root, const struct tuning *tuning,
		    struct feasible *feasible)
{
	struct set set = { .evidence = evidence, .tuning = tuning, .feasible = feasible };
	int r;

	if (evidence->run_count < RUNS_MIN)
		return 0;
	set.has = calloc(evidence->runs_in_all + 1, sizeof *set.has);
	r = set.has ? visit(&set, root, true) : -ENOMEM;
	free(set.has);
	buffer_release(&set.path);
	return r;
}
