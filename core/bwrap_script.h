#ifndef CORE_BWRAP_SCRIPT_H
#define CORE_BWRAP_SCRIPT_H

#include "core/bytes.h"

struct part;

/* The script that runs a command inside bubblewrap under a policy, as far as who writes it and who
 * reads it must agree. */

/* Before the SHA-256, in hexadecimal, of all that stands behind that line. */
#define BWRAP_SCRIPT_SUM "# sum       "

/* What stands behind the tables of the policy, to the end: the same in every script. */
struct bytes bwrap_script_fixed(void);
/* Appends the function that tells which variables look like secrets: core/secret_name.def itself,
 * so that what the script keeps back is what `pare record` sees. */
void bwrap_script_secrets(struct buffer *out);
/* Appends a class, or a shape, as a basic regular expression (expr(1)). */
void bwrap_script_class(const struct part *part, struct buffer *out);

#endif
