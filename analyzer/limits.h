#ifndef ANALYZER_LIMITS_H
#define ANALYZER_LIMITS_H

#include "core/policy.h"

#include <stddef.h>
#include <stdio.h>

struct run;

/* Adds a run to the most that any took.  One that did not end, or whose use of the machine was not
 * measured, says nothing. */
void limits_measure(struct policy_limits *most, const struct run *run);
/* Limits above it: headroom.def.  What was not measured has none. */
struct policy_limits limits_above(const struct policy_limits *most);

enum taken_kind { TAKEN_TIME, TAKEN_TASKS, TAKEN_MEMORY, TAKEN_FILE, TAKEN_KINDS };

/* What replayed runs took beyond a limit. */
struct taken {
	int64_t limit, most; /* ns, or how many, or bytes */
	int64_t runs;	     /* that did */
};

void limits_check(struct taken taken[static TAKEN_KINDS], const struct policy_limits *limits,
		  const struct run *run);
size_t limits_exceeded(const struct taken taken[static TAKEN_KINDS]);
/* A line each.  0 or -ENOMEM. */
int limits_print(FILE *out, const struct taken taken[static TAKEN_KINDS], bool is_json);

#endif
