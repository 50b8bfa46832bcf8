#include "reports/html/parts.h"
#include "reports/html/rows.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define SHOWN 400

static const enum outcome refused[] = { OUTCOME_DENIED, OUTCOME_FAILED, OUTCOME_SUPPRESSED };

#define REFUSED_COUNT (sizeof refused / sizeof *refused)

static int64_t runs_refused(const struct use *use)
{
	int64_t runs = 0;

	for (size_t i = 0; i < REFUSED_COUNT; i++)
		runs += use->tally[refused[i]].runs;
	return runs;
}

static bool is_refused(const struct report_model *model, const struct use *use)
{
	(void)model;
	return runs_refused(use) > 0;
}

/* The lower, the more it deserves a look: what was denied, what never worked; a mere look-up that
 * failed comes last. */
static int rank(const struct use *use)
{
	int rank = use->tally[OUTCOME_DENIED].runs ? 0 : 4;

	if (use->action == ACTION_STAT)
		rank += 2;
	return rank + (use->tally[OUTCOME_OK].runs != 0);
}

static int order(const struct report_model *model, const void *a, const void *b)
{
	const struct use *one = a, *other = b;
	int compared = rank(one) - rank(other);

	if (compared)
		return compared;
	if (runs_refused(one) != runs_refused(other))
		return runs_refused(one) > runs_refused(other) ? -1 : 1;
	compared = strcmp(model->object[one->object].name, model->object[other->object].name);
	return compared ? compared : (int)one->action - (int)other->action;
}

static void add_error(struct element *row, const struct use *use)
{
	const char *name = use->error ? strerrorname_np(use->error) : NULL;

	part_cell(row, name ? name : "\xe2\x80\x93");
}

static void add_rows(const struct report_model *model, struct element *body, const struct use *use)
{
	const struct object *object = &model->object[use->object];

	for (size_t i = 0; i < REFUSED_COUNT; i++) {
		const struct tally *tally = &use->tally[refused[i]];
		const struct program *program = &model->program[use->program];
		struct element *row;

		if (!tally->runs)
			continue;
		row = part_row(body);
		part_name(row, object->name, object->flags);
		part_tag(page_element(row, "td"),
			 refused[i] == OUTCOME_DENIED ? TONE_BAD : TONE_WARN,
			 outcome_text(refused[i]));
		part_cell(row, action_text(use->action));
		add_error(row, use);
		row_runs(row, tally->runs, model);
		part_number(row, tally->count);
		part_number(row, use->tally[OUTCOME_OK].count);
		page_escaped(part_named(row), program->name, program->flags);
		part_span(row, tally->first_ns, tally->last_ns);
	}
}

static void add_answer(const struct report_model *model, struct element *into)
{
	int64_t denied = report_accesses(model, OUTCOME_DENIED);
	int64_t failed = report_accesses(model, OUTCOME_FAILED);
	int64_t held = report_accesses(model, OUTCOME_SUPPRESSED);
	char room[3][WORDS_SIZE];

	if (!denied && !failed && !held)
		part_answer(into, "Neither: nothing was denied and nothing failed.");
	else
		part_answer(into,
			    "%s denied by the system, %s for another reason, and %s held back by "
			    "a dry run.",
			    counted(denied, "access was", "accesses were", room[0]),
			    counted(failed, "failed", "failed", room[1]),
			    counted(held, "was", "were", room[2]));
}

int section_denied(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Object", COLUMN_NAME },     { "Outcome", COLUMN_TEXT },
		{ "Tried", COLUMN_TEXT },      { "Error", COLUMN_TEXT },
		{ "Runs", COLUMN_NUMBER },     { "Times", COLUMN_NUMBER },
		{ "Worked", COLUMN_NUMBER },   { "By (last)", COLUMN_NAME },
		{ "When (UTC)", COLUMN_TEXT }, { NULL, COLUMN_TEXT },
	};
	scoped(picked) struct picked picked = { 0 };
	struct element *body;
	size_t i;

	add_answer(model, into);
	if (picked_uses(&picked, model, is_refused, order))
		return -ENOMEM;
	if (!picked.count)
		return 0;
	body = part_table(
		part_fold(into, picked.count, model->audit ? 100 : SIZE_MAX), "denied-caption",
		"What did not happen: what was denied first, mere look-ups last; what never "
		"worked before what sometimes did",
		column);
	for (i = 0; i < picked.count && i < SHOWN; i++)
		add_rows(model, body, picked.item[i]);
	part_more(into, i, picked.count, "`pare dump RUN` prints every access of a run");
	return 0;
}
