#include "reports/html/chart.h"
#include "reports/html/drawings.h"
#include "reports/html/kinds.h"
#include "reports/html/parts.h"

#define WIDTH 720.0
#define LEFT  128.0
#define RIGHT 640.0
#define TOP   34.0
#define ROW   22.0
#define BAR   13.0

struct part {
	int64_t objects;
	enum ink ink;
	const char *text;
};

static void draw_row(struct chart *chart, const struct kind *kind, double y, double scale)
{
	const struct part part[] = {
		{ kind->always, INK_MAIN_FILL, "in every run" },
		{ kind->objects - kind->always - kind->once, INK_MIDDLE, "in some runs" },
		{ kind->once, INK_SOFT, "in one run only" },
	};
	char text[KIND_TEXT_SIZE], room[WORDS_SIZE], tip[128];
	double x = LEFT;

	chart_label(chart, (struct point){ LEFT - 10, y + 11 }, ANCHOR_END, 12.5, INK_STRONG,
		    kind_text(kind, text));
	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		double width = (double)part[i].objects * scale;

		if (part[i].objects <= 0)
			continue;
		if (width < 1.5)
			width = 1.5; /* rare is not nothing */
		snprintf(tip, sizeof tip, "%s: %s %s", text,
			 counted(part[i].objects, "object", "objects", room), part[i].text);
		chart_bar(chart, (struct point){ x, y }, width, BAR, part[i].ink, tip);
		x += width;
	}
	chart_label(chart, (struct point){ x + 7, y + 11 }, ANCHOR_START, 12, INK_LABEL,
		    number_text(kind->objects, room));
}

static void draw_legend(struct chart *chart)
{
	static const struct part part[] = {
		{ 0, INK_MAIN_FILL, "in every run" },
		{ 0, INK_MIDDLE, "in some runs" },
		{ 0, INK_SOFT, "in one run only" },
	};
	double x = LEFT;

	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		chart_bar(chart, (struct point){ x, 6 }, 11, 11, part[i].ink, NULL);
		chart_label(chart, (struct point){ x + 17, 16 }, ANCHOR_START, 12, INK_LABEL,
			    part[i].text);
		x += 40 + chart_label_width(12, part[i].text);
	}
}

/* A run is every run where there is only one: then the difference says nothing. */
static void settle(struct kind *kind, size_t count, size_t runs)
{
	for (size_t i = 0; runs == 1 && i < count; i++)
		kind[i].once = 0;
}

int figure_kinds(const struct report_model *model, struct element *into)
{
	struct kind kind[KIND_LIMIT];
	size_t count = kinds_count(model, kind);
	int64_t most = 1;
	struct chart *chart;
	int status;

	if (!count)
		return 0;
	settle(kind, count, model->run_count);
	for (size_t i = 0; i < count; i++)
		if (kind[i].objects > most)
			most = kind[i].objects;
	status = chart_open(&chart, WIDTH, TOP + ROW * (double)count + 4, "kinds",
			    "Distinct objects by kind of permission",
			    "A bar for each kind of permission, divided by how many runs used the "
			    "object.  The table below has the numbers.");
	if (status)
		return status;
	draw_legend(chart);
	for (size_t i = 0; i < count; i++)
		draw_row(chart, &kind[i], TOP + ROW * (double)i, (RIGHT - LEFT) / (double)most);
	part_caption(part_figure(into), chart, "Distinct objects by kind of permission.",
		     "Dark parts are needed each time; the lightest were seen in a single run and "
		     "are where the next surprise would come from.");
	return 0;
}
