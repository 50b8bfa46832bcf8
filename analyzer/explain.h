#ifndef ANALYZER_EXPLAIN_H
#define ANALYZER_EXPLAIN_H

#include <stdint.h>
#include <stdio.h>

struct evidence;
struct excess;
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
/* What the policy admits on this machine beyond the evidence; nothing where it is exact. */
void explain_excess(FILE *out, const struct policy *policy, const struct excess *excess);

/* What another preset would have given. */
struct compared {
	const char *preset;
	size_t permissions;
	int64_t runs_tried, runs_denied;
};
/* The presets, one beside the other. */
void explain_presets(FILE *out, const struct compared *compared, size_t count);

#endif
