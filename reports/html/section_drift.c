#include "reports/html/audited.h"

#include <string.h>

#define SHOWN 200
#define NAMED 8 /* permissions that came together */

static void add_answer(const struct audit *audit, struct element *into)
{
	const struct audit_drift *drift = &audit->drift;
	int64_t fresh = 0, gone = 0;
	char room[4][WORDS_SIZE], day[WORDS_SIZE];

	for (size_t i = 0; i < drift->row_count; i++) {
		fresh += drift->row[i].fresh;
		gone += drift->row[i].gone;
	}
	if (!drift->split_ns || !drift->runs_before) {
		part_answer(into, "There is no time before to compare with.");
		return;
	}
	part_answer(
		into,
		"Since %s it used %s that it had not used before, and %s no more; what runs are "
		"made with changed %s.",
		date_text(drift->split_ns, day), counted(fresh, "object", "objects", room[0]),
		number_text(gone, room[1]),
		counted((int64_t)drift->change_count + drift->changes_before, "time", "times",
			room[2]));
	part_note(into, "%s are compared with %s before them, %s.",
		  counted(drift->runs_now, "run", "runs", room[0]),
		  number_text(drift->runs_before, room[1]),
		  drift->by_version ? "with the program's last version"
				    : "of the window before, which is as long");
}

static void add_use(struct element *body, const struct drift_row *use)
{
	static const enum tone tone[] = { TONE_NEUTRAL, TONE_NEUTRAL, TONE_WARN, TONE_NEUTRAL };
	char id[80];
	struct element *row = part_row(body), *cell;

	snprintf(id, sizeof id, "%s %s", resource_text(use->resource), action_text(use->action));
	page_text(page_attribute(page_element(row, "th"), "scope", "row"), id);
	audited_number(row, use->fresh, "drift", id, "new");
	audited_number(row, use->gone, "drift", id, "gone");
	audited_number(row, use->kept, "drift", id, "in_both");
	audited_number(row, use->before, "drift", id, "median_before");
	audited_number(row, use->now, "drift", id, "median_now");
	cell = page_element(row, "td");
	part_tag(cell, tone[use->pace], pace_text(use->pace));
}

static void add_uses(const struct audit_drift *drift, struct element *into)
{
	static const struct column column[] = {
		{ "Use", COLUMN_TEXT },
		{ "New objects", COLUMN_NUMBER },
		{ "Gone", COLUMN_NUMBER },
		{ "In both", COLUMN_NUMBER },
		{ "Times a run before", COLUMN_NUMBER },
		{ "Now", COLUMN_NUMBER },
		{ "Pace", COLUMN_TEXT },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body;

	if (!drift->row_count || !drift->split_ns || !drift->runs_before)
		return;
	body = part_table(into, "drift-caption",
			  "What it uses, by kind: objects that are new and gone, and the median of "
			  "the runs; what chance may have done counts as the same",
			  column);
	for (size_t i = 0; i < drift->row_count; i++)
		add_use(body, &drift->row[i]);
}

static void add_value(struct element *row, const char *value)
{
	struct element *cell = part_named(row);

	if (*value)
		page_name(cell, bytes_of(value));
	else
		page_text(cell, "none");
}

static void add_changes(const struct audit_drift *drift, struct element *into)
{
	static const struct column column[] = {
		{ "Day", COLUMN_TEXT }, { "What", COLUMN_TEXT },	  { "Was", COLUMN_NAME },
		{ "Is", COLUMN_NAME },	{ "New objects", COLUMN_NUMBER }, { "Gone", COLUMN_NUMBER },
		{ NULL, COLUMN_TEXT },
	};
	struct element *body;

	if (!drift->change_count)
		return;
	body = part_table(
		into, "made-caption",
		"What runs were made with, where that changed, and what came and went with it",
		column);
	for (size_t i = 0; i < drift->change_count && i < SHOWN; i++) {
		const struct drift_change *change = &drift->change[i];
		struct element *row = part_row(body), *cell;
		char day[WORDS_SIZE];

		cell = page_attribute(page_element(row, "th"), "scope", "row");
		page_text(page_attribute(cell, "class", "time"),
			  date_text(change->changed_ns, day));
		part_cell(row, fingerprint_text(change->kind));
		add_value(row, change->was);
		add_value(row, change->is);
		part_number(row, change->fresh);
		part_number(row, change->gone);
	}
	part_more(into, drift->change_count, drift->change_count + (size_t)drift->changes_before,
		  "older ones are not told");
}

/* Whether an earlier one came with it: from the same source, on the same day. */
static bool is_told(const struct audit *audit, size_t number)
{
	const struct audit_grant *grant = &audit->grant[number];
	int64_t day = grant->first_granted_ns / AUDITED_DAY_NS;

	for (size_t i = 0; i < number; i++)
		if (audit->grant[i].source == grant->source &&
		    audit->grant[i].first_granted_ns / AUDITED_DAY_NS == day)
			return true;
	return false;
}

/* All that came with it, by name where there are few. */
static void add_batch(const struct audit *audit, struct element *body, size_t first)
{
	const struct audit_source *source = &audit->source[audit->grant[first].source];
	struct element *row = part_row(body), *cell, *names;
	char room[2][WORDS_SIZE];
	int64_t count = 0, used = 0;

	cell = page_attribute(page_element(row, "th"), "scope", "row");
	page_text(page_attribute(cell, "class", "time"),
		  date_text(audit->grant[first].first_granted_ns, room[0]));
	page_name(part_named(row), bytes_of(source->name));
	page_name(part_named(row), bytes_of(source->grantor));
	names = part_named(row);
	for (size_t i = first; i < audit->grant_count; i++) {
		const struct audit_grant *grant = &audit->grant[i];

		if (grant->source != audit->grant[first].source ||
		    grant->first_granted_ns / AUDITED_DAY_NS !=
			    audit->grant[first].first_granted_ns / AUDITED_DAY_NS)
			continue;
		if (count++ < NAMED) {
			audited_link(names, grant->id);
			page_text(names, " ");
		}
		used += grant->use.uses > 0;
	}
	if (count > NAMED) {
		page_text(names, number_text(count - NAMED, room[0]));
		page_text(names, " more");
	}
	part_number(row, count);
	part_number(row, used);
}

/* Permissions that are held since less than the window. */
static void add_grants(const struct audit *audit, struct element *into)
{
	static const struct column column[] = {
		{ "Granted", COLUMN_TEXT },
		{ "In", COLUMN_NAME },
		{ "By", COLUMN_NAME },
		{ "Which", COLUMN_NAME },
		{ "Permissions", COLUMN_NUMBER },
		{ "Used since", COLUMN_NUMBER },
		{ NULL, COLUMN_TEXT },
	};
	int64_t begin_ns = audit->options.as_of_ns - audit->options.window_ns;
	struct element *body = NULL;
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < audit->grant_count; i++) {
		if (audit->grant[i].first_granted_ns < begin_ns || is_told(audit, i))
			continue;
		if (all++ >= SHOWN)
			continue;
		if (!body)
			body = part_table(into, "added-caption",
					  "Permissions that were first granted within the window",
					  column);
		add_batch(audit, body, i);
		shown++;
	}
	part_more(into, shown, all, "`pare audit --json` lists all");
}

int section_drift(const struct report_model *model, struct element *into)
{
	add_answer(model->audit, into);
	add_grants(model->audit, into);
	add_uses(&model->audit->drift, into);
	add_changes(&model->audit->drift, into);
	return 0;
}
