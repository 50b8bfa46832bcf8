#ifndef ANALYZER_SIBLINGS_H
#define ANALYZER_SIBLINGS_H

#include "analyzer/names_tree.h"
#include "analyzer/objective.h"

struct feasible;

/* What a run does to one file of a set, the next does to another: an editor saves what it was
 * asked to.  Where names that most runs know, of one folder and ending, have an action that single
 * runs did to a part of them, the rest get it by their exact names, where that costs less than the
 * denials that are expected without (analyzer/objective.h).  Never anything protected or executed;
 * a deletion only where each name that was deleted was created again.  0 or -ENOMEM. */
int siblings_extend(struct evidence *evidence, struct tree *root, const struct tuning *tuning,
		    struct feasible *feasible);

#endif
