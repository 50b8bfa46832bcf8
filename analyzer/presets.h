#ifndef ANALYZER_PRESETS_H
#define ANALYZER_PRESETS_H

#include "analyzer/evidence.h"
#include "analyzer/objective.h"

/* A row of presets.def. */
struct preset {
	const char *name;
	bool widens;
	struct tuning tuning; /* its weight of denials is found anew for each evidence */
	const char *help;
};

extern const struct preset preset_row[]; /* ends with name NULL */

const struct preset *preset_find(const char *name); /* NULL: there is none */

/* Finds how much a denial weighs under the preset, and how well the evidence foretells itself
 * then.  0, -ENOMEM. */
int preset_apply(const struct preset *preset, struct evidence *evidence, struct policy_quality *ret,
		 struct error *err);

/* What the preset would give, the evidence left as it is: how many permissions, and how many of
 * the runs that are held out would have been denied anything.  0, -ENOMEM. */
int preset_try(const struct preset *preset, const struct evidence *evidence, size_t *ret_count,
	       struct policy_quality *ret, struct error *err);

#endif
