#ifndef REPORTS_COMPANIONS_CSV_H
#define REPORTS_COMPANIONS_CSV_H

#include "core/bytes.h"

#include <stdint.h>

/* CSV (RFC 4180): every cell of text in quotes, lines end with CRLF.  A cell that a spreadsheet
 * would take for a formula, because of its first character (= + - @, a tab, a carriage return),
 * gets an apostrophe before it. */

/* A heading row: names with a comma between. */
void csv_head(const char *names, struct buffer *out);
/* Text that was escaped already (reports/guard.h); NULL: an empty cell. */
void csv_text(const char *text, struct buffer *out);
void csv_name(struct bytes name, struct buffer *out); /* raw bytes from outside */
void csv_number(int64_t value, struct buffer *out);
void csv_time(int64_t time_ns, struct buffer *out); /* ISO 8601, UTC; 0: an empty cell */
void csv_end(struct buffer *out);		    /* of a row */

#endif
