#include "analyzer/open_atoms.h"

#include "analyzer/cost.h"
#include "analyzer/endpoints.h"
#include "analyzer/feasible.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct opening {
	struct evidence *evidence;
	struct feasible *feasible;
	struct buffer path;
};

/* Atoms of one path, action and phase. */
struct group {
	struct atom **atom;
	size_t count;
};

/* The first by name, whichever run came first. */
static const char *example_of(const struct group *group)
{
	const char *first = atom_pattern(group->atom[0]);

	for (size_t i = 1; i < group->count; i++)
		if (strcmp(atom_pattern(group->atom[i]), first) < 0)
			first = atom_pattern(group->atom[i]);
	return first;
}

/* "7 names in 5 runs, like /tmp/ccAb12cd.o" */
static int say_why(struct atom *atom, const struct group *group)
{
	scoped(buffer) struct buffer why = { 0 };

	buffer_printf(&why, "new names each time: %zu in %" PRIu32 " run%s, like %s", group->count,
		      atom->runs, atom->runs == 1 ? "" : "s", example_of(group));
	atom->why = buffer_steal(&why);
	return atom->why ? 0 : -ENOMEM;
}

int atoms_open(struct evidence *evidence, const char *pattern, struct atom **member, size_t count)
{
	const struct group group = { member, count };
	struct atom *atom = atom_new(member[0], pattern);
	int r = 0;

	if (!atom)
		return -ENOMEM;
	for (size_t i = 0; i < count && r == 0; i++)
		r = atom_merge(atom, member[i]);
	if (r < 0 || say_why(atom, &group) < 0 || evidence_add(evidence, atom) < 0) {
		atom_free(atom);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count && r == 0; i++)
		r = evidence_open(evidence, member[i]);
	return r;
}

static int open_members(struct opening *opening, struct tree *tree)
{
	struct atom **atom;
	int64_t count = members_sorted(tree, &atom);
	int r = 0;

	if (count < 0)
		return (int)count;
	for (size_t i = 0; i < (size_t)count && r >= 0;) {
		struct group group = { atom + i, members_alike(atom + i, (size_t)count - i) };

		i += group.count;
		r = feasible_open(opening->feasible, buffer_text(&opening->path),
				  group.atom[0]->action, members_own(group.atom, group.count));
		if (r > 0)
			r = atoms_open(opening->evidence, buffer_text(&opening->path), group.atom,
				       group.count);
	}
	free(atom);
	return r < 0 ? r : 0;
}

static int visit(struct opening *opening, struct tree *tree, bool is_root, bool is_open)
{
	size_t before = opening->path.size;
	int r = is_open ? open_members(opening, tree) : 0;

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next) {
		if (!is_root)
			buffer_add_char(&opening->path, '/');
		buffer_add(&opening->path, child->text);
		r = buffer_status(&opening->path);
		if (r == 0)
			r = visit(opening, child, false, is_open || tree_is_open(child));
		opening->path.size = before;
	}
	return r;
}

int open_atoms(struct evidence *evidence, struct tree *root, struct feasible *feasible)
{
	struct opening opening = { .evidence = evidence, .feasible = feasible };
	int r = visit(&opening, root, true, false);

	if (r == 0)
		r = endpoints_open(evidence);
	buffer_release(&opening.path);
	return r;
}
