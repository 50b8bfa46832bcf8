#include "reports/html/rows.h"

#include "reports/html/parts.h"

#include <errno.h>
#include <stdint.h>

/* An audit is for those who decide: tables that are longer than that are shown when asked for. */
#define FOLDED 30

void row_risk(struct element *row, const struct rule *rule)
{
	static const enum tone tone[] = { TONE_NEUTRAL, TONE_NEUTRAL, TONE_WARN, TONE_BAD };
	struct element *cell = page_attribute(page_element(row, "td"), "class", "risk");

	if (!rule) {
		page_text(cell, "\xe2\x80\x93");
		return;
	}
	part_tag(cell, tone[rule->risk], risk_text(rule->risk));
	if (rule->gate != GATE_CONFIRM)
		return;
	page_text(cell, " ");
	part_tag(cell, TONE_WARN, "ask first");
}

void row_runs(struct element *row, int64_t runs, const struct report_model *model)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "number");
	char room[2][WORDS_SIZE];

	page_text(cell, number_text(runs, room[0]));
	page_text(cell, " of ");
	page_text(cell, number_text((int64_t)model->run_count, room[1]));
}

/* Rules of a proposed policy have a risk. */
static bool has_risk(const struct report_model *model, const struct object_table *table)
{
	return table->outcome == OUTCOME_OK && !model->audit;
}

static void add_row(const struct report_model *model, struct element *body,
		    const struct object *object, const struct object_table *table)
{
	const struct tally *tally = &object->tally[table->outcome];
	scoped(buffer) struct buffer actions = { 0 };
	struct element *row = part_row(body), *name;

	name = part_name(row, object->name, object->flags);
	if (object->own) {
		page_text(name, " ");
		part_tag(name, TONE_NEUTRAL, "own");
	}
	actions_add(object->actions[table->outcome], &actions);
	if (table->has_resource)
		part_cell(row, resource_text(object->resource));
	part_cell(row, buffer_text(&actions));
	if (has_risk(model, table))
		row_risk(row, object->rule);
	row_runs(row, tally->runs, model);
	part_number(row, tally->count);
	part_span(row, tally->first_ns, tally->last_ns);
}

static struct element *open_table(const struct report_model *model, struct element *into,
				  const struct object_table *table)
{
	static const struct column all[] = {
		{ "Name", COLUMN_NAME },       { "Kind", COLUMN_TEXT },
		{ "Done", COLUMN_TEXT },       { "Risk", COLUMN_TEXT },
		{ "Runs", COLUMN_NUMBER },     { "Accesses", COLUMN_NUMBER },
		{ "When (UTC)", COLUMN_TEXT },
	};
	struct column column[sizeof all / sizeof *all + 1] = { { NULL, COLUMN_TEXT } };
	size_t count = 0;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (i == 1 && !table->has_resource)
			continue;
		if (i == 3 && !has_risk(model, table))
			continue;
		column[count] = all[i];
		if (i == 2 && table->outcome != OUTCOME_OK)
			column[count].heading = "Tried";
		count++;
	}
	column[count].heading = NULL;
	return part_table(into, table->id, table->caption, column);
}

int rows_objects(const struct report_model *model, struct element *into,
		 const struct object_table *wanted)
{
	struct object_table table = *wanted;
	scoped(picked) struct picked picked = { 0 };
	struct element *body;
	size_t i;

	if (!table.outcome)
		table.outcome = OUTCOME_OK;
	if (picked_objects(&picked, model, table.want, table.order ? table.order : order_objects))
		return -ENOMEM;
	if (!picked.count)
		return 0;
	body = open_table(model, part_fold(into, picked.count, model->audit ? FOLDED : SIZE_MAX),
			  &table);
	for (i = 0; i < picked.count && i < table.limit; i++)
		add_row(model, body, picked.item[i], &table);
	part_more(into, i, picked.count, "`pare dump RUN` prints every access of a run");
	return 0;
}
