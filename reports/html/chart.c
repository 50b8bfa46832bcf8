#include "reports/html/chart_private.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <plot.h> /* which needs <stdio.h> before it */

#define BAND_STEPS 24

struct chart {
	plPlotter *plotter;
	FILE *file;
	struct drawing drawing;
	size_t mark_room, label_room;
	locale_t numbers, before;
	bool failed;
};

/* libplot asks the environment for each parameter that is not set: a report must not depend on
 * it, so all of them are. */
static const struct {
	const char *name, *value;
} parameter[] = {
#define PARAMETER(name, value) { name, value },
#include "reports/html/parameters.def"
};

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
/* libplot 2.6 forgets to end its SVG plotters: it loses about a kilobyte with each drawing, and
 * nobody but itself could free it.  The sanitizer asks for these by their names. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:_pl_xmalloc\n";
}

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

static int stay_quiet(const char *message)
{
	(void)message;
	return 0;
}

static plPlotterParams *all_parameters(double width, double height)
{
	plPlotterParams *all = pl_newplparams();
	char size[96];

	if (!all)
		return NULL;
	for (size_t i = 0; i < sizeof parameter / sizeof *parameter; i++)
		pl_setplparam(all, parameter[i].name, (void *)parameter[i].value);
	snprintf(size, sizeof size, "letter,xsize=%.4fin,ysize=%.4fin", width / 96, height / 96);
	pl_setplparam(all, "PAGESIZE", size);
	return all;
}

/* libplot writes numbers with printf: the decimal point must be one. */
static void pin_locale(struct chart *chart)
{
	chart->numbers = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	if (!chart->numbers)
		chart->failed = true;
	else
		chart->before = uselocale(chart->numbers);
}

static void start_plotter(struct chart *chart)
{
	plPlotterParams *all;

	pl_libplot_warning_handler = stay_quiet;
	pl_libplot_error_handler = stay_quiet;
	chart->file = open_memstream(&chart->drawing.svg, &chart->drawing.svg_size);
	all = all_parameters(chart->drawing.width, chart->drawing.height);
	if (chart->file && all)
		chart->plotter = pl_newpl_r("svg", NULL, chart->file, stderr, all);
	if (all)
		pl_deleteplparams(all);
	if (!chart->plotter || pl_openpl_r(chart->plotter) < 0) {
		chart->failed = true;
		return;
	}
	/* With y downwards libplot's numbers are those of the page: its transforms can go. */
	if (pl_fspace_r(chart->plotter, 0, chart->drawing.height, chart->drawing.width, 0) < 0)
		chart->failed = true;
	pl_joinmod_r(chart->plotter, "round");
	pl_capmod_r(chart->plotter, "butt");
	pl_ffontname_r(chart->plotter, "Helvetica");
}

int chart_open(struct chart **ret, double width, double height, const char *id, const char *title,
	       const char *description)
{
	struct chart *chart = calloc(1, sizeof *chart);

	if (!chart)
		return -ENOMEM;
	chart->drawing.width = width;
	chart->drawing.height = height;
	chart->drawing.id = strdup(id);
	chart->drawing.title = strdup(title);
	chart->drawing.description = strdup(description);
	if (!chart->drawing.id || !chart->drawing.title || !chart->drawing.description)
		chart->failed = true;
	pin_locale(chart);
	start_plotter(chart);
	*ret = chart;
	return 0;
}

static double clamp(double value)
{
	if (!isfinite(value))
		return 0;
	return value > 9999 ? 9999 : value < -9999 ? -9999 : value; /* libplot writes 5 digits */
}

/* Room for one more item of `size`, or NULL. */
static void *grow(void *item, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;

	if (count < *room)
		return item;
	item = reallocarray(item, more, size);
	if (item)
		*room = more;
	return item;
}

/* Numbers a mark and sets the pen or the brush to its colour; false when it must not be drawn. */
static bool begin_mark(struct chart *chart, enum ink ink, const char *tip, double stroke)
{
	size_t number = chart->drawing.mark_count;
	struct mark *mark;
	int green, blue;

	if (chart->failed || number >= MARK_LIMIT)
		return false;
	mark = grow(chart->drawing.mark, number, &chart->mark_room, sizeof *mark);
	if (!mark) {
		chart->failed = true;
		return false;
	}
	chart->drawing.mark = mark;
	mark[number] = (struct mark){ ink, tip ? strdup(tip) : NULL };
	chart->drawing.mark_count++;
	green = (int)(number >> 8) * 257;
	blue = (int)(number & 255) * 257;
	pl_pentype_r(chart->plotter, stroke > 0);
	pl_filltype_r(chart->plotter, stroke > 0 ? 0 : 1);
	if (stroke > 0) {
		pl_pencolor_r(chart->plotter, MARK_RED * 257, green, blue);
		pl_flinewidth_r(chart->plotter, stroke);
	} else {
		pl_fillcolor_r(chart->plotter, MARK_RED * 257, green, blue);
	}
	return true;
}

