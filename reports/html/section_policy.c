#include "core/error.h"
#include "reports/html/parts.h"
#include "reports/html/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 500

/* Rules of one object, which stand together. */
struct group {
	const struct rule *const *rule;
	size_t count;
	enum risk risk; /* the highest of them */
};

static int order(const struct report_model *model, const void *a, const void *b)
{
	const struct rule *one = a, *other = b;
	int compared = (int)one->resource - (int)other->resource;

	(void)model;
	if (!compared)
		compared = strcmp(one->pattern, other->pattern);
	if (!compared)
		compared = (int)one->action - (int)other->action;
	return compared ? compared : one < other ? -1 : one > other;
}

/* The riskiest first, else in the order of their rules. */
static int order_groups(const void *a, const void *b)
{
	const struct group *one = a, *other = b;

	if (one->risk != other->risk)
		return one->risk > other->risk ? -1 : 1;
	return one->rule < other->rule ? -1 : one->rule > other->rule;
}

static bool joins(const struct group *group, const struct rule *rule)
{
	const struct rule *first = group->rule[0];

	return first->resource == rule->resource && !strcmp(first->pattern, rule->pattern);
}

/* `group` has room for as many as there are rules; returns how many there are. */
static size_t make_groups(struct group *group, const struct picked *picked)
{
	const struct rule *const *rule = (const struct rule *const *)picked->item;
	size_t count = 0;

	for (size_t i = 0; i < picked->count; i++) {
		if (!count || !joins(&group[count - 1], rule[i]))
			group[count++] = (struct group){ .rule = rule + i, .risk = rule[i]->risk };
		group[count - 1].count++;
		if (rule[i]->risk > group[count - 1].risk)
			group[count - 1].risk = rule[i]->risk;
	}
	if (count)
		qsort(group, count, sizeof *group, order_groups);
	return count;
}

static void add_risks(const struct report_model *model, struct element *into)
{
	static const enum risk risk[] = { RISK_CRITICAL, RISK_HIGH, RISK_MEDIUM, RISK_LOW };
	struct element *list = page_attribute(page_element(into, "dl"), "class", "facts tight");
	char room[WORDS_SIZE];
	int64_t open = 0, asking = 0;

	for (size_t i = 0; i < model->policy.count; i++) {
		open += pattern_is_open(&model->policy.rule[i].match);
		asking += model->policy.rule[i].gate == GATE_CONFIRM;
	}
	for (size_t r = 0; r < sizeof risk / sizeof *risk; r++) {
		int64_t count = 0;

		for (size_t i = 0; i < model->policy.count; i++)
			count += model->policy.rule[i].risk == risk[r];
		page_text(part_pair(list, risk_text(risk[r])),
			  counted(count, "rule", "rules", room));
	}
	page_text(part_pair(list, "ask first"), counted(asking, "rule", "rules", room));
	page_text(part_pair(list, "admit more than one object"),
		  counted(open, "rule", "rules", room));
}

static void add_object(struct element *row, const struct group *group)
{
	const struct rule *rule = group->rule[0];
	struct element *cell = part_name(row, rule->pattern, 0);
	const char *reason = NULL;
	char text[24];

	page_attribute(cell, "scope", "rowgroup");
	snprintf(text, sizeof text, "%zu", group->count);
	page_attribute(cell, "rowspan", text);
	page_text(cell, " ");
	part_tag(cell, TONE_NEUTRAL, resource_text(rule->resource));
	for (size_t i = 0; i < group->count; i++) {
		const char *next = group->rule[i]->justification;

		if (!next || (reason && !strcmp(next, reason)))
			continue;
		reason = next;
		page_text(page_attribute(page_element(cell, "p"), "class", "why"), reason);
	}
}

static void add_rule(struct element *row, const struct report_model *model, const struct rule *rule)
{
	struct element *cell = part_cell(row, action_text(rule->action));

	if (rule->own)
		page_text(cell, " that the run created");
	if (rule->phase) {
		page_text(cell, " in phase ");
		page_name(cell, bytes_of(rule->phase));
	}
	row_risk(row, rule);
	row_runs(row, rule->runs, model);
	part_number(row, rule->count);
	part_span(row, rule->first_ns, rule->last_ns);
	part_code(page_attribute(page_element(row, "td"), "class", "id"), rule->id);
}

static void add_group(struct element *table, const struct report_model *model,
		      const struct group *group)
{
	struct element *body = page_element(table, "tbody");

	for (size_t i = 0; i < group->count; i++) {
		struct element *row = part_row(body);

		page_attribute(row, "id", group->rule[i]->id);
		if (i == 0)
			add_object(row, group);
		add_rule(row, model, group->rule[i]);
	}
}

static void add_answer(const struct report_model *model, struct element *into)
{
	char room[2][WORDS_SIZE];

	part_answer(into,
		    "%s, everything else denied; each rule is shown with the evidence it rests "
		    "on.",
		    counted((int64_t)model->policy.count, "rule", "rules", room[0]));
	if (!report_is_enough(model))
		part_paragraph(into, "Not minimal yet: too little was observed to say that this is "
				     "enough.");
	if (!report_is_complete(model))
		part_paragraph(into, "The evidence has gaps: this policy may deny what the agent "
				     "needs.");
	part_note(into, "$WS, $HOME and $TMP stand for the workspace, the home and the temporary "
			"folder of whoever runs the agent. The same policy as a document: "
			"`pare propose --agent NAME -o policy.xml`; what it would have denied: "
			"`pare check policy.xml`.");
}

static int add_rules(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Object", COLUMN_NAME },     { "Action", COLUMN_TEXT },
		{ "Risk", COLUMN_TEXT },       { "Runs", COLUMN_NUMBER },
		{ "Accesses", COLUMN_NUMBER }, { "When (UTC)", COLUMN_TEXT },
		{ "Rule", COLUMN_TEXT },       { NULL, COLUMN_TEXT },
	};
	scoped(picked) struct picked picked = { 0 };
	struct group *group = calloc(model->policy.count + 1, sizeof *group);
	struct element *table;
	size_t count, i, shown = 0;

	if (!group || picked_rules(&picked, model, order)) {
		free(group);
		return -ENOMEM;
	}
	count = make_groups(group, &picked);
	table = part_groups(into, "policy-caption", "Proposed rules, the riskiest objects first",
			    column);
	for (i = 0; i < count && shown < SHOWN; shown += group[i++].count)
		add_group(table, model, &group[i]);
	part_more(into, shown, picked.count, "`pare propose` writes all of them");
	free(group);
	return 0;
}

int section_policy(const struct report_model *model, struct element *into)
{
	if (model->policy_reason->code) {
		part_answer(into, "None could be proposed: %s.", model->policy_reason->text);
		return 0;
	}
	add_answer(model, into);
	add_risks(model, into);
	return model->policy.count ? add_rules(model, into) : 0;
}
