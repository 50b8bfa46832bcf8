#ifndef ANALYZER_RULE_H
#define ANALYZER_RULE_H

#include "analyzer/atom.h"
#include "core/policy.h"

/* Whether its rule holds only for what the run itself has created: what exists only since the run
 * does, and what does not come back. */
bool atom_is_own(const struct atom *atom);
/* Appends the rule of an atom, with how risky it is and what it rests on.  0, -ENOMEM. */
int rule_add(struct policy *policy, const struct atom *atom);

#endif
