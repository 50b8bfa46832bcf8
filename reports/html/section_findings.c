#include "reports/html/audited.h"

#include <string.h>

#define SHOWN  1000
#define FOLDED 100

static void add_answer(const struct audit *audit, struct element *into)
{
	int64_t count[SEVERITY_CRITICAL + 1] = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	char room[WORDS_SIZE];

	for (size_t i = 0; i < audit->finding_count; i++)
		count[audit->finding[i].severity]++;
	if (!audit->finding_count) {
		part_answer(into, "Nothing was found.");
		return;
	}
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--)
		if (count[i])
			buffer_printf(&text, "%s%s %s", text.size ? ", " : "",
				      number_text(count[i], room), severity_text((enum severity)i));
	part_answer(into, "%s: %s.",
		    counted((int64_t)audit->finding_count, "finding", "findings", room),
		    buffer_text(&text));
}

static void add_framework(struct element *row, const struct framework *framework)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "refs");
	const char *const name[] = { "LLM06", "Agentic", "800-53", "SOC 2", "ISO 27001" };
	const char *const said[] = { framework->llm06, framework->asi, framework->nist,
				     framework->soc2, framework->iso };
	bool any = false;

	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		if (!strcmp(said[i], "-"))
			continue;
		if (any)
			page_text(cell, "; ");
		page_text(cell, name[i]);
		page_text(cell, " ");
		page_text(cell, said[i]);
		any = true;
	}
}

static void add_finding(const struct audit *audit, struct element *body,
			const struct audit_finding *finding)
{
	struct element *row = page_attribute(part_row(body), "id", finding->id), *cell;

	cell = page_attribute(page_element(row, "th"), "scope", "row");
	page_text(page_attribute(cell, "class", "id"), finding->id);
	audited_severity(row, finding->severity);
	cell = page_attribute(page_element(row, "td"), "class", "said");
	page_text(page_element(cell, "b"), finding->title);
	page_text(cell, ". ");
	page_text(cell, finding->text);
	if (finding->remedy) {
		struct element *what = page_attribute(page_element(cell, "p"), "class", "why");

		page_text(what, "What to do: ");
		page_text(what, finding->remedy);
	}
	cell = page_element(row, "td");
	if (finding->grant >= 0)
		audited_link(cell, audit->grant[finding->grant].id);
	else
		page_text(cell, "\xe2\x80\x93");
	audited_witnesses(page_element(row, "td"), finding->witness, finding->witness_count, 6);
	add_framework(row, &finding->framework);
}

int section_findings(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Id", COLUMN_TEXT },	     { "Severity", COLUMN_TEXT },
		{ "Finding", COLUMN_NAME },  { "Permission", COLUMN_TEXT },
		{ "Evidence", COLUMN_TEXT }, { "Falls under", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	const struct audit *audit = model->audit;
	struct element *body;
	size_t i;

	add_answer(audit, into);
	if (!audit->finding_count)
		return 0;
	body = part_table(part_fold(into, audit->finding_count, FOLDED), "findings-caption",
			  "All findings, the worst first; the id is the same in each audit that "
			  "finds the same",
			  column);
	for (i = 0; i < audit->finding_count && i < SHOWN; i++)
		add_finding(audit, body, &audit->finding[i]);
	part_more(into, i, audit->finding_count, "`findings.csv` (`--format csv`) lists all");
	return 0;
}
