#ifndef REPORTS_EXPORTERS_TREES_H
#define REPORTS_EXPORTERS_TREES_H

#include "reports/exporters/grants.h"

/* What a policy becomes in formats that know literal paths only, each of which stands for itself
 * and for all below it. */
struct tree {
	char *path;	       /* raw bytes, owned; no NUL but at the end */
	unsigned here, inside; /* actions on itself, on what is in it: as bits */
	const struct rule **rule;
	size_t rule_count;
};

struct trees {
	struct tree *tree; /* sorted by path, none twice */
	size_t count, capacity;
	bool failed; /* memory ran out */
};

struct tree_style {
	bool looks;	   /* knows looking and listing apart from reading */
	bool own_devices;  /* has a /proc and /dev of its own in any case */
	bool whole_system; /* /usr and what is linked to it is there, readable, in any case */
	bool (*takes)(struct bytes path); /* what can be written in the format; NULL: everything */
};

/* Collects, and tells the losses of rules that are places.  Zero `trees` before. */
void trees_collect(struct trees *trees, const struct policy *policy, const struct tree_style *style,
		   struct losses *losses);
/* Leaves out what a folder above has already: all below it is written, or read.  A mount of its own
 * would only keep a name from being replaced. */
void trees_prune(struct trees *trees);
void trees_cleanup(struct trees *trees); /* for scoped(trees) */

bool tree_is_written(const struct tree *tree);
bool tree_is_read(const struct tree *tree);

bool path_is_utf8(struct bytes path);
/* The same of all that is literal in a pattern. */
bool pattern_is_utf8(const struct pattern *pattern);
/* UTF-8 without controls: what JSON, TOML and most formats of lines take. */
bool path_is_text(struct bytes path);
/* The same without any of these characters. */
bool path_is_without(struct bytes path, const char *characters);

#endif
