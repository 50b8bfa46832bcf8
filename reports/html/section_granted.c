#include "reports/html/audited.h"
#include "reports/html/drawings.h"

#define FOLDED 100 /* longer tables are closed until a reader opens them */
#define SHOWN  1000

static void add_answer(const struct audit *audit, struct element *into)
{
	char room[4][WORDS_SIZE];
	int64_t used = 0;

	for (size_t i = 0; i < audit->grant_count; i++)
		used += audit->grant[i].use.window_uses > 0;
	part_answer(
		into, "Of %s it used %s within %s; %s can go, and %s do with less.",
		counted((int64_t)audit->grant_count, "permission", "permissions", room[0]),
		number_text(used, room[1]), days_text(audit->options.window_ns, room[2]),
		number_text(audit_removals(audit), room[3]),
		number_text(audit_count_state(audit, GRANT_NARROWABLE), (char[WORDS_SIZE]){ 0 }));
}

static void add_states(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "State", COLUMN_TEXT },
		{ "Meaning", COLUMN_TEXT },
		{ "Permissions", COLUMN_NUMBER },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body = part_table(into, "states-caption",
					  "What the permissions are, by state; only those in red "
					  "are proposed for removal",
					  column);

	for (size_t i = 0; i < GRANT_STATES; i++) {
		int64_t count = audit_count_state(audit, (enum grant_state)i);
		struct element *row, *cell;

		if (!count)
			continue;
		row = part_row(body);
		cell = page_attribute(page_element(row, "th"), "scope", "row");
		part_tag(cell,
			 grant_state_is_removal((enum grant_state)i) ? TONE_BAD : TONE_NEUTRAL,
			 grant_state_text((enum grant_state)i));
		part_cell(row, grant_state_meaning((enum grant_state)i));
		audited_number(row, count, "states", NULL, grant_state_text((enum grant_state)i));
	}
}

/* What to do, and why. */
static void add_proposal(struct element *row, const struct audit_grant *grant,
			 const struct audit_finding *worst)
{
	struct element *cell = page_element(row, "td"), *link;
	char target[32];

	if (!worst) {
		page_text(cell, audited_proposal(grant));
		return;
	}
	snprintf(target, sizeof target, "#%s", worst->id);
	link = page_attribute(page_element(cell, "a"), "href", target);
	page_text(page_attribute(link, "class", "id"), audited_proposal(grant));
}

/* The last use, which leads to what shows it. */
static void add_last(struct element *row, const struct audit_grant *grant)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "time"), *link;
	char id[WITNESS_ID_SIZE], target[WITNESS_ID_SIZE + 1], room[WORDS_SIZE];

	if (!*grant->use.last.run) {
		page_text(cell, "\xe2\x80\x93");
		return;
	}
	snprintf(target, sizeof target, "#%s", audited_witness_id(&grant->use.last, id));
	link = page_attribute(page_element(cell, "a"), "href", target);
	page_text(link, date_text(grant->use.last_ns, room));
	audited_is(link, "grants", grant->id, "last_used");
}

static void add_grant(const struct audit *audit, struct element *body, size_t number)
{
	const struct audit_grant *grant = &audit->grant[number];
	struct element *row = page_attribute(part_row(body), "id", grant->id), *cell;
	const char *id = grant->id;

	cell = page_attribute(page_element(row, "th"), "scope", "row");
	audited_permission(page_attribute(cell, "class", "named"), grant);
	page_text(page_attribute(page_element(cell, "span"), "class", "under"), id);
	audited_state(row, grant);
	audited_number(row, grant->use.uses, "grants", id, "uses");
	audited_number(row, grant->use.runs, "grants", id, "runs");
	audited_number(row, grant->use.window_runs, "grants", id, "window_runs");
	audited_number(row, grant->use.attempts, "grants", id, "attempts");
	audited_number(row, grant->use.objects, "grants", id, "objects");
	add_last(row, grant);
	audited_date(row, grant->granted_ns, "grants", id, "granted");
	add_proposal(row, grant, audit_worst(audit, number));
}

static void add_table(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Permission", COLUMN_NAME },	{ "State", COLUMN_TEXT },
		{ "Uses", COLUMN_NUMBER },	{ "Runs", COLUMN_NUMBER },
		{ "In window", COLUMN_NUMBER }, { "Refused", COLUMN_NUMBER },
		{ "Objects", COLUMN_NUMBER },	{ "Last used", COLUMN_TEXT },
		{ "Granted", COLUMN_TEXT },	{ "Proposal", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body = part_table(
		part_fold(into, audit->grant_count, FOLDED), "granted-caption",
		"Every permission that is held: uses and runs since there is evidence, runs "
		"within the window, times it was refused, distinct objects; the last use leads to "
		"the access, the proposal to its finding",
		column);
	size_t i;

	for (i = 0; i < audit->grant_count && i < SHOWN; i++)
		add_grant(audit, body, i);
	part_more(into, i, audit->grant_count, "`permissions.csv` (`--format csv`) lists all");
}

int section_granted(const struct report_model *model, struct element *into)
{
	const struct audit *audit = model->audit;
	int status;

	add_answer(audit, into);
	status = figure_days(model, into);
	if (status)
		return status;
	add_states(audit, into);
	add_table(audit, into);
	return 0;
}
