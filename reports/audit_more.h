#ifndef REPORTS_AUDIT_MORE_H
#define REPORTS_AUDIT_MORE_H

#include "core/audit.h"
#include "reports/terminal.h"

/* Parts of an audit besides its findings and permissions: for people, and as members of its JSON
 * object. */

/* What was found of each cause in LLM06 (audit_causes.c). */
void audit_add_causes(const struct audit *audit, const struct terminal *terminal,
		      struct buffer *out);
void audit_add_causes_json(const struct audit *audit, struct buffer *out);

/* What runs do otherwise than before, and what they were made with (audit_drift.c). */
void audit_add_drift(const struct audit *audit, const struct terminal *terminal,
		     struct buffer *out);
void audit_add_drift_json(const struct audit *audit, struct buffer *out);

/* How far harm could go on this machine, where that was asked for (audit_blast.c). */
void audit_add_blast(const struct audit *audit, const struct terminal *terminal,
		     struct buffer *out);
void audit_add_blast_json(const struct audit *audit, struct buffer *out);

/* Members of a JSON object (audit_json.c). */
void audit_json_number(const char *key, int64_t value, struct buffer *out);
void audit_json_text(const char *key, const char *value, struct buffer *out); /* NULL: null */
void audit_json_time(const char *key, int64_t time_ns, struct buffer *out);

#endif
