#ifndef ANALYZER_OPEN_ATOMS_H
#define ANALYZER_OPEN_ATOMS_H

#include "analyzer/names_tree.h"

struct feasible;

/* One atom of that pattern instead of these, which are of one action and phase.  0 or -ENOMEM. */
int atoms_open(struct evidence *evidence, const char *pattern, struct atom **atom, size_t count);

/* Replaces the atoms below open components by one for each path and action, where that may be,
 * and opens hosts (analyzer/endpoints.h).
 * 0 or -ENOMEM. */
int open_atoms(struct evidence *evidence, struct tree *root, struct feasible *feasible);

#endif
