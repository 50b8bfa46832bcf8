#include "analyzer/presets.h"

#include "analyzer/feasible.h"
#include "analyzer/generalise.h"
#include "analyzer/quality.h"
#include "core/error.h"

#include <errno.h>
#include <string.h>

const struct preset preset_row[] = {
#define PRESET(name, widens, chosen, workspace, help)                                              \
	{ name, widens, { 0, chosen, workspace }, help },
#include "analyzer/presets.def"
	{ NULL, false, { 0 }, NULL },
};

const struct preset *preset_find(const char *name)
{
	for (const struct preset *preset = preset_row; preset->name; preset++)
		if (!strcmp(preset->name, name))
			return preset;
	return NULL;
}

int preset_apply(const struct preset *preset, struct evidence *evidence, struct policy_quality *ret,
		 struct error *err)
{
	scoped(feasible) struct feasible feasible = { 0 };
	struct tuning tuning = preset->tuning;
	int r;

	if (!preset->widens)
		return quality_measure(evidence, NULL, NULL, ret, err);
	if (feasible_init(&feasible, evidence) < 0)
		return error_set(err, ENOMEM, "generalise the evidence");
	r = quality_tune(evidence, &feasible, &tuning, err);
	if (r == 0)
		r = quality_measure(evidence, &tuning, &feasible, ret, err);
	if (r == 0)
		r = generalise(evidence, &tuning, &feasible, err);
	return r;
}
