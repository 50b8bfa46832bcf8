#include "analyzer/cluster.h"

#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void clusters_free(struct cluster *clusters)
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

int cluster_add(struct cluster *cluster, struct tree *child)
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

static int cluster_child(struct cluster **clusters, struct tree *child, cluster_key *key_of)
{
	scoped(buffer) struct buffer raw = { 0 }, key = { 0 };
	struct cluster *cluster;

	if (text_unescape(bytes_of(child->text), &raw) < 0)
		return -ENOMEM;
	key_of(buffer_bytes(&raw), &key);
	if (buffer_status(&key) < 0)
		return -ENOMEM;
	if (!key.size)
		return 0;
	/* Folders and files are not made alike. */
	buffer_add_char(&key, child->child ? '/' : '.');
	cluster = buffer_status(&key) == 0 ? cluster_of(clusters, &key) : NULL;
	return cluster ? cluster_add(cluster, child) : -ENOMEM;
}

bool tree_is_volatile(const struct tree *tree)
{
	return tree->run >= 0 && !tree_is_open(tree) && !tree->taken;
}

static bool has_volatile(const struct tree *tree)
{
	if (tree->run >= 0)
		return true;
	for (const struct member *member = tree->member; member; member = member->next)
		if (member->atom->runs == 1)
			return true;
	for (const struct tree *child = tree->child; child; child = child->hh.next)
		if (has_volatile(child))
			return true;
	return false;
}

bool tree_holds_volatile(const struct tree *tree)
{
	return tree->child && !tree_is_open(tree) && !tree->taken && has_volatile(tree);
}

int clusters_find(struct tree *tree, cluster_key *key, cluster_fits *fits, struct cluster **ret)
{
	struct cluster *clusters = NULL;
	int r = 0;

	for (struct tree *child = tree->child; child && r == 0; child = child->hh.next)
		if (fits(child))
			r = cluster_child(&clusters, child, key);
	if (r == 0)
		*ret = clusters;
	else
		clusters_free(clusters);
	return r;
}

void cluster_leave_taken(struct cluster *cluster)
{
	size_t left = 0;

	for (size_t i = 0; i < cluster->count; i++)
		if (!cluster->child[i]->taken)
			cluster->child[left++] = cluster->child[i];
	cluster->count = left;
}

int cluster_names(struct cluster *cluster)
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

static int compare_numbers(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

size_t cluster_runs(const struct cluster *cluster)
{
	int64_t *run = calloc(cluster->count + 1, sizeof *run);
	size_t runs = cluster->count != 0;

	for (size_t i = 0; run && i < cluster->count; i++)
		run[i] = cluster->child[i]->run;
	if (run)
		qsort(run, cluster->count, sizeof *run, compare_numbers);
	for (size_t i = 1; run && i < cluster->count; i++)
		runs += run[i] != run[i - 1];
	if (run && cluster->count && run[0] == RUN_MANY)
		runs++;
	free(run);
	return runs;
}
