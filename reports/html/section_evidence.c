#include "reports/html/audited.h"
#include "reports/html/witnesses.h"

#include <inttypes.h>

static enum tone tone_of(enum outcome outcome)
{
	return outcome == OUTCOME_OK ? TONE_GOOD : outcome == OUTCOME_DENIED ? TONE_BAD : TONE_WARN;
}

static void add_row(struct element *body, const struct report_witness *witness)
{
	char id[WITNESS_ID_SIZE], text[64];
	struct element *row = part_row(body), *cell;

	page_attribute(row, "id", audited_witness_id(&witness->witness, id));
	snprintf(text, sizeof text, "%.12s:%" PRId64, witness->witness.run, witness->witness.seq);
	cell = page_attribute(page_element(row, "th"), "scope", "row");
	page_text(page_attribute(cell, "class", "id"), text);
	if (!witness->is_there) {
		page_attribute(part_cell(row, "no such access in the database"), "colspan", "6");
		return;
	}
	snprintf(text, sizeof text, "%s %s", resource_text(witness->resource),
		 action_text(witness->action));
	part_cell(row, text);
	page_escaped(part_named(row), witness->name, witness->flags);
	part_tag(page_element(row, "td"), tone_of(witness->outcome),
		 outcome_text(witness->outcome));
	part_number(row, witness->count);
	page_escaped(part_named(row), witness->program, witness->program_flags);
	part_span(row, witness->first_ns, witness->last_ns);
}

int section_evidence(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Access", COLUMN_TEXT },     { "What", COLUMN_TEXT },	   { "Name", COLUMN_NAME },
		{ "Outcome", COLUMN_TEXT },    { "Times", COLUMN_NUMBER }, { "By", COLUMN_NAME },
		{ "When (UTC)", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	struct element *body;
	char room[WORDS_SIZE];

	if (!model->witness_count) {
		part_answer(into, "None: no finding names one.");
		return 0;
	}
	part_answer(into, "%s: what permissions were last used for, and what findings name.",
		    counted((int64_t)model->witness_count, "access", "accesses", room));
	body = part_table(part_fold(into, model->witness_count, 60), "evidence-caption",
			  "Run and number of each; `pare dump RUN` prints all of a run, with their "
			  "exact bytes",
			  column);
	for (size_t i = 0; i < model->witness_count; i++)
		add_row(body, &model->witness[i]);
	return 0;
}
