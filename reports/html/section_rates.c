#include "reports/html/audited.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <string.h>

#define SHOWN 200

static void add_answer(const struct audit *audit, struct element *into)
{
	int64_t limited = 0, open = 0, over = 0, loose = 0;
	char room[4][WORDS_SIZE];

	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct audit_rate *rate = &audit->grant[i].rate;

		limited += rate->runs && rate->limit;
		open += rate->runs && !rate->limit;
		over += rate->limit && rate->most > rate->limit;
		loose += rate->runs && rate->limit > 3 * rate->most;
	}
	if (!limited && !open) {
		part_answer(into,
			    "Nothing that was used within the window has a rate to speak of.");
		return;
	}
	part_answer(into,
		    "%s a limit, %s would have been exceeded and %s more than three times what any "
		    "run needed; %s none.",
		    counted(limited, "permission has", "permissions have", room[0]),
		    number_text(over, room[1]), counted(loose, "is", "are", room[2]),
		    counted(open, "has", "have", room[3]));
}

static void add_row(struct element *body, const struct audit_grant *grant)
{
	const struct audit_rate *rate = &grant->rate;
	struct element *row = part_row(body), *cell;

	audited_id(row, grant);
	audited_head(row, grant);
	page_attribute(part_cell(row, rate->scope), "class", "id");
	audited_number(row, rate->half, "grants", grant->id, "rate/half");
	audited_number(row, rate->most_of, "grants", grant->id, "rate/most_of");
	audited_number(row, rate->most, "grants", grant->id, "rate/most");
	if (rate->limit)
		audited_number(row, rate->limit, "grants", grant->id, "rate/limit");
	else
		page_text(page_attribute(page_element(row, "td"), "class", "number"), "none");
	audited_number(row, rate->would_do, "grants", grant->id, "rate/would_do");
	audited_number(row, rate->runs, "grants", grant->id, "rate/runs");
	cell = page_element(row, "td");
	if (rate->limit && rate->most > rate->limit)
		part_tag(cell, TONE_BAD, "too tight");
	else if (rate->limit > 3 * rate->most)
		part_tag(cell, TONE_WARN, "loose");
	else if (rate->limit)
		part_tag(cell, TONE_GOOD, "fits");
	else
		part_tag(cell, TONE_NEUTRAL, "no limit");
}

int section_rates(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Id", COLUMN_TEXT },		{ "Permission", COLUMN_NAME },
		{ "In", COLUMN_TEXT },		{ "Median", COLUMN_NUMBER },
		{ "95 of 100", COLUMN_NUMBER }, { "Most", COLUMN_NUMBER },
		{ "Limit", COLUMN_NUMBER },	{ "Would do", COLUMN_NUMBER },
		{ "Runs", COLUMN_NUMBER },	{ "Fit", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	const struct audit *audit = model->audit;
	struct element *body = NULL;
	size_t shown = 0, all = 0;
	int status;

	add_answer(audit, into);
	status = figure_rates(model, into);
	if (status)
		return status;
	for (size_t i = 0; i < audit->grant_count; i++) {
		if (!audit->grant[i].rate.runs || all++ >= SHOWN)
			continue;
		if (!body)
			body = part_table(
				into, "rates-caption",
				"What single runs needed within the window, and what limits "
				"it: half of the runs, 95 of 100, all of them",
				column);
		add_row(body, &audit->grant[i]);
		shown++;
	}
	part_more(into, shown, all, "`pare audit --json` lists all");
	return 0;
}
