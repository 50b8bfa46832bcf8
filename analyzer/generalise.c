#include "analyzer/generalise.h"

#include "analyzer/names_tree.h"
#include "analyzer/open_atoms.h"
#include "analyzer/shape.h"
#include "core/error.h"
#include "core/text.h"
#include "core/varying.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Names of one run that chance made: so many of them are not all there ever will be. */
#define AT_ONCE	  8
#define DEPTH_MAX 512

/* Children of a folder that one run each has, and that look alike. */
struct cluster {
	UT_hash_handle hh;
	struct tree **child;
	struct bytes *name; /* raw */
	size_t count, capacity;
	struct buffer raw; /* of all names */
	char key[];
};

struct work {
	struct buffer path; /* of the folder at hand */
	int depth;
};

static void free_clusters(struct cluster *clusters)
{
	struct cluster *cluster = clusters, *next;

	HASH_CLEAR(hh, clusters);
	for (; cluster; cluster = next) {
		next = cluster->hh.next;
		free(cluster->child);
		free(cluster->name);
		buffer_release(&cluster->raw);
		free(cluster);
	}
}

static struct cluster *cluster_of(struct cluster **clusters, const struct buffer *key)
{
	struct cluster *cluster;

	HASH_FIND(hh, *clusters, buffer_text(key), key->size, cluster);
	if (cluster)
		return cluster;
	cluster = calloc(1, sizeof *cluster + key->size);
	if (!cluster)
		return NULL;
	memcpy(cluster->key, buffer_text(key), key->size);
	HASH_ADD(hh, *clusters, key, key->size, cluster);
	if (cluster->hh.tbl)
		return cluster;
	free(cluster);
	return NULL;
}

static int add_to_cluster(struct cluster *cluster, struct tree *child)
{
	size_t capacity = cluster->capacity ? cluster->capacity * 2 : 8;
	struct tree **grown;

	if (cluster->count == cluster->capacity) {
		grown = reallocarray(cluster->child, capacity, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		cluster->child = grown;
		cluster->capacity = capacity;
	}
	cluster->child[cluster->count++] = child;
	return 0;
}

static int cluster_child(struct cluster **clusters, struct tree *child)
{
	scoped(buffer) struct buffer raw = { 0 }, key = { 0 };
	struct cluster *cluster;

	if (text_unescape(bytes_of(child->text), &raw) < 0)
		return -ENOMEM;
	shape_key(buffer_bytes(&raw), &key);
	cluster = buffer_status(&key) == 0 ? cluster_of(clusters, &key) : NULL;
	return cluster ? add_to_cluster(cluster, child) : -ENOMEM;
}

/* What only one run has. */
static bool is_volatile(const struct tree *tree)
{
	return tree->run >= 0 && !tree_is_open(tree);
}
static int find_clusters(struct tree *tree, struct cluster **clusters)
{
	int r = 0;

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next)
		if (is_volatile(child))
			r = cluster_child(clusters, child);
	return r;
}

static int read_names(struct cluster *cluster)
{
	size_t at = 0;

	cluster->name = calloc(cluster->count, sizeof *cluster->name);
	if (!cluster->name)
		return -ENOMEM;
	for (size_t i = 0; i < cluster->count; i++) {
		size_t before = cluster->raw.size;

		if (text_unescape(bytes_of(cluster->child[i]->text), &cluster->raw) < 0)
			return -ENOMEM;
		cluster->name[i].size = cluster->raw.size - before;
	}
	for (size_t i = 0; i < cluster->count; i++) {
		cluster->name[i].data = cluster->raw.data + at;
		at += cluster->name[i].size;
	}
	return buffer_status(&cluster->raw);
}

static bool is_of_many_runs(const struct cluster *cluster)
{
	for (size_t i = 1; i < cluster->count; i++)
		if (cluster->child[i]->run != cluster->child[0]->run)
			return true;
	return false;
}

static bool is_numbers_only(const struct varying *varying)
{
	for (size_t i = 0; i < varying->count; i++)
		if (!varying->part[i].literal.size && varying->part[i].class != CLASS_DIGIT)
			return false;
	return true;
}

/* Folders of the system in which what is there has names that people gave. */
static bool is_never_cut(struct bytes path)
{
	static const char *const folder[] = { "",      "/etc", "/home", "$HOME", "/usr", "/var",
					      "/proc", "/sys", "/root", "/boot", "/run", "/dev" };

	for (size_t i = 0; i < sizeof folder / sizeof *folder; i++)
		if (bytes_equal(path, bytes_of(folder[i])))
			return true;
	return false;
}

