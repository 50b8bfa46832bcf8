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

/* Measured on all of the evidence, and then done to what may be a copy of it. */
static int apply(const struct preset *preset, const struct evidence *whole,
		 struct evidence *evidence, struct policy_quality *ret, struct error *err)
{
	scoped(feasible) struct feasible feasible = { 0 };
	struct tuning tuning = preset->tuning;
	int r;

	if (!preset->widens)
		return quality_measure(whole, NULL, NULL, ret, err);
	if (feasible_init(&feasible, whole) < 0)
		return error_set(err, ENOMEM, "generalise the evidence");
	r = quality_tune(whole, &feasible, &tuning, err);
	if (r == 0)
		r = quality_measure(whole, &tuning, &feasible, ret, err);
	if (r == 0)
		r = generalise(evidence, &tuning, &feasible, err);
	return r;
}

int preset_apply(const struct preset *preset, struct evidence *evidence, struct policy_quality *ret,
		 struct error *err)
{
	return apply(preset, evidence, evidence, ret, err);
}

static size_t count_needs(const struct evidence *evidence)
{
	size_t count = 0;

	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		count += atom->outcome == OUTCOME_OK;
	return count;
}

int preset_try(const struct preset *preset, const struct evidence *evidence, size_t *ret_count,
	       struct policy_quality *ret, struct error *err)
{
	scoped(evidence) struct evidence copy = { 0 };
	struct policy_quality quality = { 0 };
	bool *none = calloc(evidence->run_count + 1, sizeof *none);
	int r = none ? evidence_without(evidence, none, &copy) : -ENOMEM;

	free(none);
	if (r < 0)
		return error_set(err, -r, "compare the presets");
	r = apply(preset, evidence, &copy, &quality, err);
	if (r < 0)
		return r;
	*ret_count = count_needs(&copy);
	*ret = quality;
	return 0;
}
