#ifndef ANALYZER_AUDIT_STATES_H
#define ANALYZER_AUDIT_STATES_H

#include "analyzer/audit/auditing.h"

/* Fewer runs, or days with a run, within the threshold show nothing. */
#define ACTIVE_RUNS 3
#define ACTIVE_DAYS 3
/* Of a hundred of those runs so many may hide what they did. */
#define HIDDEN_PERCENT 1

/* Why the grant is in its state, in a sentence (reasons.c). */
void audit_say(const struct auditing *auditing, const struct audit_grant *grant,
	       struct buffer *out);

/* What is granted only together with all below it is not taken away from it (companions.c).  0 or
 * -ENOMEM. */
int audit_companions(struct audit *audit);

#endif
