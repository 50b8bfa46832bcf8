#include "reports/html/drawings.h"
#include "reports/html/parts.h"
#include "reports/html/presence.h"
#include "reports/html/rows.h"

#include <errno.h>

#define SHOWN 200

static void add_row(const struct report_model *model, struct element *body,
		    const struct program *program)
{
	struct element *row = part_row(body);

	part_name(row, program->name, program->flags);
	row_runs(row, program->runs, model);
	part_number(row, program->starts);
	part_number(row, program->reads);
	part_number(row, program->changes);
	part_number(row, program->hosts);
	part_number(row, program->denied);
	part_command(part_named(row), program->example ? program->example : "",
		     program->example_flags);
}

int section_programs(const struct report_model *model, struct element *into)
{
	static const struct column column[] = {
		{ "Program", COLUMN_NAME },
		{ "Runs", COLUMN_NUMBER },
		{ "Starts", COLUMN_NUMBER },
		{ "Files read", COLUMN_NUMBER },
		{ "Files changed", COLUMN_NUMBER },
		{ "Endpoints", COLUMN_NUMBER },
		{ "Denied", COLUMN_NUMBER },
		{ "First started as", COLUMN_NAME },
		{ NULL, COLUMN_TEXT },
	};
	scoped(picked) struct picked picked = { 0 };
	struct element *body;
	char room[2][WORDS_SIZE];
	int64_t starts = 0;
	size_t i;
	int status;

	if (picked_programs(&picked, model, order_programs))
		return -ENOMEM;
	for (i = 0; i < picked.count; i++)
		starts += model->program[i].starts;
	part_answer(into, "%s, started %s.",
		    counted((int64_t)picked.count, "program", "programs", room[0]),
		    counted(starts, "time", "times", room[1]));
	status = figure_presence(model, into);
	if (status || !picked.count)
		return status;
	body = part_table(into, "programs-caption",
			  "Programs, and how many different files and endpoints each of them used; "
			  "long command lines are cut in the middle",
			  column);
	for (i = 0; i < picked.count && i < SHOWN; i++)
		add_row(model, body, picked.item[i]);
	part_more(into, i, picked.count, "`pare dump RUN` prints every access of a run");
	return 0;
}
