#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <errno.h>
#include <stdlib.h>

#define WIDTH  720.0
#define HEIGHT 270.0
#define LEFT   58.0
#define RIGHT  700.0
#define TOP    38.0
#define BOTTOM 222.0
#define POINTS 600

struct curve {
	const struct audit *audit;
	struct chart *chart;
	const int64_t *started_ns;
	int64_t *first_ns; /* first uses, sorted */
	size_t runs, used, last_new;
	int status; /* of the drawing */
};

static int compare(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return one < other ? -1 : one > other;
}

/* Permissions that were used before the run of that number (from 0) began. */
static size_t used_before(const struct curve *curve, size_t run)
{
	size_t count = 0;

	if (run >= curve->runs)
		return curve->used;
	while (count < curve->used && curve->first_ns[count] < curve->started_ns[run])
		count++;
	return count;
}

static double x_of(const struct curve *curve, size_t run)
{
	return LEFT + (RIGHT - LEFT) * (double)run / (double)curve->runs;
}

static double y_of(const struct curve *curve, size_t count)
{
	return BOTTOM - (BOTTOM - TOP) * (double)count / (double)curve->audit->grant_count;
}

static void draw_axes(const struct curve *curve)
{
	size_t step = (size_t)axis_step((int64_t)curve->audit->grant_count, 5);
	char room[WORDS_SIZE];

	for (size_t count = 0; count <= curve->audit->grant_count; count += step) {
		double y = y_of(curve, count);

		chart_line(curve->chart, (struct point){ LEFT, y }, (struct point){ RIGHT, y }, 1,
			   INK_GRID);
		chart_label(curve->chart, (struct point){ LEFT - 8, y + 4 }, ANCHOR_END, 12,
			    INK_LABEL, number_text((int64_t)count, room));
	}
	step = (size_t)axis_step((int64_t)curve->runs, 10);
	for (size_t run = step; run <= curve->runs; run += step)
		chart_label(curve->chart, (struct point){ x_of(curve, run), BOTTOM + 18 },
			    ANCHOR_MIDDLE, 12, INK_LABEL, number_text((int64_t)run, room));
	chart_label(curve->chart, (struct point){ (LEFT + RIGHT) / 2, BOTTOM + 40 }, ANCHOR_MIDDLE,
		    12, INK_LABEL, "runs, in the order in which they were started");
}

static int draw_steps(const struct curve *curve)
{
	size_t shown = curve->runs < POINTS ? curve->runs : POINTS, count = 0, before = 0;
	struct point *point = calloc(2 * shown + 2, sizeof *point);

	if (!point)
		return -ENOMEM;
	point[count++] = (struct point){ LEFT, BOTTOM };
	for (size_t i = 1; i <= shown; i++) {
		size_t run = i * curve->runs / shown;

		point[count++] = (struct point){ x_of(curve, run), y_of(curve, before) };
		before = used_before(curve, run);
		point[count++] = (struct point){ x_of(curve, run), y_of(curve, before) };
	}
	point[count++] = (struct point){ RIGHT, BOTTOM };
	chart_area(curve->chart, point, count, INK_SOFT, NULL);
	chart_path(curve->chart, point, count - 1, 2.2, INK_MAIN);
	free(point);
	return 0;
}

static void draw_marks(const struct curve *curve)
{
	double y = y_of(curve, curve->audit->grant_count), x = x_of(curve, curve->last_new);
	bool is_right = x > (LEFT + RIGHT) / 2;
	char text[WORDS_SIZE + 40], room[WORDS_SIZE];

	chart_line(curve->chart, (struct point){ LEFT, y }, (struct point){ RIGHT, y }, 1.4,
		   INK_MARKER);
	snprintf(text, sizeof text, "granted: %s",
		 number_text((int64_t)curve->audit->grant_count, room));
	chart_label(curve->chart, (struct point){ RIGHT, y - 7 }, ANCHOR_END, 12, INK_LABEL, text);
	snprintf(text, sizeof text, "used: %s", number_text((int64_t)curve->used, room));
	chart_label(curve->chart, (struct point){ RIGHT, y_of(curve, curve->used) - 7 }, ANCHOR_END,
		    12, INK_STRONG, text);
	if (!curve->last_new)
		return;
	chart_line(curve->chart, (struct point){ x, y_of(curve, curve->used) },
		   (struct point){ x, BOTTOM }, 1.4, INK_MARKER);
	snprintf(text, sizeof text, "last one first used: run %s",
		 number_text((int64_t)curve->last_new, room));
	chart_label(curve->chart, (struct point){ is_right ? x - 8 : x + 8, BOTTOM - 10 },
		    is_right ? ANCHOR_END : ANCHOR_START, 12, INK_STRONG, text);
}

static int draw(struct curve *curve)
{
	int status =
		chart_open(&curve->chart, WIDTH, HEIGHT, "needs", "Permissions used, against runs",
			   "A line that steps up where a permission was used for the first "
			   "time, below the number of permissions that are granted.");

	if (status)
		return status;
	draw_axes(curve);
	curve->status = draw_steps(curve);
	draw_marks(curve);
	return 0;
}

static int order(struct curve *curve)
{
	curve->first_ns = calloc(curve->audit->grant_count + 1, sizeof *curve->first_ns);
	if (!curve->first_ns)
		return -ENOMEM;
	for (size_t i = 0; i < curve->audit->grant_count; i++)
		if (curve->audit->grant[i].use.first_ns)
			curve->first_ns[curve->used++] = curve->audit->grant[i].use.first_ns;
	if (curve->used)
		qsort(curve->first_ns, curve->used, sizeof *curve->first_ns, compare);
	for (size_t run = 0; curve->used && run < curve->runs; run++)
		if (curve->started_ns[run] <= curve->first_ns[curve->used - 1])
			curve->last_new = run + 1;
	return 0;
}

int figure_needs(const struct report_model *model, struct element *into)
{
	struct curve curve = { .audit = model->audit,
			       .started_ns = model->started_ns,
			       .runs = model->started_count };
	char title[3 * WORDS_SIZE], room[2][WORDS_SIZE];
	int status;

	if (!curve.runs || !curve.audit->grant_count)
		return 0;
	status = order(&curve);
	status = status ? status : draw(&curve);
	free(curve.first_ns);
	if (status)
		return status;
	snprintf(title, sizeof title,
		 "Run %s of %s was the last to use a permission for the first "
		 "time.",
		 number_text((int64_t)curve.last_new, room[0]),
		 number_text((int64_t)curve.runs, room[1]));
	part_caption(part_figure(into), curve.chart,
		     curve.last_new ? title : "No permission was used.",
		     "All runs there are, also those before the window. A flat end means that "
		     "further runs use nothing new; the gap to the dashed line is what nobody "
		     "needed.");
	return curve.status;
}
