#include "reports/html/kinds.h"

#include "reports/html/collect.h"

#include <stdio.h>

static void add(struct kind *kind, const struct use *use, size_t runs)
{
	const struct tally *tally = &use->tally[OUTCOME_OK];

	if (!kind->count || tally->first_ns < kind->first_ns)
		kind->first_ns = tally->first_ns;
	if (!kind->count || tally->last_ns > kind->last_ns)
		kind->last_ns = tally->last_ns;
	kind->objects++;
	kind->always += tally->runs == (int64_t)runs;
	kind->once += tally->runs == 1;
	kind->count = count_add(kind->count, tally->count);
}

static size_t list(struct kind kind[static KIND_LIMIT])
{
	size_t count = 0;

	for (const struct word *resource = resource_word; resource->code; resource++)
		for (const struct word *action = action_word; action->code; action++)
			if (count < KIND_LIMIT && resource_has_action(resource->code, action->code))
				kind[count++] = (struct kind){ .resource = resource->code,
							       .action = action->code };
	return count;
}

size_t kinds_count(const struct report_model *model, struct kind ret[static KIND_LIMIT])
{
	size_t all = list(ret), count = 0;

	for (size_t i = 0; i < model->use_count; i++) {
		const struct use *use = &model->use[i];
		enum resource resource = model->object[use->object].resource;

		for (size_t k = 0; use->tally[OUTCOME_OK].runs && k < all; k++)
			if (ret[k].resource == resource && ret[k].action == use->action)
				add(&ret[k], use, model->run_count);
	}
	for (size_t k = 0; k < all; k++)
		if (ret[k].objects)
			ret[count++] = ret[k];
	return count;
}

const char *kind_text(const struct kind *kind, char text[static KIND_TEXT_SIZE])
{
	snprintf(text, KIND_TEXT_SIZE, "%s %s", resource_text(kind->resource),
		 action_text(kind->action));
	return text;
}
