#ifndef REPORTS_AUDIT_TEXT_H
#define REPORTS_AUDIT_TEXT_H

#include "core/audit.h"
#include "reports/terminal.h"

/* Appends the audit for people: the verdict first, then what was found, then each permission.
 * 0 or -ENOMEM. */
int audit_add_text(const struct audit *audit, const struct terminal *terminal, struct buffer *out);

/* Appends it as one JSON object; with a newline behind it. */
void audit_add_object(const struct audit *audit, struct buffer *out);
void audit_add_json(const struct audit *audit, struct buffer *out);

/* How many permissions it proposes to take away. */
int64_t audit_removals(const struct audit *audit);
int64_t audit_count_state(const struct audit *audit, enum grant_state state);
/* Findings of that severity or above. */
int64_t audit_count_findings(const struct audit *audit, enum severity least);

/* The worst finding about the permission of that number; NULL: none. */
const struct audit_finding *audit_worst(const struct audit *audit, size_t grant);
/* Whether one of its kind stands before the finding of that number. */
bool audit_is_told(const struct audit *audit, size_t finding);
/* Appends "file read" and the pattern. */
void audit_add_permission(const struct rule *rule, struct buffer *out);

#endif
