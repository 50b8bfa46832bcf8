#ifndef ANALYZER_PROTECT_FILE_H
#define ANALYZER_PROTECT_FILE_H

#include "analyzer/protect.h"
#include "core/language.h"

/* How rows of protected objects are kept. */

enum uses { USES_NONE, USES_SECRET, USES_STARTUP };

struct protected_row {
	enum resource resource;
	enum uses uses;
	struct protected_object object;
	struct language language; /* what the pattern admits */
	size_t size, head, tail;  /* bytes: all, before the first star, behind the last */
};

/* The user's own objects, a line each; # begins a comment:
 *
 *     secret-file   /srv/payroll/2*   payroll   what people earn
 *
 * The first word is secret-file (every action but stat), startup-file (what changes it),
 * secret-socket or secret-host; then a pattern as in protected.def, an id (lower case, digits and
 * dashes), and the reason up to the end of the line.  In a pattern a space is \x20 and a backslash
 * is doubled; of a file and a socket it begins with a slash, or with two stars and one, of a host
 * it is PROTOCOL/HOST:PORT.
 *
 * Appends the rows, without their languages; their text points into `text`, which is changed.
 * 0, -ENOMEM or -EINVAL with "FILE:LINE: what is wrong". */
int protect_file_read(char *text, size_t size, const char *file, struct protected_row **row,
		      size_t *count, struct error *err);

#endif
