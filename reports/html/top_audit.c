#include "core/clock.h"
#include "core/error.h"
#include "reports/html/audited.h"
#include "reports/html/document.h"

#include <inttypes.h>
#include <string.h>

/* The headline, and how it is meant. */
static const char *headline(const struct report_model *model, enum tone *ret)
{
	const struct audit *audit = model->audit;

	*ret = TONE_BAD;
	if (!report_is_intact(model))
		return "The evidence was altered: do not rely on it";
	if (audit_count_findings(audit, SEVERITY_CRITICAL))
		return "Act before the next run";
	if (audit_count_findings(audit, SEVERITY_HIGH))
		return "Act before the next launch";
	*ret = TONE_WARN;
	if (audit_removals(audit))
		return "Reduce before the next launch";
	if (!report_is_complete(model))
		return "The evidence has gaps: read them first";
	*ret = TONE_GOOD;
	return audit->finding_count ? "Nothing urgent: some findings to look at" : "Nothing found";
}

/* "TEXT Heading of the section" */
static void reason_removals(const struct audit *audit, struct element *list)
{
	char text[4 * WORDS_SIZE], room[3][WORDS_SIZE];

	snprintf(text, sizeof text, "%s of %s can go: not used for %s.",
		 number_text(audit_removals(audit), room[0]),
		 counted((int64_t)audit->grant_count, "permission", "permissions", room[1]),
		 days_text(audit->options.unused_ns, room[2]));
	part_reason(list, "#unused", "Unused permissions", text);
}

static void reason_findings(const struct audit *audit, struct element *list)
{
	int64_t high = audit_count_findings(audit, SEVERITY_HIGH);
	int64_t medium = audit_count_findings(audit, SEVERITY_MEDIUM) - high;
	char text[4 * WORDS_SIZE], room[2][WORDS_SIZE];

	snprintf(text, sizeof text, "%s high or worse, %s medium.",
		 counted(high, "finding is", "findings are", room[0]),
		 number_text(medium, room[1]));
	part_reason(list, "#findings", "Findings", text);
	if (!audit->finding_count)
		return;
	snprintf(text, sizeof text, "The worst: %s.", audit->finding[0].title);
	part_reason(list, "#decisions", "Decisions needed", text);
}

static void reason_basis(const struct report_model *model, struct element *list)
{
	const struct audit *audit = model->audit;
	char text[6 * WORDS_SIZE], room[4][WORDS_SIZE];

	snprintf(text, sizeof text, "It rests on %s on %s within %s; %s recorded without a gap.",
		 counted(audit->runs, "run", "runs", room[0]),
		 counted(audit->days, "day", "days", room[1]),
		 days_text(audit->options.window_ns, room[2]),
		 counted(audit->whole_runs, "of them was", "of them were", room[3]));
	part_reason(list, "#scope", "Scope and gaps", text);
}

static void add_verdict(const struct report_model *model, struct element *header)
{
	enum tone tone;
	const char *text = headline(model, &tone);
	struct element *list = part_verdict(header, tone, text);

	reason_removals(model->audit, list);
	reason_findings(model->audit, list);
	reason_basis(model, list);
}

struct counter {
	const char *target, *member, *one, *many;
	int64_t value;
	bool is_warning;
};

static int64_t new_objects(const struct audit *audit)
{
	int64_t count = 0;

	for (size_t i = 0; i < audit->drift.row_count; i++)
		count += audit->drift.row[i].fresh;
	return count;
}

static void add_counters(const struct report_model *model, struct element *header)
{
	const struct audit *audit = model->audit;
	const struct counter counter[] = {
		{ "#granted", "granted", "permission granted", "permissions granted",
		  (int64_t)audit->grant_count, false },
		{ "#unused", "removals", "can go", "can go", audit_removals(audit), true },
		{ "#granted", "narrowable", "wider than its use", "wider than their use",
		  audit_count_state(audit, GRANT_NARROWABLE), true },
		{ "#findings", "high", "finding, high or worse", "findings, high or worse",
		  audit_count_findings(audit, SEVERITY_HIGH), true },
		{ "#drift", "new", "object new in the window", "objects new in the window",
		  new_objects(audit), false },
		{ "#denied", "denied", "access denied", "accesses denied",
		  report_accesses(model, OUTCOME_DENIED), true },
		{ "#scope", "gaps", "gap", "gaps", model->gaps, true },
	};
	struct element *list = part_counters(header);

	for (size_t i = 0; i < sizeof counter / sizeof *counter; i++) {
		const struct counter *one = &counter[i];

		audited_is(part_counter(list, one->target, one->value, one->one, one->many,
					one->is_warning),
			   "count", NULL, one->member);
	}
}

int audit_top(const struct report_model *model, struct element *into)
{
	const struct audit *audit = model->audit;
	struct element *title;
	char first[WORDS_SIZE], last[WORDS_SIZE];

	page_text(page_attribute(page_element(into, "p"), "class", "kind"), "Permission audit");
	title = page_element(into, "h1");
	page_name(title, bytes_of(model->agent));
	page_attribute(
		part_paragraph(into,
			       "What this agent was granted, against what it used from %s to "
			       "%s (UTC).",
			       date_text(audit->options.as_of_ns - audit->options.window_ns, first),
			       date_text(audit->options.as_of_ns, last)),
		"class", "period");
	add_verdict(model, into);
	add_counters(model, into);
	return document_add(model, into);
}
