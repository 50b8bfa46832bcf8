#include "reports/html/pick.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct order {
	const struct report_model *model;
	pick_order *compare;
};

static int compare_items(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	const void *const *one = a, *const *other = b;

	return order->compare(order->model, *one, *other);
}

static int begin(struct picked *picked, size_t room)
{
	*picked = (struct picked){ 0 };
	picked->item = calloc(room + 1, sizeof *picked->item);
	return picked->item ? 0 : -ENOMEM;
}

static int sort(struct picked *picked, const struct report_model *model, pick_order *compare)
{
	struct order order = { model, compare };

	qsort_r(picked->item, picked->count, sizeof *picked->item, compare_items, &order);
	return 0;
}

int picked_objects(struct picked *ret, const struct report_model *model, pick_object *want,
		   pick_order *order)
{
	if (begin(ret, model->object_count))
		return -ENOMEM;
	for (size_t i = 0; i < model->object_count; i++)
		if (want(&model->object[i]))
			ret->item[ret->count++] = &model->object[i];
	return sort(ret, model, order);
}

int picked_uses(struct picked *ret, const struct report_model *model, pick_use *want,
		pick_order *order)
{
	if (begin(ret, model->use_count))
		return -ENOMEM;
	for (size_t i = 0; i < model->use_count; i++)
		if (want(model, &model->use[i]))
			ret->item[ret->count++] = &model->use[i];
	return sort(ret, model, order);
}

int picked_programs(struct picked *ret, const struct report_model *model, pick_order *order)
{
	if (begin(ret, model->program_count))
		return -ENOMEM;
	for (size_t i = 0; i < model->program_count; i++)
		ret->item[ret->count++] = &model->program[i];
	return sort(ret, model, order);
}

int picked_rules(struct picked *ret, const struct report_model *model, pick_order *order)
{
	if (begin(ret, model->policy.count))
		return -ENOMEM;
	for (size_t i = 0; i < model->policy.count; i++)
		ret->item[ret->count++] = &model->policy.rule[i];
	return sort(ret, model, order);
}

void picked_cleanup(struct picked *picked)
{
	free(picked->item);
	picked->item = NULL;
}

static int risk_of(const struct object *object)
{
	return object->rule ? (int)object->rule->risk : -1;
}

int order_objects(const struct report_model *model, const void *a, const void *b)
{
	const struct object *one = a, *other = b;
	int64_t left = one->tally[OUTCOME_OK].runs, right = other->tally[OUTCOME_OK].runs;
	int order = risk_of(other) - risk_of(one);

	(void)model;
	if (order)
		return order;
	if (left != right)
		return left > right ? -1 : 1;
	order = strcmp(one->name, other->name);
	return order ? order : (int)one->resource - (int)other->resource;
}

void actions_add(uint32_t actions, struct buffer *out)
{
	const char *between = "";

	for (const struct word *word = action_word; word->code; word++) {
		if (!(actions & ACTION_BIT(word->code)))
			continue;
		buffer_printf(out, "%s%s", between, word->text);
		between = ", ";
	}
}
