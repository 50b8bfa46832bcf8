#ifndef REPORTS_HTML_KINDS_H
#define REPORTS_HTML_KINDS_H

#include "reports/html/sections.h"

/* What happened, by resource and action. */
struct kind {
	enum resource resource;
	enum action action;
	int64_t objects, always, once; /* distinct: all, in every run, in one run only */
	int64_t count, first_ns, last_ns;
};

#define KIND_LIMIT 64
/* In the order of the vocabulary; returns how many there are. */
size_t kinds_count(const struct report_model *model, struct kind ret[static KIND_LIMIT]);

#define KIND_TEXT_SIZE 32
const char *kind_text(const struct kind *kind, char text[static KIND_TEXT_SIZE]); /* "file read" */

#endif
