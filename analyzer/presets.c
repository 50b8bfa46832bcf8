#include "analyzer/presets.h"

#include "analyzer/feasible.h"
#include "analyzer/generalise.h"
#include "analyzer/quality.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
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

/* Finds the weight by taking runs out. */
static int tune(const struct preset *preset, const struct evidence *evidence,
		struct feasible *feasible, struct tuning *ret_tuning, struct policy_quality *ret,
		struct error *err)
{
	*ret_tuning = preset->tuning;
	if (!preset->widens)
		return quality_runs(evidence, NULL, NULL, ret, err);
	if (feasible_init(feasible, evidence) < 0)
		return error_set(err, ENOMEM, "generalise the evidence");
	return quality_tune(evidence, feasible, ret_tuning, ret, err);
}

int preset_apply(const struct preset *preset, struct evidence *evidence, struct policy_quality *ret,
		 struct error *err)
{
	scoped(feasible) struct feasible feasible = { 0 };
	struct policy_quality quality = { 0 };
	struct tuning tuning;
	int r = tune(preset, evidence, &feasible, &tuning, &quality, err);

	if (r == 0)
		r = quality_rest(evidence, preset->widens ? &tuning : NULL, &feasible, &quality,
				 err);
	if (r == 0)
		*ret = quality;
	return r == 0 && preset->widens ? generalise(evidence, &tuning, &feasible, err) : r;
}

static size_t count_needs(const struct evidence *evidence)
{
	size_t count = 0;

	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		count += atom->outcome == OUTCOME_OK;
	return count;
}

static int copy_all(const struct evidence *evidence, struct evidence *ret, struct error *err)
{
	bool *none = calloc(evidence->run_count + 1, sizeof *none);
	int r = none ? evidence_without(evidence, none, ret) : -ENOMEM;

	free(none);
	return r < 0 ? error_set(err, -r, "compare the presets") : 0;
}

int preset_try(const struct preset *preset, const struct evidence *evidence, size_t *ret_count,
	       struct policy_quality *ret, struct error *err)
{
	scoped(feasible) struct feasible feasible = { 0 };
	scoped(evidence) struct evidence copy = { 0 };
	struct policy_quality quality = { 0 };
	struct tuning tuning;
	int r = tune(preset, evidence, &feasible, &tuning, &quality, err);

	if (r == 0 && preset->widens)
		r = copy_all(evidence, &copy, err);
	if (r == 0 && preset->widens)
		r = generalise(&copy, &tuning, &feasible, err);
	if (r < 0)
		return r;
	*ret_count = count_needs(preset->widens ? &copy : evidence);
	*ret = quality;
	return 0;
}
