#include "analyzer/open_atoms.h"

#include "analyzer/protect.h"
#include "core/error.h"
#include "core/language.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct opening {
	struct evidence *evidence;
	struct buffer path;
	struct language *run; /* what is executed, or mapped to be */
	size_t runs, runs_capacity;
};

/* Atoms of one path, action and phase. */
struct group {
	struct atom **atom;
	size_t count;
};

static int compare_atoms(const void *a, const void *b)
{
	const struct atom *const *one = a, *const *other = b;
	int order = (int)(*one)->action - (int)(*other)->action;

	order = order ? order : strcmp(atom_phase(*one), atom_phase(*other));
	return order ? order : strcmp(atom_pattern(*one), atom_pattern(*other));
}

static bool all_own(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (!group->atom[i]->own)
			return false;
	return true;
}

/* Whether the pattern reaches something protected, wherever its root has been in a run. */
static bool reaches_protected(const struct opening *opening, const struct pattern *pattern,
			      enum action action)
{
	const struct evidence *evidence = opening->evidence;
	size_t roots = pattern->root == ROOT_NONE ? 1 : evidence->root_count;
	bool reaches = roots == 0;

	for (size_t i = 0; i < roots && !reaches; i++) {
		scoped(language) struct language language = { 0 };

		pattern_language(pattern, &evidence->root[i].roots, &language);
		reaches = protect_meets(pattern->resource, action, &language);
	}
	return reaches;
}

static bool reaches_code(const struct opening *opening, const struct pattern *pattern)
{
	scoped(language) struct language language = { 0 };

	pattern_language(pattern, NULL, &language);
	for (size_t i = 0; i < opening->runs; i++)
		if (language_intersects(&language, &opening->run[i], NULL))
			return true;
	return false;
}

static bool may_open(const struct opening *opening, const struct group *group)
{
	scoped(pattern) struct pattern pattern = { 0 };
	enum action action = group->atom[0]->action;
	struct error ignored = { 0 };

	if (action == ACTION_MAP || (action == ACTION_DELETE && !all_own(group)))
		return false;
	if (pattern_parse(&pattern, RESOURCE_FILE, buffer_text(&opening->path), &ignored) < 0)
		return false;
	return !reaches_protected(opening, &pattern, action) &&
	       (!action_is_change(action) || action == ACTION_DELETE ||
		!reaches_code(opening, &pattern));
}

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

static int replace(struct opening *opening, const struct group *group)
{
	struct atom *first = group->atom[0], *atom;
	int r = 0;

	atom = atom_new(first, buffer_text(&opening->path));
	if (!atom)
		return -ENOMEM;
	for (size_t i = 0; i < group->count && r == 0; i++)
		r = atom_merge(atom, group->atom[i]);
	if (r < 0 || say_why(atom, group) < 0 || evidence_add(opening->evidence, atom) < 0) {
		atom_free(atom);
		return -ENOMEM;
	}
	for (size_t i = 0; i < group->count; i++)
		evidence_drop(opening->evidence, group->atom[i]);
	return 0;
}

static bool is_same_kind(const struct atom *a, const struct atom *b)
{
	return a->action == b->action && !strcmp(atom_phase(a), atom_phase(b));
}

static int open_groups(struct opening *opening, struct atom **atom, size_t count)
{
	int r = 0;

	qsort(atom, count, sizeof(*atom), compare_atoms);
	for (size_t i = 0; i < count && r == 0;) {
		struct group group = { atom + i, 1 };

		while (i + group.count < count && is_same_kind(atom[i], atom[i + group.count]))
			group.count++;
		i += group.count;
		if (may_open(opening, &group))
			r = replace(opening, &group);
	}
	return r;
}

static int open_members(struct opening *opening, struct tree *tree)
{
	struct atom **atom;
	size_t count = 0;
	int r;

	for (struct member *member = tree->member; member; member = member->next)
		count++;
	if (!count)
		return 0;
	atom = calloc(count, sizeof(*atom));
	if (!atom)
		return -ENOMEM;
	count = 0;
	for (struct member *member = tree->member; member; member = member->next)
		atom[count++] = member->atom;
	r = open_groups(opening, atom, count);
	free(atom);
	return r;
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

static int add_code(struct opening *opening, const struct atom *atom)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error ignored = { 0 };

	if (opening->runs == opening->runs_capacity) {
		size_t capacity = opening->runs_capacity ? opening->runs_capacity * 2 : 64;
		struct language *grown = reallocarray(opening->run, capacity, sizeof *grown);

		if (!grown)
			return -ENOMEM;
		opening->run = grown;
		opening->runs_capacity = capacity;
	}
	if (pattern_parse(&pattern, atom->resource, atom_pattern(atom), &ignored) < 0)
		return 0;
	opening->run[opening->runs] = (struct language){ 0 };
	pattern_language(&pattern, NULL, &opening->run[opening->runs++]);
	return opening->run[opening->runs - 1].failed ? -ENOMEM : 0;
}

static int find_code(struct opening *opening)
{
	int r = 0;

	for (struct atom *atom = opening->evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (atom->outcome == OUTCOME_OK &&
		    (atom->action == ACTION_EXEC || atom->action == ACTION_MAP))
			r = add_code(opening, atom);
	return r;
}

int open_atoms(struct evidence *evidence, struct tree *root)
{
	struct opening opening = { .evidence = evidence };
	int r = find_code(&opening);

	if (r == 0)
		r = visit(&opening, root, true, false);
	if (r == 0)
		evidence_sort(evidence);
	for (size_t i = 0; i < opening.runs; i++)
		language_release(&opening.run[i]);
	free(opening.run);
	buffer_release(&opening.path);
	return r;
}
