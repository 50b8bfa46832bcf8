#ifndef REPORTS_EXPORTERS_LIMITS_H
#define REPORTS_EXPORTERS_LIMITS_H

#include "core/policy.h"

struct losses;

/* What a policy says of the whole run (struct policy_limits), as bits. */
enum limit { LIMIT_TIME = 1, LIMIT_TASKS = 2, LIMIT_MEMORY = 4, LIMIT_FILE = 8 };
#define LIMITS_ALL (LIMIT_TIME | LIMIT_TASKS | LIMIT_MEMORY | LIMIT_FILE)

/* Tells those that the policy has and a format does not say.  Only what means the same is said: the
 * user's processes (RLIMIT_NPROC) are not the run's, what a process could address (RLIMIT_AS) or a
 * group of them holds (memory.max) is not what one has resident. */
void limit_losses(const struct policy_limits *limits, unsigned said, struct losses *losses);

/* "10", "2.5": seconds without superfluous digits. */
void limit_seconds(int64_t duration_ns, struct buffer *out);

#endif
