#ifndef ANALYZER_PHASES_H
#define ANALYZER_PHASES_H

struct evidence;

/* What the agent did outside any phase, too, or in every phase that there is, is of none: its
 * permission holds always.  0 or -ENOMEM. */
int phases_merge(struct evidence *evidence);

#endif
