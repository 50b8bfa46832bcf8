#include "core/clock.h"
#include "reports/html/parts.h"
#include "reports/html/sections.h"

#include <stdint.h>

#define SHOWN 300

static void add_state(struct element *row, const struct run *run)
{
	struct element *cell = page_element(row, "td");
	char room[WORDS_SIZE];

	if (run->state == RUN_COMPLETE)
		part_tag(cell, TONE_GOOD, "complete");
	else
		part_tag(cell, TONE_WARN, "cut short");
	if (!run->gaps)
		return;
	page_text(cell, " ");
	part_tag(cell, TONE_WARN, counted(run->gaps, "gap", "gaps", room));
}

static void add_status(struct element *row, const struct run *run)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "number");
	char text[40];

	if (run->status < 0)
		snprintf(text, sizeof text, "\xe2\x80\x93");
	else if (run->status > 128)
		snprintf(text, sizeof text, "%d (signal %d)", run->status, run->status - 128);
	else
		snprintf(text, sizeof text, "%d", run->status);
	page_text(cell, text);
}

static void add_duration(struct element *row, const struct run *run)
{
	struct element *cell = page_attribute(page_element(row, "td"), "class", "number");
	char room[CLOCK_TEXT_SIZE];
	int64_t took_ns;

	if (!run->ended_ns || __builtin_sub_overflow(run->ended_ns, run->started_ns, &took_ns))
		page_text(cell, "\xe2\x80\x93");
	else
		page_text(cell, clock_format_duration(took_ns, room));
}

static void add_run(struct element *body, const struct report_run *report_run)
{
	const struct run *run = &report_run->run;
	struct element *row = part_row(body), *cell = page_element(row, "th");
	char short_id[13];

	page_attribute(cell, "scope", "row");
	snprintf(short_id, sizeof short_id, "%.12s", run->id);
	part_code(cell, short_id);
	page_name(part_named(row), bytes_of(*run->task ? run->task : "\xe2\x80\x93"));
	part_time(row, run->started_ns);
	add_duration(row, run);
	add_status(row, run);
	add_state(row, run);
	part_number(row, (int64_t)report_run->new_uses);
	part_command(part_named(row), report_run->command, report_run->command_flags);
}

int section_runs(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Run", COLUMN_TEXT },
		{ "Task", COLUMN_NAME },
		{ "Started (UTC)", COLUMN_TEXT },
		{ "Took", COLUMN_NUMBER },
		{ "Exit status", COLUMN_NUMBER },
		{ "Recording", COLUMN_TEXT },
		{ "New permissions", COLUMN_NUMBER },
		{ "Command", COLUMN_NAME },
		{ NULL, COLUMN_TEXT },
	};
	size_t skipped = model->run_count > SHOWN ? model->run_count - SHOWN : 0, failed = 0;
	struct element *body;
	char room[3][WORDS_SIZE];

	for (size_t i = 0; i < model->run_count; i++)
		failed += model->run[i].run.status > 0;
	part_answer(into, "%s; %s with an exit status other than 0.",
		    counted((int64_t)model->run_count, "run", "runs", room[0]),
		    counted((int64_t)failed, "ended", "ended", room[1]));
	body = part_table(part_fold(into, model->run_count - skipped, model->audit ? 30 : SIZE_MAX),
			  "runs-caption",
			  "Runs in the order in which they were started; `pare show RUN` takes the "
			  "first digits of its id",
			  column);
	for (size_t i = skipped; i < model->run_count; i++)
		add_run(body, &model->run[i]);
	if (skipped)
		part_note(into,
			  "The newest are shown; %s before them are not: `pare runs` lists "
			  "all.",
			  number_text((int64_t)skipped, room[2]));
	return 0;
}
