#include "reports/html/drawings.h"
#include "reports/html/parts.h"
#include "reports/html/rows.h"

#include <errno.h>
#include <string.h>

#define SHOWN 400

static bool is_host(const struct report_model *model, const struct use *use)
{
	return model->object[use->object].resource == RESOURCE_HOST;
}

static int order(const struct report_model *model, const void *a, const void *b)
{
	const struct use *one = a, *other = b;
	int order =
		order_objects(model, &model->object[one->object], &model->object[other->object]);

	return order ? order : (int)one->action - (int)other->action;
}

static enum tone tone_of(enum outcome outcome)
{
	return outcome == OUTCOME_OK ? TONE_GOOD : outcome == OUTCOME_DENIED ? TONE_BAD : TONE_WARN;
}

/* A row for each outcome: what happened and what did not are never added up. */
static void add_rows(const struct report_model *model, struct element *body, const struct use *use)
{
	const struct object *object = &model->object[use->object];

	for (const struct word *word = outcome_word; word->code; word++) {
		const struct tally *tally = &use->tally[word->code];
		struct element *row;

		if (!tally->runs)
			continue;
		row = part_row(body);
		part_name(row, object->name, object->flags);
		part_cell(row, action_text(use->action));
		part_tag(page_element(row, "td"), tone_of(word->code), word->text);
		if (!model->audit)
			row_risk(row, use->rule);
		row_runs(row, tally->runs, model);
		part_number(row, tally->count);
		part_span(row, tally->first_ns, tally->last_ns);
	}
}

static int add_table(const struct report_model *model, struct element *into)
{
	static const struct column rated[] = {
		{ "Endpoint", COLUMN_NAME },   { "Done", COLUMN_TEXT },
		{ "Outcome", COLUMN_TEXT },    { "Risk", COLUMN_TEXT },
		{ "Runs", COLUMN_NUMBER },     { "Accesses", COLUMN_NUMBER },
		{ "When (UTC)", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	static const struct column plain[] = {
		{ "Endpoint", COLUMN_NAME },   { "Done", COLUMN_TEXT },
		{ "Outcome", COLUMN_TEXT },    { "Runs", COLUMN_NUMBER },
		{ "Accesses", COLUMN_NUMBER }, { "When (UTC)", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	scoped(picked) struct picked picked = { 0 };
	struct element *body;
	size_t i;

	if (picked_uses(&picked, model, is_host, order))
		return -ENOMEM;
	if (!picked.count)
		return 0;
	body = part_table(into, "network-caption",
			  "Endpoints, as protocol/name:port; an address where no name was seen",
			  model->audit ? plain : rated);
	for (i = 0; i < picked.count && i < SHOWN; i++)
		add_rows(model, body, picked.item[i]);
	part_more(into, i, picked.count, "`pare dump RUN` prints every access of a run");
	return 0;
}

int section_network(const struct report_model *model, struct element *into)
{
	int64_t reached = 0, refused = 0;
	char room[2][WORDS_SIZE];
	int status;

	for (size_t i = 0; i < model->object_count; i++) {
		const struct object *object = &model->object[i];
		bool is_reached = object->tally[OUTCOME_OK].runs;

		if (object->resource != RESOURCE_HOST)
			continue;
		reached += is_reached;
		refused += !is_reached;
	}
	if (!reached && !refused) {
		part_answer(into, "Nobody: no use of the network was seen.");
		return 0;
	}
	part_answer(into, "It used %s, and tried %s without success.",
		    counted(reached, "endpoint", "endpoints", room[0]),
		    counted(refused, "other", "others", room[1]));
	status = figure_flows(model, into);
	return status ? status : add_table(model, into);
}
