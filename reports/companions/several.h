#ifndef REPORTS_COMPANIONS_SEVERAL_H
#define REPORTS_COMPANIONS_SEVERAL_H

#include "core/audit.h"
#include "reports/companions/edition.h"

#include <stdio.h>

/* A report on several agents: a folder for each, as folder_write() makes them, and an overview. */

struct overview_row {
	char *agent;  /* as it may be shown */
	char *folder; /* NULL: there is no report */
	char *reason; /* why there is none */
	int64_t as_of_ns, runs, permissions, removals;
	int64_t findings[SEVERITY_CRITICAL + 1]; /* of that severity */
};

struct overview {
	const char *quarter;	     /* "" */
	bool is_redacted, has_pages; /* each folder has a report.html */
	struct overview_row *row;    /* in the order of the agents' names */
	size_t count;
};

typedef int overview_file(const struct overview *overview, FILE *out, struct error *err);

#define OVERVIEW(name, file, help) overview_file overview_##name;
#include "reports/companions/overviews.def"

/* Agents that somebody named, or, where `all` is set, all that there are. */
struct several_request {
	const char *db, *format, *path;
	const char *const *agent;
	size_t agent_count;
	bool all;
	struct edition_request edition; /* its agent is none */
};

/* Into a folder that is not there, or empty.  An agent of whom nothing can be reported (it is
 * granted nothing) is told in the overview.  0 or -errno. */
int several_write(const struct several_request *request, const struct house *house,
		  struct error *err);

#endif
