#include "analyzer/candidate.h"

#include <errno.h>
#include <string.h>

void candidate_cleanup(struct candidate *candidate)
{
	if (candidate->open)
		tree_free(candidate->open);
	while (candidate->rest) {
		struct tree *rest = candidate->rest;

		candidate->rest = rest->gone;
		rest->gone = NULL;
		tree_free(rest);
	}
}

static int divide(struct candidate *candidate, const struct tree *child)
{
	struct tree *part = NULL, *rest = NULL;
	int r = tree_part(child, PART_VOLATILE, &part);

	if (r == 0 && part)
		r = tree_merge(candidate->open, part);
	if (r == 0 && child->run == RUN_MANY)
		r = tree_part(child, PART_STABLE, &rest);
	if (rest) {
		rest->gone = candidate->rest;
		candidate->rest = rest;
	}
	return r;
}

int candidate_make(struct candidate *candidate, const struct cluster *cluster,
		   struct varying *varying)
{
	scoped(buffer) struct buffer text = { 0 };
	int r;

	varying_write(varying, &text);
	if (buffer_status(&text) < 0)
		return -ENOMEM;
	candidate->open = tree_alone(buffer_bytes(&text));
	r = candidate->open ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < cluster->count; i++)
		r = divide(candidate, cluster->child[i]);
	if (r == 0) {
		candidate->open->varying = *varying;
		*varying = (struct varying){ 0 };
	}
	return r;
}

static int add_child(struct tree *tree, struct tree *child)
{
	struct tree *same;

	child->taken = true;
	HASH_FIND(hh, tree->child, child->text, strlen(child->text), same);
	if (same)
		return tree_merge(same, child);
	HASH_ADD_KEYPTR(hh, tree->child, child->text, strlen(child->text), child);
	return child->hh.tbl ? 0 : -ENOMEM;
}

int candidate_place(struct candidate *candidate, struct tree *tree, const struct cluster *cluster)
{
	struct tree *child;
	int r;

	for (size_t i = 0; i < cluster->count; i++) {
		HASH_DEL(tree->child, cluster->child[i]);
		cluster->child[i]->gone = tree->gone;
		tree->gone = cluster->child[i];
	}
	child = candidate->open;
	candidate->open = NULL;
	r = add_child(tree, child);
	while (r == 0 && candidate->rest) {
		child = candidate->rest;
		candidate->rest = child->gone;
		child->gone = NULL;
		r = add_child(tree, child);
	}
	return r;
}
