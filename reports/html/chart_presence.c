#include "reports/html/chart.h"
#include "reports/html/drawings.h"
#include "reports/html/parts.h"
#include "reports/html/pick.h"
#include "reports/html/presence.h"

#include <errno.h>
#include <string.h>

#define WIDTH 720.0
#define LEFT  214.0
#define RIGHT 708.0
#define TOP   8.0
#define ROW   19.0
#define SHOWN 24
#define CELLS 90 /* more runs than that share cells */

int order_programs(const struct report_model *model, const void *a, const void *b)
{
	const struct program *one = a, *other = b;

	(void)model;
	if (one->runs != other->runs)
		return one->runs > other->runs ? -1 : 1;
	if (one->starts != other->starts)
		return one->starts > other->starts ? -1 : 1;
	return strcmp(one->name, other->name);
}

/* Runs [first, end) of a cell in which the program was started. */
static size_t started(const struct program *program, size_t first, size_t end)
{
	size_t count = 0;

	for (size_t run = first; run < end; run++)
		count += program->in_run[run];
	return count;
}

static void draw_row(const struct report_model *model, struct chart *chart,
		     const struct program *program, double y)
{
	size_t cells = model->run_count < CELLS ? model->run_count : CELLS;
	double step = (RIGHT - LEFT) / (double)cells, width = step > 4 ? step - 1.5 : step;
	char room[CHART_LABEL_SIZE], tip[CHART_LABEL_SIZE], number[WORDS_SIZE];

	chart_label(chart, (struct point){ LEFT - 10, y + 11.5 }, ANCHOR_END, 12.5, INK_STRONG,
		    chart_fit(program->name, 12.5, LEFT - 16, room));
	snprintf(tip, sizeof tip, "%s: in %s", chart_fit(program->name, 1, 60, room),
		 counted(program->runs, "run", "runs", number));
	chart_bar(chart, (struct point){ LEFT, y }, RIGHT - LEFT, ROW - 5, INK_TRACK, tip);
	for (size_t cell = 0; cell < cells; cell++) {
		size_t first = cell * model->run_count / cells;
		size_t end = (cell + 1) * model->run_count / cells;
		size_t hits = started(program, first, end);

		if (!hits)
			continue;
		if (end - first == 1)
			snprintf(tip, sizeof tip, "run %zu", end);
		else
			snprintf(tip, sizeof tip, "%zu of runs %zu to %zu", hits, first + 1, end);
		chart_bar(chart, (struct point){ LEFT + step * (double)cell, y }, width, ROW - 5,
			  hits == end - first ? INK_MAIN_FILL : INK_MIDDLE, tip);
	}
}

int figure_presence(const struct report_model *model, struct element *into)
{
	scoped(picked) struct picked picked = { 0 };
	size_t shown;
	struct chart *chart;
	int status;

	if (picked_programs(&picked, model, order_programs))
		return -ENOMEM;
	shown = picked.count < SHOWN ? picked.count : SHOWN;
	if (shown < 2 || model->run_count < 2)
		return 0;
	status = chart_open(&chart, WIDTH, TOP + ROW * (double)shown + 24, "presence",
			    "In which runs each program was started",
			    "A row for each program and a cell for each run, filled where the "
			    "program was started.  The table below has the numbers.");
	if (status)
		return status;
	for (size_t i = 0; i < shown; i++)
		draw_row(model, chart, picked.item[i], TOP + ROW * (double)i);
	chart_label(chart, (struct point){ LEFT, TOP + ROW * (double)shown + 14 }, ANCHOR_START, 12,
		    INK_LABEL, "first run");
	chart_label(chart, (struct point){ RIGHT, TOP + ROW * (double)shown + 14 }, ANCHOR_END, 12,
		    INK_LABEL, "last run");
	part_caption(
		part_figure(into), chart, "By habit or once?",
		picked.count > SHOWN
			? "The 24 most common programs; a filled cell is a run that started it."
			: "A filled cell is a run that started the program.");
	return 0;
}
