#ifndef REPORTS_HTML_DRAWINGS_H
#define REPORTS_HTML_DRAWINGS_H

#include "reports/html/sections.h"

struct element;

/* The figures of the report, a file chart_NAME.c each.  They append a figure with its caption to
 * `into`, or nothing where there is nothing to draw.  Returns 0 or -ENOMEM. */
typedef int figure(const struct report_model *model, struct element *into);

figure figure_saturation; /* distinct permissions by run */
figure figure_kinds;	  /* distinct objects by kind of permission */
figure figure_folders;	  /* where the files are */
figure figure_flows;	  /* which program talked to whom */
figure figure_presence;	  /* in which runs a program was started */
/* Of an audit: */
figure figure_needs;  /* distinct permissions used, by run, below what is granted */
figure figure_days;   /* on which days a permission was used */
figure figure_unused; /* for how long permissions were not used */
figure figure_rates;  /* what runs needed of a limit */
figure figure_blast;  /* what could be reached, now and afterwards */
figure figure_reach;  /* files that may be reached, and that were */

/* A step of 1, 2 or 5 times a power of ten, so that at most `most` of them reach `value`. */
int64_t axis_step(int64_t value, int64_t most);

#endif
