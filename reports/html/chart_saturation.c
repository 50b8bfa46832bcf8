#include "core/text.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"
#include "reports/html/parts.h"

#include <errno.h>
#include <stdlib.h>

#define WIDTH  720.0
#define HEIGHT 270.0
#define LEFT   58.0
#define RIGHT  704.0
#define TOP    26.0
#define BOTTOM 222.0
#define POINTS 600 /* at most so many runs are drawn, evenly chosen */
#define DOTS   150 /* up to so many runs each new need has its dot */

int64_t axis_step(int64_t value, int64_t most)
{
	int64_t step = 1;

	while (value / step > most) {
		if (value / (2 * step) <= most)
			return 2 * step;
		if (value / (5 * step) <= most)
			return 5 * step;
		step *= 10;
	}
	return step;
}

struct plot {
	const struct report_model *model;
	struct chart *chart;
	size_t runs, total, last_new; /* numbers of runs from 1 */
};

static double x_of(const struct plot *plot, size_t run)
{
	return LEFT + (RIGHT - LEFT) * (double)run / (double)plot->runs;
}

static double y_of(const struct plot *plot, size_t uses)
{
	return BOTTOM - (BOTTOM - TOP) * (double)uses / (double)(plot->total ? plot->total : 1);
}

static void draw_axes(const struct plot *plot)
{
	size_t step = (size_t)axis_step((int64_t)plot->total, 5);
	char room[WORDS_SIZE];

	for (size_t uses = 0; uses <= plot->total; uses += step) {
		double y = y_of(plot, uses);

		chart_line(plot->chart, (struct point){ LEFT, y }, (struct point){ RIGHT, y }, 1,
			   INK_GRID);
		chart_label(plot->chart, (struct point){ LEFT - 8, y + 4 }, ANCHOR_END, 12,
			    INK_LABEL, number_text((int64_t)uses, room));
	}
	step = (size_t)axis_step((int64_t)plot->runs, 10);
	for (size_t run = step; run <= plot->runs; run += step)
		chart_label(plot->chart, (struct point){ x_of(plot, run), BOTTOM + 18 },
			    ANCHOR_MIDDLE, 12, INK_LABEL, number_text((int64_t)run, room));
	chart_label(plot->chart, (struct point){ (LEFT + RIGHT) / 2, BOTTOM + 40 }, ANCHOR_MIDDLE,
		    12, INK_LABEL, "runs, in the order in which they were started");
}

/* A step up at each run; the area below it is closed along the axis. */
static int draw_curve(const struct plot *plot)
{
	size_t shown = plot->runs < POINTS ? plot->runs : POINTS, count = 0, before = 0;
	struct point *point = calloc(2 * shown + 2, sizeof *point);

	if (!point)
		return -ENOMEM;
	point[count++] = (struct point){ LEFT, BOTTOM };
	for (size_t i = 1; i <= shown; i++) {
		size_t run = i * plot->runs / shown;

		point[count++] = (struct point){ x_of(plot, run), y_of(plot, before) };
		before = plot->model->run[run - 1].total_uses;
		point[count++] = (struct point){ x_of(plot, run), y_of(plot, before) };
	}
	point[count++] = (struct point){ RIGHT, BOTTOM };
	chart_area(plot->chart, point, count, INK_SOFT, NULL);
	chart_path(plot->chart, point, count - 1, 2.2, INK_MAIN);
	free(point);
	return 0;
}

static void draw_dots(const struct plot *plot)
{
	scoped(buffer) struct buffer tip = { 0 }, task = { 0 };

	for (size_t i = 0; plot->runs <= DOTS && i < plot->runs; i++) {
		const struct report_run *row = &plot->model->run[i];
		char room[WORDS_SIZE];

		if (!row->new_uses)
			continue;
		buffer_clear(&tip);
		buffer_printf(
			&tip, "Run %zu (%s): %s", i + 1,
			*row->run.task ? text_safe(bytes_of(row->run.task), 0, &task) : "no task",
			counted((int64_t)row->new_uses, "new permission", "new permissions", room));
		chart_dot(plot->chart,
			  (struct point){ x_of(plot, i + 1), y_of(plot, row->total_uses) }, 3.4,
			  INK_MAIN_FILL, buffer_text(&tip));
	}
}

static void draw_last_new(const struct plot *plot)
{
	double x = x_of(plot, plot->last_new);
	bool is_right = x > (LEFT + RIGHT) / 2;
	char text[80];

	chart_line(plot->chart, (struct point){ x, TOP - 4 }, (struct point){ x, BOTTOM }, 1.4,
		   INK_MARKER);
	snprintf(text, sizeof text, "last new permission: run %zu", plot->last_new);
	chart_label(plot->chart, (struct point){ is_right ? x - 8 : x + 8, BOTTOM - 10 },
		    is_right ? ANCHOR_END : ANCHOR_START, 12, INK_STRONG, text);
}

int figure_saturation(const struct report_model *model, struct element *into)
{
	struct plot plot = { .model = model, .runs = model->run_count };
	struct element *frame;
	char title[96];
	int status;

	for (size_t i = 0; i < plot.runs; i++)
		if (model->run[i].new_uses)
			plot.last_new = i + 1;
	if (plot.last_new == 0)
		return 0;
	plot.total = model->run[plot.runs - 1].total_uses;
	status = chart_open(&plot.chart, WIDTH, HEIGHT, "saturation",
			    "Distinct permissions against runs",
			    "A line that steps up at each run that used a permission which no run "
			    "before it had used.  The table below has the numbers.");
	if (status)
		return status;
	draw_axes(&plot);
	status = draw_curve(&plot);
	draw_dots(&plot);
	draw_last_new(&plot);
	frame = part_figure(into);
	snprintf(title, sizeof title, "Run %zu of %zu was the last to bring something new.",
		 plot.last_new, plot.runs);
	part_caption(frame, plot.chart, title,
		     "The line counts distinct permissions; a flat end means that further runs "
		     "need nothing new.");
	return status;
}
