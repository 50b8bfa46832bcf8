#include "reports/html/audited.h"

#include <string.h>

#define TWO "two_" /* kinds of findings about Meta's Rule of Two begin so */

static void add_answer(const struct audit *audit, struct element *into)
{
	const struct audit_finding *worst = NULL;
	bool is_only_possible = true;

	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->finding[i];

		if (strncmp(finding->kind, TWO, strlen(TWO)))
			continue;
		if (!worst)
			worst = finding;
		is_only_possible = is_only_possible && !strcmp(finding->kind, "two_possible");
	}
	if (!worst)
		part_answer(into, "No: neither did a session do so, nor do the grants allow it.");
	else if (is_only_possible)
		part_answer(into, "No session did so, but the grants allow it.");
	else
		part_answer(into, "Yes, and some session did.");
}

static void add_causes(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Cause", COLUMN_TEXT },      { "What it is", COLUMN_TEXT },
		{ "Findings", COLUMN_NUMBER }, { "The worst", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body =
		part_table(into, "causes-caption",
			   "Causes of excessive agency, as OWASP LLM06:2025 names them", column);

	for (size_t i = 0; i < audit->cause_count; i++) {
		const struct audit_cause *cause = &audit->cause[i];
		struct element *row = part_row(body);

		page_text(page_attribute(page_element(row, "th"), "scope", "row"), cause->id);
		part_cell(row, cause->title);
		if (!cause->is_assessed) {
			page_text(page_attribute(page_element(row, "td"), "class", "number"),
				  "\xe2\x80\x93");
			part_cell(row, cause->missing ? cause->missing : "not assessed");
			continue;
		}
		audited_number(row, cause->findings, "owasp_llm06", cause->id, "findings");
		if (cause->findings)
			audited_severity(row, cause->worst);
		else
			part_tag(page_element(row, "td"), TONE_GOOD, "nothing found");
	}
}

/* The sessions that had, or might have, all three. */
static void add_two(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Finding", COLUMN_TEXT },  { "Severity", COLUMN_TEXT },
		{ "Sessions", COLUMN_NAME }, { "Evidence", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body = NULL;

	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct audit_finding *finding = &audit->finding[i];
		struct element *row;

		if (strncmp(finding->kind, TWO, strlen(TWO)))
			continue;
		if (!body)
			body = part_table(into, "two-caption",
					  "Meta's Rule of Two: input that others wrote, something "
					  "sensitive, and an effect, all in one session",
					  column);
		row = part_row(body);
		audited_finding(row, finding);
		page_attribute(part_cell(row, finding->text), "class", "said");
		audited_witnesses(page_element(row, "td"), finding->witness, finding->witness_count,
				  6);
	}
}

int section_risks(const struct report_model *model, struct element *into)
{
	add_answer(model->audit, into);
	add_two(model->audit, into);
	add_causes(model->audit, into);
	part_note(into, "A limit on how often, and a log, slow harm down and show it; they do not "
			"prevent it.");
	return 0;
}
