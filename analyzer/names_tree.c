#include "analyzer/names_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct tree *tree_alone(struct bytes text)
{
	struct tree *tree = calloc(1, sizeof *tree);

	if (!tree)
		return NULL;
	tree->run = RUN_NONE;
	tree->text = strndup(text.size ? text.data : "", text.size);
	if (tree->text)
		return tree;
	free(tree);
	return NULL;
}

struct tree *tree_new(void)
{
	return tree_alone(bytes_of(""));
}

struct tree *tree_child(struct tree *tree, struct bytes text)
{
	struct tree *child;

	HASH_FIND(hh, tree->child, text.data, text.size, child);
	if (child)
		return child;
	child = tree_alone(text);
	if (!child)
		return NULL;
	HASH_ADD_KEYPTR(hh, tree->child, child->text, text.size, child);
	if (child->hh.tbl)
		return child;
	tree_free(child);
	return NULL;
}

static void add_run(struct tree *tree, int64_t run)
{
	if (tree->run == RUN_NONE)
		tree->run = run;
	else if (tree->run != run)
		tree->run = RUN_MANY;
}

static int add_member(struct tree *tree, struct atom *atom)
{
	struct member *member = calloc(1, sizeof *member);

	if (!member)
		return -ENOMEM;
	member->atom = atom;
	member->next = tree->member;
	tree->member = member;
	return 0;
}

static int64_t run_of(const struct atom *atom)
{
	return atom->runs == 1 ? (int64_t)atom_uses(atom)->run : RUN_MANY;
}

int tree_add(struct tree *root, struct atom *atom)
{
	int64_t run = run_of(atom);
	const char *at = atom_pattern(atom);
	struct tree *tree = root;

	for (;;) {
		size_t size = strcspn(at, "/");

		tree = tree_child(tree, (struct bytes){ at, size });
		if (!tree)
			return -ENOMEM;
		add_run(tree, run);

		at += size;
		if (!*at)
			return add_member(tree, atom);
		at++;
	}
}

/* Before those that are there, which are many more. */
static void take_members(struct tree *to, struct tree *from)
{
	struct member **end = &from->member;

	while (*end)
		end = &(*end)->next;
	*end = to->member;
	to->member = from->member;
	from->member = NULL;
}

int tree_merge(struct tree *to, struct tree *from)
{
	struct tree *child = from->child, *next;
	int r = 0;

	add_run(to, from->run);

	take_members(to, from);
	HASH_CLEAR(hh, from->child);
	for (; child; child = next) {
		struct tree *same = NULL;

		next = child->hh.next;
		if (r == 0)
			same = tree_child(to, bytes_of(child->text));
		if (same)
			r = tree_merge(same, child);
		else
			r = -ENOMEM;
		if (!same)
			tree_free(child);
	}
	tree_free(from);
	return r;
}

static int clone_varying(struct varying *to, const struct varying *from)
{
	int r = varying_append(to, from);

	return r == 0 && from->count ? varying_finish(to) : r;
}

static bool is_in(const struct atom *atom, enum part_kind kind)
{
	return (kind == PART_VOLATILE) == (atom->runs == 1);
}

static int take_part_of_members(struct tree *to, const struct tree *from, enum part_kind kind)
{
	int r = 0;

	for (struct member *member = from->member; member && r == 0; member = member->next) {
		if (!is_in(member->atom, kind))
			continue;
		add_run(to, run_of(member->atom));
		r = add_member(to, member->atom);
	}
	return r;
}

static int take_part_of_child(struct tree *to, const struct tree *child, enum part_kind kind)
{
	struct tree *part = NULL;
	int r = tree_part(child, kind, &part);

	if (r < 0 || !part)
		return r;
	HASH_ADD_KEYPTR(hh, to->child, part->text, strlen(part->text), part);
	if (!part->hh.tbl) {
		tree_free(part);
		return -ENOMEM;
	}
	if (part->run != RUN_NONE)
		add_run(to, part->run);
	return 0;
}

int tree_part(const struct tree *tree, enum part_kind kind, struct tree **ret)
{
	struct tree *part = tree_alone(bytes_of(tree->text));
	int r = part ? take_part_of_members(part, tree, kind) : -ENOMEM;

	if (r == 0)
		r = clone_varying(&part->varying, &tree->varying);
	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next)
		r = take_part_of_child(part, child, kind);
	if (r < 0 || (!part->member && !part->child)) {
		if (part)
			tree_free(part);
		*ret = NULL;
		return r;
	}
	part->admitted = tree->admitted;
	*ret = part;
	return 0;
}

bool tree_is_open(const struct tree *tree)
{
	return tree->varying.count != 0;
}

static int compare(const struct tree *a, const struct tree *b)
{
	return strcmp(a->text, b->text);
}

void tree_sort(struct tree *tree)
{
	HASH_SORT(tree->child, compare);
}

void tree_free(struct tree *tree)
{
	struct tree *child = tree->child, *next;

	HASH_CLEAR(hh, tree->child);
	for (; child; child = next) {
		next = child->hh.next;
		tree_free(child);
	}
	while (tree->member) {
		struct member *member = tree->member;

		tree->member = member->next;
		free(member);
	}
	varying_release(&tree->varying);
	free(tree->text);
	free(tree);
}
