#ifndef ANALYZER_OPEN_ATOMS_H
#define ANALYZER_OPEN_ATOMS_H

#include "analyzer/names_tree.h"

struct feasible;

/* Replaces the atoms below open components by one for each path and action, where that may be.
 * 0 or -ENOMEM. */
int open_atoms(struct evidence *evidence, struct tree *root, struct feasible *feasible);

#endif
