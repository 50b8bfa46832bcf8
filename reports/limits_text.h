#ifndef REPORTS_LIMITS_TEXT_H
#define REPORTS_LIMITS_TEXT_H

#include "core/policy.h"

/* The limits of a policy as comments, with the options of `pare record` that apply them; nothing
 * where there are none. */
void limits_add_text(const struct policy_limits *limits, struct buffer *out);

#endif
