#ifndef REPORTS_GUARD_H
#define REPORTS_GUARD_H

#include "core/bytes.h"

/* Appends text that was escaped once already (core/text.h, TEXT_SAFE), or that is the program's own
 * with such text in it: what could mislead a reader or break a format, whoever forgot to escape it
 * before, is escaped now; backslashes and spaces stay.  The result is valid UTF-8 without controls,
 * and so valid in XML 1.0 and JSON once these have quoted what they must.  NULL: "". */
void guard_text(const char *text, struct buffer *out);

#endif
