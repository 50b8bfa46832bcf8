#ifndef REPORTS_REDACT_HIDE_H
#define REPORTS_REDACT_HIDE_H

#include "core/policy.h"
#include "reports/redact/redact.h"

/* Text that somebody owns, redacted in its place; NULL stays.  0 or -ENOMEM. */
int hide_text(const struct redactor *redactor, char **text);
int hide_const(const struct redactor *redactor, const char **text); /* the same, owned as const */
int hide_array(const struct redactor *redactor, char *text, size_t size);
/* All text of its rules; what they admit can no longer be asked for. */
int hide_policy(const struct redactor *redactor, struct policy *policy);

#endif
