#ifndef REPORTS_EXPORTERS_FACILITIES_H
#define REPORTS_EXPORTERS_FACILITIES_H

#include "core/facility.h"
#include "core/policy.h"

#include <stdbool.h>
#include <stddef.h>

struct losses;

enum facility_by { FACILITY_CAPABILITY, FACILITY_CALLS };

/* Whether the policy grants the facility of that name; "trace": any process. */
bool facility_is_granted(const struct policy *policy, const char *name);
/* Appends `format` (one %s) for each capability that granted facilities need, each once, in the
 * order of the table. */
void facilities_write(const struct policy *policy, enum facility_by by, const char *format,
		      struct buffer *out);
/* How the rule of a facility fares where facilities are told by capabilities or calls. */
void facility_losses(const struct rule *rule, enum facility_by by, struct losses *losses);

#endif
