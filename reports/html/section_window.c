#include "reports/html/drawings.h"
#include "reports/html/keys.h"
#include "reports/html/parts.h"

#include <errno.h>
#include <stdlib.h>

#define SHOWN_TASKS 50

/* What the next run is expected to need that no run had needed (Good and Turing), where so many
 * permissions were seen in one run only: "0.03", "4.3". */
static const char *expected_text(const struct report_model *model, size_t lone,
				 char room[static WORDS_SIZE])
{
	double expected = (double)lone / (double)model->run_count;

	snprintf(room, WORDS_SIZE, "%.*f", expected < 1 ? 2 : 1, expected);
	return room;
}

/* Chao and Jost (2012), equation 4a: the share of all use that the seen permissions make up. */
static double coverage(const struct report_model *model)
{
	double lone = (double)model->lone, twice = (double)model->twice;
	double others = (double)model->run_count - 1, part = others * lone + 2 * twice;

	if (!model->incidences)
		return 0;
	return 1 - lone / (double)model->incidences * (part > 0 ? others * lone / part : 1);
}

static void add_answer(const struct report_model *model, struct element *into)
{
	char room[2][WORDS_SIZE];

	if (report_is_enough(model) && !model->lone)
		part_answer(into,
			    "Long enough for work of this kind: each permission that was used, at "
			    "least two of the %s used.",
			    counted((int64_t)model->run_count, "run", "runs", room[1]));
	else if (report_is_enough(model))
		part_answer(into,
			    "Long enough for work of this kind: the next run is expected to need "
			    "%s permissions that none of the %s had needed.",
			    expected_text(model, model->lone, room[0]),
			    counted((int64_t)model->run_count, "run", "runs", room[1]));
	else if (model->run_count < REPORT_ENOUGH_RUNS)
		part_answer(into,
			    "Not yet: %s observed, and at least %d are asked for before a policy "
			    "may be called minimal.",
			    counted((int64_t)model->run_count, "run was", "runs were", room[0]),
			    REPORT_ENOUGH_RUNS);
	else
		part_answer(into,
			    "Not yet: the next run is expected to need about %s permissions that "
			    "none of the %s had needed; at most 0.05 is asked for before a policy "
			    "may be called minimal.",
			    expected_text(model, model->lone, room[0]),
			    counted((int64_t)model->run_count, "run", "runs", room[1]));
}

/* More runs do not settle names that are made up anew each time. */
static void add_scratch(const struct report_model *model, struct element *into)
{
	char room[2][WORDS_SIZE];

	if (report_is_enough(model) || model->lone_own * 2 < model->lone || !model->lone_own)
		return;
	part_paragraph(into,
		       "%s of the %s seen in one run only concern files that the run itself had "
		       "made, often under a name made up at that moment. More runs will not settle "
		       "those: a rule for their folder must, or a fixed name.",
		       number_text((int64_t)model->lone_own, room[0]),
		       counted((int64_t)model->lone, "permission", "permissions", room[1]));
}

static size_t lone_runs(const struct report_model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < model->run_count; i++)
		count += model->run[i].lone_uses > 0;
	return count;
}

static void add_figures(const struct report_model *model, struct element *into)
{
	struct element *list = page_element(into, "dl");
	char room[WORDS_SIZE];
	int64_t used = (int64_t)report_used(model), runs = (int64_t)model->run_count;

	page_attribute(list, "class", "facts");
	page_text(part_pair(list, "Distinct permissions used"), number_text(used, room));
	page_text(part_pair(list, "Of these in one run only"),
		  share_text((int64_t)model->lone, used, room));
	page_text(part_pair(list, "Of those, on files that the run itself had made"),
		  share_text((int64_t)model->lone_own, (int64_t)model->lone, room));
	page_text(part_pair(list, "New permissions expected in the next run (Good\xe2\x80\x93"
				  "Turing)"),
		  expected_text(model, model->lone, room));
	page_text(part_pair(list, "The same, leaving out files that the run itself had made"),
		  expected_text(model, model->lone - model->lone_own, room));
	page_text(part_pair(list, "Runs that needed something no other run needed"),
		  share_text((int64_t)lone_runs(model), runs, room));
	page_text(part_pair(list, "Share of all use that the permissions seen make up (estimate)"),
		  percent_text(coverage(model), room));
	page_text(part_pair(list, "A permission no run used: upper bound of the runs that need it "
				  "(95 %)"),
		  percent_text(runs > 3 ? 3.0 / (double)runs : 1, room));
}

struct task {
	const char *name;
	int64_t runs, new_uses, lone_uses;
	size_t last_new; /* number of a run of this task, from 1; 0: none */
};

