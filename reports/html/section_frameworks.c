#include "reports/html/audited.h"

#include <string.h>

static int64_t count_kind(const struct audit *audit, const char *kind)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->finding_count; i++)
		count += !strcmp(audit->finding[i].kind, kind);
	return count;
}

int section_frameworks(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Kind of finding", COLUMN_TEXT },  { "Findings", COLUMN_NUMBER },
		{ "OWASP LLM06:2025", COLUMN_TEXT }, { "OWASP Agentic", COLUMN_TEXT },
		{ "NIST SP 800-53", COLUMN_TEXT },   { "SOC 2", COLUMN_TEXT },
		{ "ISO 27001 A.", COLUMN_TEXT },     { NULL, COLUMN_TEXT },
	};
	const struct audit *audit = model->audit;
	struct element *body;

	if (!audit->finding_count) {
		part_answer(into, "Nothing was found that falls under one.");
		return 0;
	}
	part_answer(into, "The mapping is ours: an auditor confirms it.");
	body = part_table(into, "frameworks-caption",
			  "Kinds of findings in this report, and what they fall under", column);
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->finding[i];
		struct element *row;

		if (audit_is_told(audit, i))
			continue;
		row = part_row(body);
		page_text(page_attribute(page_element(row, "th"), "scope", "row"), finding->title);
		audited_number(row, count_kind(audit, finding->kind), "kinds", finding->kind,
			       "findings");
		part_cell(row, finding->framework.llm06);
		part_cell(row, finding->framework.asi);
		part_cell(row, finding->framework.nist);
		part_cell(row, finding->framework.soc2);
		part_cell(row, finding->framework.iso);
	}
	return 0;
}
