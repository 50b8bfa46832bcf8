#ifndef REPORTS_HTML_AUDITED_H
#define REPORTS_HTML_AUDITED_H

#include "reports/audit_text.h"
#include "reports/html/parts.h"
#include "reports/html/sections.h"

/* What the sections about an audit are put together from.  A cell with a number of the audit says
 * which in `data-is`, as LIST/ID/MEMBER of what `pare audit --json` prints, so that anybody can
 * hold one against the other. */

#define AUDITED_DAY_NS (INT64_C(86400) * 1000000000)

/* "file read " and the pattern, and with which arguments; into a cell or a sentence. */
void audited_permission(struct element *into, const struct audit_grant *grant);
/* The same as one line of text. */
void audited_text(const struct audit_grant *grant, struct buffer *out);
/* Cells; the first links to the row of the permission. */
void audited_id(struct element *row, const struct audit_grant *grant);
void audited_head(struct element *row, const struct audit_grant *grant);
void audited_state(struct element *row, const struct audit_grant *grant);
/* The id of a finding, which heads the row, and its severity. */
void audited_finding(struct element *row, const struct audit_finding *finding);
void audited_severity(struct element *row, enum severity severity);
struct element *audited_number(struct element *row, int64_t value, const char *list, const char *id,
			       const char *member);
/* The day; a dash for 0. */
void audited_date(struct element *row, int64_t time_ns, const char *list, const char *id,
		  const char *member);
/* `data-is` for any element that holds nothing but the value. */
void audited_is(struct element *element, const char *list, const char *id, const char *member);

/* A link to what has the id. */
struct element *audited_link(struct element *parent, const char *id);
/* Where a witness is shown: "e-", 12 digits of the run, "-", seq. */
#define WITNESS_ID_SIZE 48
const char *audited_witness_id(const struct witness *witness, char room[static WITNESS_ID_SIZE]);
/* A link there; up to `most` of them, and how many more there are. */
void audited_witnesses(struct element *into, const struct witness *witness, size_t count,
		       size_t most);

/* "2026-11-21" */
const char *date_text(int64_t time_ns, char room[static WORDS_SIZE]);
/* "90 days" */
const char *days_text(int64_t duration_ns, char room[static WORDS_SIZE]);

/* What is proposed of a permission: "take away", "narrow", "keep", "decide". */
const char *audited_proposal(const struct audit_grant *grant);

#endif
