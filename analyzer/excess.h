#ifndef ANALYZER_EXCESS_H
#define ANALYZER_EXCESS_H

#include "analyzer/evidence.h"

/* Objects of this machine that the open permissions of a policy admit and no run of the evidence
 * used like that, by what they are.  Those for a run's own, and for creating, admit none. */
struct excess {
	int64_t sensitive; /* protected from the action: none, or there is a fault */
	int64_t settings, workspace, temporary, system;
	bool is_capped; /* there are more: looking was ended */
	char *example;	/* one of the most serious, as patterns write it; NULL: none */
};

/* With the symbolic roots of the evidence's last run.  `evidence` has been generalised.  0 or
 * -ENOMEM; what cannot be looked at does not count. */
int excess_count(const struct policy *policy, const struct evidence *evidence, struct excess *ret);
void excess_release(struct excess *excess);

#endif