static void add_task(struct element *body, const struct task *task)
{
	struct element *row = part_row(body), *cell = page_element(row, "th");
	char room[WORDS_SIZE];

	page_attribute(page_attribute(cell, "scope", "row"), "class", "named");
	if (*task->name)
		page_name(cell, bytes_of(task->name));
	else
		page_text(cell, "(no task named)");
	part_number(row, task->runs);
	part_number(row, task->new_uses);
	part_number(row, task->lone_uses);
	cell = page_attribute(page_element(row, "td"), "class", "number");
	page_text(cell,
		  task->last_new ? number_text((int64_t)task->last_new, room) : "\xe2\x80\x93");
}

/* Adds the runs up by task; `task` has room for as many as there are runs. */
static int count_tasks(const struct report_model *model, struct task *task, size_t *ret)
{
	struct keys keys = { 0 };
	size_t number;
	int status = 0;

	for (size_t i = 0; !status && i < model->run_count; i++) {
		const struct report_run *row = &model->run[i];

		status = keys_number(&keys, bytes_of(row->run.task), &number);
		if (status)
			break;
		task[number].name = row->run.task;
		task[number].runs++;
		task[number].new_uses += (int64_t)row->new_uses;
		task[number].lone_uses += (int64_t)row->lone_uses;
		if (row->new_uses)
			task[number].last_new = (size_t)task[number].runs;
	}
	*ret = keys.count;
	keys_release(&keys);
	return status;
}

static int add_tasks(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Task", COLUMN_NAME },
		{ "Runs", COLUMN_NUMBER },
		{ "New permissions", COLUMN_NUMBER },
		{ "In one run only", COLUMN_NUMBER },
		{ "Last new in its run", COLUMN_NUMBER },
		{ NULL, COLUMN_TEXT },
	};
	struct task *task = calloc(model->run_count, sizeof *task);
	int status = task ? 0 : -ENOMEM;
	struct element *body;
	size_t count, i;

	if (!status)
		status = count_tasks(model, task, &count);
	if (!status) {
		body = part_table(into, "tasks-caption",
				  "By task: a mixed curve can look flat while one kind of work was "
				  "seen only once",
				  column);
		for (i = 0; i < count && i < SHOWN_TASKS; i++)
			add_task(body, &task[i]);
		part_more(into, i, count, "`pare runs` lists every run with its task");
	}
	free(task);
	return status;
}

/* Permissions that exactly so many runs used. */
static size_t used_by(const struct audit *audit, int64_t runs)
{
	size_t count = 0;

	for (size_t i = 0; i < audit->grant_count; i++)
		count += audit->grant[i].use.runs == runs;
	return count;
}

/* The same of what is granted, which is what an audit judges. */
static void add_granted(const struct report_model *model, struct element *into)
{
	const struct audit *audit = model->audit;
	size_t used = audit->grant_count - used_by(audit, 0), lone = used_by(audit, 1);
	char room[WORDS_SIZE];

	part_answer(into,
		    "Of %zu permissions %zu were used in %s, %zu of them in one run only: %.2f new "
		    "ones are to be expected of the next run.",
		    audit->grant_count, used, counted(audit->all_runs, "run", "runs", room), lone,
		    audit->all_runs ? (double)lone / (double)audit->all_runs : 0);
}

static void add_basis(const struct audit *audit, struct element *into)
{
	struct element *list;
	char room[WORDS_SIZE];

	list = page_attribute(page_element(into, "dl"), "class", "facts");
	page_text(part_pair(list, "A permission no run used: upper bound of the runs that need it "
				  "(95 %)"),
		  percent_text(audit->all_runs > 3 ? 3.0 / (double)audit->all_runs : 1, room));
	page_text(part_pair(list, "Runs recorded to their end, without a gap that hides anything"),
		  share_text(audit->whole_runs, audit->runs, room));
	page_text(part_pair(list, "Days with a run, within the window"),
		  number_text(audit->days, room));
	page_text(part_pair(list, "Of these, since what was last used counts as unused"),
		  number_text(audit->recent_days, room));
}

static int add_objects(const struct report_model *model, struct element *into)
{
	int status;

	add_answer(model, into);
	add_scratch(model, into);
	status = figure_saturation(model, into);
	if (!status)
		add_figures(model, into);
	return status;
}

int section_window(const struct report_model *model, struct element *into)
{
	int status = 0;

	if (model->audit) {
		add_granted(model, into);
		status = figure_needs(model, into);
		add_basis(model->audit, into);
		part_heading(into, "Objects, within the window");
	}
	status = status ? status : add_objects(model, into);
	if (status)
		return status;
	part_note(into, "These figures take runs to be alike and independent of each other. Work "
			"that comes rarely (the end of a quarter, an emergency) is not in them "
			"unless it was recorded; what was denied cannot count as unused.");
	return add_tasks(model, into);
}
