#include "reports/html/audited.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 200

static void add_answer(const struct audit *audit, struct element *into)
{
	int64_t never = audit_count_state(audit, GRANT_NEVER);
	int64_t stale = audit_count_state(audit, GRANT_STALE);
	char room[3][WORDS_SIZE];

	if (!never && !stale) {
		part_answer(into, "None: whatever could be judged was used within %s.",
			    days_text(audit->options.unused_ns, room[0]));
		return;
	}
	part_answer(into, "%s can go: %s never used, and %s used once but not for %s.",
		    counted(never + stale, "permission", "permissions", room[0]),
		    counted(never, "was", "were", room[1]), counted(stale, "was", "were", room[2]),
		    days_text(audit->options.unused_ns, (char[WORDS_SIZE]){ 0 }));
}

/* What nobody needs for longest, or never, first; of these the riskiest. */
static int compare(const void *a, const void *b, void *context)
{
	const struct audit *audit = context;
	size_t one = *(const size_t *)a, other = *(const size_t *)b;
	const struct audit_finding *left = audit_worst(audit, one);
	const struct audit_finding *right = audit_worst(audit, other);
	int worse = (right ? (int)right->severity : -1) - (left ? (int)left->severity : -1);

	if (worse)
		return worse;
	if (audit->grant[one].use.last_ns != audit->grant[other].use.last_ns)
		return audit->grant[one].use.last_ns < audit->grant[other].use.last_ns ? -1 : 1;
	return strcmp(audit->grant[one].id, audit->grant[other].id);
}

static void add_age(const struct audit *audit, const struct audit_grant *grant, struct element *row)
{
	if (grant->use.last_ns)
		part_number(row, (audit->options.as_of_ns - grant->use.last_ns) / AUDITED_DAY_NS);
	else
		page_text(page_attribute(page_element(row, "td"), "class", "number"), "never");
}

static void add_row(const struct audit *audit, struct element *body, size_t number)
{
	const struct audit_grant *grant = &audit->grant[number];
	const struct audit_finding *worst = audit_worst(audit, number);
	struct element *row = part_row(body);

	audited_id(row, grant);
	audited_head(row, grant);
	if (worst)
		audited_severity(row, worst->severity);
	else
		part_cell(row, "\xe2\x80\x93");
	audited_state(row, grant);
	add_age(audit, grant, row);
	audited_date(row, grant->granted_ns, "grants", grant->id, "granted");
	page_attribute(part_cell(row, grant->reason ? grant->reason : ""), "class", "reason");
}

static int add_table(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Id", COLUMN_TEXT },
		{ "Permission", COLUMN_NAME },
		{ "Severity", COLUMN_TEXT },
		{ "State", COLUMN_TEXT },
		{ "Days unused", COLUMN_NUMBER },
		{ "Granted", COLUMN_TEXT },
		{ "Why it can go", COLUMN_NAME },
		{ NULL, COLUMN_TEXT },
	};
	size_t *number = calloc(audit->grant_count + 1, sizeof *number), count = 0, i;
	struct element *body;

	if (!number)
		return -ENOMEM;
	for (i = 0; i < audit->grant_count; i++)
		if (grant_state_is_removal(audit->grant[i].state))
			number[count++] = i;
	if (count) {
		qsort_r(number, count, sizeof *number, compare, (void *)audit);
		body = part_table(into, "unused-caption",
				  "What can go, the riskiest first; how sure that is stands behind "
				  "each",
				  column);
		for (i = 0; i < count && i < SHOWN; i++)
			add_row(audit, body, number[i]);
		part_more(into, i, count, "they stand in the table of all permissions");
	}
	free(number);
	return 0;
}

int section_unused(const struct report_model *model, struct element *into)
{
	int status;

	add_answer(model->audit, into);
	status = figure_unused(model, into);
	return status ? status : add_table(model->audit, into);
}
