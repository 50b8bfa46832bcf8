#ifndef ANALYZER_AUDIT_NARROW_H
#define ANALYZER_AUDIT_NARROW_H

#include "core/policy.h"

/* What would do in the place of a permission, by what was used of it. */

/* One thing that was used. */
struct used {
	const char *text;		    /* as a pattern */
	struct bytes raw;		    /* its name */
	uint32_t first_run, last_run, runs; /* that used it: numbers, how many at least */
};

/* So many patterns, or command lines, are proposed in the place of one. */
#define NARROW_MAX 8
/* Fewer runs show nothing. */
#define NARROW_RUNS 3

/* Whether it is unlikely that a run needs something that none of these is: of all uses of them, by
 * run, 5 per cent at most are of what one run alone has used (Good and Turing's estimate). */
bool narrow_is_closed(const struct used *used, size_t count);

/* Sorted by narrow_compare(), each once.  Appends patterns, a line each, that admit all of it and
 * less than the open pattern of the rule; nothing where there are none.  0, -ENOMEM. */
int narrow_names(const struct rule *rule, const struct used *used, size_t count,
		 struct buffer *out);
/* An order of patterns in which all that is below a folder stands together. */
int narrow_compare(const char *a, const char *b);

#endif
