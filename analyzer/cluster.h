#ifndef ANALYZER_CLUSTER_H
#define ANALYZER_CLUSTER_H

#include "analyzer/names_tree.h"

/* Children of a folder that one run each has, and that look alike. */
struct cluster {
	UT_hash_handle hh;
	struct tree **child;
	struct bytes *name; /* raw: cluster_names() */
	size_t count, capacity;
	struct buffer raw; /* of all names */
	char key[];
};

/* Appends what names have in common that are made alike; nothing where they are made like no
 * other. */
typedef void cluster_key(struct bytes name, struct buffer *out);

typedef bool cluster_fits(const struct tree *tree);

/* What one run alone has, and no pattern stands for yet. */
cluster_fits tree_is_volatile;
/* A folder in which some run alone has something. */
cluster_fits tree_holds_volatile;

/* Sorts the children that fit.  0, -ENOMEM. */
int clusters_find(struct tree *tree, cluster_key *key, cluster_fits *fits, struct cluster **ret);
int cluster_add(struct cluster *cluster, struct tree *child);
/* Children that another cluster took leave it. */
void cluster_leave_taken(struct cluster *cluster);
/* 0 or -ENOMEM. */
int cluster_names(struct cluster *cluster);
/* How many runs have a part of it. */
size_t cluster_runs(const struct cluster *cluster);
void clusters_free(struct cluster *clusters);

#endif