void chart_bar(struct chart *chart, struct point corner, double width, double height, enum ink ink,
	       const char *tip)
{
	double x = clamp(corner.x), y = clamp(corner.y);

	width = clamp(width);
	height = clamp(height);
	if (width <= 0 || height <= 0 || !begin_mark(chart, ink, tip, 0))
		return;
	pl_fbox_r(chart->plotter, x, y, x + width, y + height);
	pl_endpath_r(chart->plotter);
}

void chart_dot(struct chart *chart, struct point centre, double radius, enum ink ink,
	       const char *tip)
{
	if (!begin_mark(chart, ink, tip, 0))
		return;
	pl_fcircle_r(chart->plotter, clamp(centre.x), clamp(centre.y), clamp(radius));
	pl_endpath_r(chart->plotter);
}

static void trace(struct chart *chart, const struct point *point, size_t count)
{
	pl_fmove_r(chart->plotter, clamp(point[0].x), clamp(point[0].y));
	for (size_t i = 1; i < count; i++)
		pl_fcont_r(chart->plotter, clamp(point[i].x), clamp(point[i].y));
	pl_endpath_r(chart->plotter);
}

void chart_line(struct chart *chart, struct point from, struct point to, double stroke,
		enum ink ink)
{
	chart_path(chart, (struct point[]){ from, to }, 2, stroke, ink);
}

void chart_path(struct chart *chart, const struct point *point, size_t count, double stroke,
		enum ink ink)
{
	if (count >= 2 && begin_mark(chart, ink, NULL, stroke))
		trace(chart, point, count);
}

void chart_area(struct chart *chart, const struct point *point, size_t count, enum ink ink,
		const char *tip)
{
	if (count >= 3 && begin_mark(chart, ink, tip, 0))
		trace(chart, point, count);
}

void chart_band(struct chart *chart, struct point from, struct point to, double height,
		enum ink ink, const char *tip)
{
	struct point edge[2 * (BAND_STEPS + 1)];
	size_t last = 2 * BAND_STEPS + 1;

	for (size_t i = 0; i <= BAND_STEPS; i++) {
		double part = (double)i / BAND_STEPS, eased = part * part * (3 - 2 * part);

		edge[i].x = edge[last - i].x = from.x + (to.x - from.x) * part;
		edge[i].y = from.y + (to.y - from.y) * eased;
		edge[last - i].y = edge[i].y + height;
	}
	chart_area(chart, edge, last + 1, ink, tip);
}

void chart_label(struct chart *chart, struct point at, enum anchor anchor, double size,
		 enum ink ink, const char *text)
{
	struct label *label;
	char token[24];

	if (chart->failed || !*text)
		return;
	label = grow(chart->drawing.label, chart->drawing.label_count, &chart->label_room,
		     sizeof *label);
	if (!label) {
		chart->failed = true;
		return;
	}
	chart->drawing.label = label;
	at = (struct point){ clamp(at.x), clamp(at.y) };
	label[chart->drawing.label_count] = (struct label){ at, anchor, ink, size, strdup(text) };
	snprintf(token, sizeof token, "T%zu", chart->drawing.label_count++);
	pl_pentype_r(chart->plotter, 1);
	pl_pencolor_r(chart->plotter, 0, 0, 0);
	pl_fmove_r(chart->plotter, at.x, at.y);
	pl_alabel_r(chart->plotter, 'l', 'x', token);
}

static int stop_plotter(struct chart *chart)
{
	int status = chart->failed ? -ENOMEM : 0;

	if (chart->plotter) {
		if (pl_closepl_r(chart->plotter) < 0)
			status = -EIO;
		if (pl_deletepl_r(chart->plotter) < 0)
			status = -EIO;
	}
	if (chart->file && fclose(chart->file))
		status = -EIO;
	if (chart->numbers) {
		uselocale(chart->before);
		freelocale(chart->numbers);
	}
	return status;
}

static void chart_free(struct chart *chart)
{
	for (size_t i = 0; i < chart->drawing.mark_count; i++)
		free(chart->drawing.mark[i].tip);
	for (size_t i = 0; i < chart->drawing.label_count; i++)
		free(chart->drawing.label[i].text);
	free(chart->drawing.mark);
	free(chart->drawing.label);
	free(chart->drawing.id);
	free(chart->drawing.title);
	free(chart->drawing.description);
	free(chart->drawing.svg);
	free(chart);
}

int chart_close(struct chart *chart, struct element *parent)
{
	int status = stop_plotter(chart);

	if (!status)
		status = drawing_append(&chart->drawing, parent);
	chart_free(chart);
	return status;
}
