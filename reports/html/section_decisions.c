#include "reports/html/audited.h"

#include <string.h>

#define SHOWN 10

/* What asks for a decision: findings are sorted, the worst first. */
static bool is_decision(const struct audit_finding *finding)
{
	return finding->remedy && finding->severity >= SEVERITY_MEDIUM;
}

static size_t count_decisions(const struct audit *audit)
{
	size_t count = 0;

	for (size_t i = 0; i < audit->finding_count; i++)
		count += is_decision(&audit->finding[i]);
	return count;
}

static void add_row(const struct audit *audit, struct element *body,
		    const struct audit_finding *finding)
{
	struct element *row = part_row(body), *cell;

	audited_finding(row, finding);
	cell = page_attribute(page_element(row, "td"), "class", "said");
	page_text(cell, finding->title);
	if (finding->grant >= 0) {
		page_text(cell, ": ");
		audited_permission(cell, &audit->grant[finding->grant]);
	}
	page_attribute(part_cell(row, finding->remedy), "class", "reason");
	part_cell(row, "");
}

int section_decisions(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Finding", COLUMN_TEXT },  { "Severity", COLUMN_TEXT },
		{ "About", COLUMN_NAME },    { "What to do", COLUMN_NAME },
		{ "Decision", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	const struct audit *audit = model->audit;
	size_t all = count_decisions(audit), shown = 0;
	struct element *body;
	char room[WORDS_SIZE];

	if (!all) {
		part_answer(into, "None: no finding that is medium or worse has anything to "
				  "decide.");
		return 0;
	}
	part_answer(into, "%s; the worst first.",
		    counted((int64_t)all, "finding asks for a decision",
			    "findings ask for a decision", room));
	body = part_table(into, "decisions-caption",
			  "What to decide first: each line removes the risk that its finding names",
			  column);
	for (size_t i = 0; i < audit->finding_count && shown < SHOWN; i++) {
		if (!is_decision(&audit->finding[i]))
			continue;
		add_row(audit, body, &audit->finding[i]);
		shown++;
	}
	part_more(into, shown, all, "they stand in the register of findings");
	return 0;
}
