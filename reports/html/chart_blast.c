#include "reports/html/audited.h"
#include "reports/html/chart.h"
#include "reports/html/drawings.h"

#include <math.h>

#define WIDTH 720.0
#define LEFT  170.0
#define RIGHT 600.0
#define TOP   34.0
#define ROW   24.0
#define ROWS  (EFFECTS * SENSITIVITIES)

struct dumbbell {
	char text[64];
	int64_t now, then;
};

static size_t collect(const struct audit_blast *blast, struct dumbbell dumbbell[static ROWS])
{
	size_t count = 0;

	for (int i = 0; i < EFFECTS; i++)
		for (int k = 0; k < SENSITIVITIES; k++) {
			struct dumbbell *row = &dumbbell[count];

			if (!blast->now.files[i][k])
				continue;
			row->now = blast->now.files[i][k];
			row->then = blast->then.files[i][k];
			snprintf(row->text, sizeof row->text, "%s %s", effect_text((enum effect)i),
				 sensitivity_text((enum sensitivity)k));
			count++;
		}
	return count;
}

/* Decades up to the most, with a place of its own for nothing. */
static double x_of(int64_t value, int decades)
{
	double part = value > 0 ? (log10((double)value) + 1) / (decades + 1) : 0;

	return LEFT + (RIGHT - LEFT) * part;
}

static void draw_grid(struct chart *chart, size_t count, int decades)
{
	double bottom = TOP + ROW * (double)count;
	int64_t value = 0;

	for (int i = -1; i <= decades; i++) {
		double x = x_of(value, decades);
		char room[WORDS_SIZE];

		chart_line(chart, (struct point){ x, TOP - 6 }, (struct point){ x, bottom }, 1,
			   INK_GRID);
		chart_label(chart, (struct point){ x, TOP - 13 }, ANCHOR_MIDDLE, 11, INK_LABEL,
			    number_text(value, room));
		value = value ? value * 10 : 1;
	}
}

static void draw_row(struct chart *chart, const struct dumbbell *row, double y, int decades)
{
	double now = x_of(row->now, decades), then = x_of(row->then, decades);
	char text[3 * WORDS_SIZE], room[2][WORDS_SIZE];

	snprintf(text, sizeof text, "%s \xe2\x86\x92 %s", number_text(row->now, room[0]),
		 number_text(row->then, room[1]));
	chart_label(chart, (struct point){ LEFT - 16, y + 14 }, ANCHOR_END, 12, INK_STRONG,
		    row->text);
	chart_line(chart, (struct point){ then, y + 10 }, (struct point){ now, y + 10 }, 2.4,
		   INK_BAND_LINE);
	chart_dot(chart, (struct point){ now, y + 10 }, 5.4, INK_MIDDLE, text);
	chart_dot(chart, (struct point){ then, y + 10 }, 5.4, INK_MAIN_FILL, text);
	chart_label(chart, (struct point){ RIGHT + 14, y + 14 }, ANCHOR_START, 12, INK_LABEL, text);
}

int figure_blast(const struct report_model *model, struct element *into)
{
	struct dumbbell row[ROWS] = { 0 };
	size_t count = collect(&model->audit->blast, row), less = 0;
	char title[3 * WORDS_SIZE], room[2][WORDS_SIZE];
	int64_t most = 1;
	struct chart *chart;
	int decades = 0, status;

	if (!count)
		return 0;
	for (size_t i = 0; i < count; i++) {
		most = row[i].now > most ? row[i].now : most;
		less += row[i].then < row[i].now;
	}
	for (int64_t value = 1; value < most; value *= 10)
		decades++;
	status = chart_open(
		&chart, WIDTH, TOP + ROW * (double)count + 8, "blast",
		"What could be reached, now and afterwards",
		"A row for each effect and kind of file: a light dot for now, a dark one "
		"for without what can go.  The table below has the numbers.");
	if (status)
		return status;
	draw_grid(chart, count, decades);
	for (size_t i = 0; i < count; i++)
		draw_row(chart, &row[i], TOP + ROW * (double)i, decades);
	snprintf(title, sizeof title, "%s of %s would reach less.",
		 number_text((int64_t)less, room[0]),
		 counted((int64_t)count, "kind", "kinds", room[1]));
	part_caption(
		part_figure(into), chart, title,
		"Light: now; dark: without what can go, and narrower where less would do. Each "
		"line of the grid is ten times the one before.");
	return 0;
}
