#ifndef ANALYZER_EXPLAIN_H
#define ANALYZER_EXPLAIN_H

#include <stdint.h>
#include <stdio.h>

struct evidence;
struct policy;

/* What the evidence holds that became no permission: distinct accesses by outcome. */
struct leftover {
	int64_t absent, denied, failed, suppressed;
};

/* To be asked before propose_from() uses the atoms up. */
struct leftover leftover_of(const struct evidence *evidence);

/* Says to a person what was proposed, on what evidence, and how far that may be trusted. */
void explain(FILE *out, const struct policy *policy, const struct evidence *evidence,
	     const struct leftover *leftover);

#endif
