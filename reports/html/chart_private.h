#ifndef REPORTS_HTML_CHART_PRIVATE_H
#define REPORTS_HTML_CHART_PRIVATE_H

#include "reports/html/chart.h"

/* Between chart.c, which draws with libplot, and drawing.c, which makes what libplot wrote a
 * part of the page with libxml2. */

#define MARK_RED   0x5A	  /* first byte of a mark's colour; the other two are its number */
#define MARK_LIMIT 0xFFFF /* more marks than that in one drawing say nothing to anybody */

struct mark {
	enum ink ink;
	char *tip;
};

struct label {
	struct point at;
	enum anchor anchor;
	enum ink ink;
	double size;
	char *text;
};

/* An SVG document whose marks have the colours of their numbers and whose labels read "T" and
 * their number. */
struct drawing {
	char *svg;
	size_t svg_size;
	double width, height;
	char *id, *title, *description;
	struct mark *mark;
	struct label *label;
	size_t mark_count, label_count;
};

/* 0, -EIO for a document that is not libplot's, or -ENOMEM; then nothing was appended. */
int drawing_append(const struct drawing *drawing, struct element *parent);

#endif
