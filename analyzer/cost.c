#include "analyzer/cost.h"

#include "analyzer/feasible.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_atoms(const void *a, const void *b)
{
	const struct atom *const *one = a, *const *other = b;
	int order = (int)(*one)->action - (int)(*other)->action;

	order = order ? order : strcmp(atom_phase(*one), atom_phase(*other));
	return order ? order : strcmp(atom_pattern(*one), atom_pattern(*other));
}

int64_t members_sorted(const struct tree *tree, struct atom ***ret)
{
	struct atom **atom;
	size_t count = 0;

	for (struct member *member = tree->member; member; member = member->next)
		count++;
	atom = calloc(count + 1, sizeof(*atom));
	if (!atom)
		return -ENOMEM;
	count = 0;
	for (struct member *member = tree->member; member; member = member->next)
		atom[count++] = member->atom;
	qsort(atom, count, sizeof(*atom), compare_atoms);
	*ret = atom;
	return (int64_t)count;
}

size_t members_alike(struct atom *const *atom, size_t count)
{
	size_t alike = 1;

	while (alike < count && atom[alike]->action == atom[0]->action &&
	       !strcmp(atom_phase(atom[alike]), atom_phase(atom[0])))
		alike++;
	return alike;
}

bool members_own(struct atom *const *atom, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!atom[i]->own)
			return false;
	return true;
}

static int64_t cost_of_literals(const struct costing *costing, struct atom *const *atom,
				size_t count)
{
	int64_t cost = (int64_t)count * COST_RULE * costing->runs;

	for (size_t i = 0; costing->runs > 1 && i < count; i++)
		cost += atom[i]->runs == 1 ? costing->tuning->denial : 0;
	return cost;
}

/* Of one rule, where there may be one. */
static int64_t cost_of_open(const struct costing *costing, const char *path,
			    struct atom *const *atom, size_t count, int open)
{
	int64_t weight = weight_of(costing->tuning, bytes_of(path));
	enum action action = atom[0]->action;
	bool own = members_own(atom, count);
	int r = feasible_open(costing->feasible, path, action, own);

	if (r < 0)
		return r;
	if (!r)
		return cost_of_literals(costing, atom, count);
	return costing->runs *
	       (COST_RULE + COST_CLASS * open +
		cost_of_excess(weight, action, own && action != ACTION_CREATE, costing->admitted));
}

int64_t cost_of_members(const struct costing *costing, const char *path, const struct tree *tree,
			int open)
{
	struct atom **atom;
	int64_t sum = 0, cost = 0;
	int64_t count = members_sorted(tree, &atom);

	if (count < 0)
		return count;
	for (size_t i = 0, alike; i < (size_t)count && cost >= 0; i += alike) {
		alike = members_alike(atom + i, (size_t)count - i);
		cost = open ? cost_of_open(costing, path, atom + i, alike, open)
			    : cost_of_literals(costing, atom + i, alike);
		sum += cost;
	}
	free(atom);
	return cost < 0 ? cost : sum;
}
