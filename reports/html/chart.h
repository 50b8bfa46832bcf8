#ifndef REPORTS_HTML_CHART_H
#define REPORTS_HTML_CHART_H

#include <stddef.h>

struct element;
struct error;

/* Drawings.  libplot makes the geometry; what it cannot do (real text, tooltips, transparency,
 * dark mode) is put in afterwards: each mark is drawn in a colour of its own and each label as
 * a token, and chart_close() replaces them by classes, <title> and the text.  So text from
 * outside never reaches libplot, which would read a backslash in it as a command.
 *
 * Coordinates are pixels, y downwards.  A value that is not finite becomes 0.  A failure is
 * remembered and told by chart_close(). */
struct chart;

enum ink {
#define INK(name, class, colour) INK_##name,
#include "reports/html/inks.def"
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct point {
	double x, y;
};

/* `id` is unique in the page; title and description are what a screen reader says. */
int chart_open(struct chart **ret, double width, double height, const char *id, const char *title,
	       const char *description);
/* `tip` (NULL: none) is shown when a pointer rests on the mark. */
void chart_bar(struct chart *chart, struct point corner, double width, double height, enum ink ink,
	       const char *tip);
void chart_dot(struct chart *chart, struct point centre, double radius, enum ink ink,
	       const char *tip);
void chart_line(struct chart *chart, struct point from, struct point to, double stroke,
		enum ink ink);
void chart_path(struct chart *chart, const struct point *point, size_t count, double stroke,
		enum ink ink);
void chart_area(struct chart *chart, const struct point *point, size_t count, enum ink ink,
		const char *tip);
/* A band that flows from the left edge [from.y, from.y + height] to the right one. */
void chart_band(struct chart *chart, struct point from, struct point to, double height,
		enum ink ink, const char *tip);
void chart_label(struct chart *chart, struct point at, enum anchor anchor, double size,
		 enum ink ink, const char *text);
/* About how wide a label comes out, in pixels. */
double chart_label_width(double size, const char *text);
/* Cuts `text` in the middle so that it fits; `room` has space for the result.  A label that does
 * not fit at all becomes "". */
#define CHART_LABEL_SIZE 256
const char *chart_fit(const char *text, double size, double width, char room[CHART_LABEL_SIZE]);

/* Appends the drawing to `parent` and frees the chart.  0, -ENOMEM or -EIO; on failure nothing
 * was appended. */
int chart_close(struct chart *chart, struct element *parent);

#endif
