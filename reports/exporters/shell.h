#ifndef REPORTS_EXPORTERS_SHELL_H
#define REPORTS_EXPORTERS_SHELL_H

#include "core/bytes.h"

/* Appends `word` as one word of the POSIX shell that stands for exactly these bytes, whatever
 * they are but NUL, also as a pattern of `case`: 'it'\''s'.  (POSIX.1-2017, XCU 2.2.2.) */
void shell_quote(struct bytes word, struct buffer *out);

#endif
