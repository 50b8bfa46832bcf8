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

#endif