static bool is_allowed(const struct work *work, const struct cluster *cluster,
		       const struct varying *varying)
{
	struct bytes path = buffer_bytes(&work->path);
	bool numbers = is_numbers_only(varying);

	if (is_never_cut(path) && !(numbers && bytes_equal(path, bytes_of("/proc"))))
		return false;
	return is_of_many_runs(cluster) || (cluster->count >= AT_ONCE && !numbers);
}

/* Puts the children of the cluster under one that stands for them all. */
static int unite(struct tree *tree, struct cluster *cluster, struct varying *varying)
{
	scoped(buffer) struct buffer text = { 0 };
	struct tree *open;
	int r = 0;

	varying_write(varying, &text);
	if (buffer_status(&text) < 0)
		return -ENOMEM;
	open = tree_child(tree, buffer_bytes(&text));
	if (!open)
		return -ENOMEM;
	open->varying = *varying;
	*varying = (struct varying){ 0 };
	for (size_t i = 0; i < cluster->count; i++) {
		HASH_DEL(tree->child, cluster->child[i]);
		if (r == 0)
			r = tree_merge(open, cluster->child[i]);
		else
			tree_free(cluster->child[i]);
	}
	return r;
}

static int try_cluster(struct work *work, struct tree *tree, struct cluster *cluster)
{
	scoped(varying) struct varying varying = { 0 };
	int r = cluster->count < 2 ? 1 : read_names(cluster);

	if (r == 0)
		r = shape_infer(cluster->name, cluster->count, &varying);
	if (r == 0 && is_allowed(work, cluster, &varying))
		r = unite(tree, cluster, &varying);
	return r < 0 ? r : 0;
}

/* What is made likewise, but did not look so: chance also writes words. */
static int absorb(struct tree *tree, struct tree *open)
{
	struct tree *child = tree->child, *next;
	int r = 0;

	for (; child && r == 0; child = next) {
		scoped(buffer) struct buffer raw = { 0 };

		next = child->hh.next;
		if (!is_volatile(child))
			continue;
		r = text_unescape(bytes_of(child->text), &raw);
		if (r < 0 || !varying_matches(&open->varying, buffer_bytes(&raw)))
			continue;
		HASH_DEL(tree->child, child);
		r = tree_merge(open, child);
	}
	return r;
}

static int find_open(struct work *work, struct tree *tree)
{
	struct cluster *clusters = NULL;
	int r = find_clusters(tree, &clusters);

	for (struct cluster *cluster = clusters; cluster && r == 0; cluster = cluster->hh.next)
		r = try_cluster(work, tree, cluster);
	free_clusters(clusters);
	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next)
		if (tree_is_open(child))
			r = absorb(tree, child);
	return r;
}

static int visit(struct work *work, struct tree *tree);

static int visit_children(struct work *work, struct tree *tree)
{
	size_t before = work->path.size;
	int r = 0;

	tree_sort(tree);
	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next) {
		if (work->depth > 1)
			buffer_add_char(&work->path, '/');
		buffer_add(&work->path, child->text);
		r = buffer_status(&work->path);
		if (r == 0)
			r = visit(work, child);
		work->path.size = before;
	}
	return r;
}

static int visit(struct work *work, struct tree *tree)
{
	int r = 0;

	if (work->depth == DEPTH_MAX)
		return 0;
	tree_sort(tree);
	if (work->depth)
		r = find_open(work, tree);
	work->depth++;
	if (r == 0)
		r = visit_children(work, tree);
	work->depth--;
	return r;
}

static bool can_vary(const struct atom *atom)
{
	return atom->resource == RESOURCE_FILE && atom->outcome == OUTCOME_OK &&
	       strchr("/$", *atom_pattern(atom));
}

int generalise(struct evidence *evidence, struct error *err)
{
	struct work work = { 0 };
	struct tree *root = tree_new();
	int r = root ? 0 : -ENOMEM;

	for (struct atom *atom = evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (can_vary(atom))
			r = tree_add(root, atom);
	if (r == 0)
		r = visit(&work, root);
	if (r == 0)
		r = open_atoms(evidence, root);
	buffer_release(&work.path);
	if (root)
		tree_free(root);
	return r < 0 ? error_set(err, -r, "generalise the evidence") : 0;
}
