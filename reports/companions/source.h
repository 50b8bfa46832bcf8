#ifndef REPORTS_COMPANIONS_SOURCE_H
#define REPORTS_COMPANIONS_SOURCE_H

#include "core/audit.h"

/* Where the permissions of a source stand in its file, as that is now. */
struct source_text {
	struct buffer text; /* empty where it could not be read, or is no file */
};

void source_read(const struct audit_source *source, struct source_text *ret);
void source_release(struct source_text *source);

/* The first line that grants it: what the import noted ("..., line 7"), else the first that has
 * what the import says that it read there; in a policy of pare's own (format "pare"), the rule's id
 * or its pattern.  0: not known. */
int source_line(const struct source_text *source, const char *format, const struct rule *rule);

/* Appends the URI reference of the name (RFC 3986): relative to the workspace, and true, where it
 * is below that; else an absolute one, or, where the name is no path (a redacted one), what it is.
 */
bool source_add_uri(struct bytes name, struct bytes workspace, struct buffer *out);

#endif
