#ifndef ANALYZER_AUDIT_FINDINGS_H
#define ANALYZER_AUDIT_FINDINGS_H

#include "analyzer/audit/auditing.h"

/* For the functions of findings.def. */

struct finding_row {
	const char *name, *title;
	int (*find)(struct auditing *auditing, const struct finding_row *row);
	struct framework framework;
};

/* Adds what was found: `where` tells it from others of the row, and is the same in every audit
 * that finds it; `grant` is a number, or -1.  NULL: memory ran out. */
struct audit_finding *finding_add(struct auditing *auditing, const struct finding_row *row,
				  enum severity severity, ptrdiff_t grant, const char *where,
				  const char *text, ...) __attribute__((format(printf, 6, 7)));
/* The same of one grant, which is written before the text: "file read $WS/a: "; shown by its last
 * use. */
struct audit_finding *finding_add_grant(struct auditing *auditing, const struct finding_row *row,
					enum severity severity, size_t grant, const char *text, ...)
	__attribute__((format(printf, 5, 6)));
/* 0, -ENOMEM; one that has no run is not added. */
int finding_witness(struct audit_finding *finding, const struct witness *witness);
int finding_remedy(struct audit_finding *finding, const char *text, ...)
	__attribute__((format(printf, 2, 3)));

/* "file read $WS/a", as text that is safe. */
void grant_write(const struct audit_grant *grant, struct buffer *out);
/* How bad it is that the permission is there, by its risk, and by what is protected that it
 * reaches.
 */
enum severity grant_severity(const struct auditing *auditing, size_t grant);

#define FINDING(name, ...)                                                                         \
	int finding_##name(struct auditing *auditing, const struct finding_row *row);
#include "analyzer/audit/findings.def"

#endif
