#ifndef REPORTS_COMPANIONS_COMPANIONS_H
#define REPORTS_COMPANIONS_COMPANIONS_H

#include "reports/companions/edition.h"

#include <stdio.h>

/* Writes one file of a report.  0 or -errno; `err` need not be filled where the stream refuses.
 * The same evidence and the same day give the same bytes, whatever the locale and the
 * surroundings are. */
typedef int companion(struct edition *edition, FILE *out, struct error *err);

#define COMPANION(name, format, file, when, help) companion companion_##name;
#include "reports/companions/companions.def"

enum companion_when { INSIDERS = 0, OTHERS = 1, AUDIT = 2, SMALL = 4 };

#define COMPANION_SMALL 1000000 /* accesses */

struct companion_row {
	const char *name, *format, *file, *help;
	unsigned when; /* bits */
	companion *write;
};

extern const struct companion_row companion_row[]; /* ends with a NULL name */

/* Whether the row is one of what was asked for: a format, or "all"; of these, in what others may
 * see, only those that are for them. */
bool companion_is_of(const struct companion_row *row, const char *format, bool is_redacted);
size_t companion_count(const char *format, bool is_redacted); /* rows of it */
/* The same for an edition: whether the file is written. */
bool companion_is_wanted(const struct companion_row *row, const char *format,
			 const struct edition *edition);

/* Appends the id of a row of the evidence, "E-RUN-SEQ": events.jsonl has what it is. */
void companion_evidence(const char *run, int64_t seq, struct buffer *out);
/* The same of all that show a finding, as a member "evidence" of a JSON object. */
void companion_json_evidence(const struct audit_finding *finding, struct buffer *out);

/* Writes what is at hand, as companions do that make a whole text first; 0 or -errno. */
int companion_put(const struct buffer *text, FILE *out, struct error *err);

#endif
