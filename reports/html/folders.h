#ifndef REPORTS_HTML_FOLDERS_H
#define REPORTS_HTML_FOLDERS_H

#include "reports/html/sections.h"

/* Files that were read, listed or changed, by the first two components of where they are.  A mere
 * look-up does not count. */
struct folder {
	char *name; /* as the objects' names are written */
	int64_t files, changed;
};

struct folders {
	struct folder *folder; /* the one with most files first */
	size_t count;
};

int folders_collect(struct folders *ret, const struct report_model *model); /* 0 or -ENOMEM */
void folders_cleanup(struct folders *folders);

#endif
