#ifndef REPORTS_EXPORTERS_BWRAP_VARIABLES_H
#define REPORTS_EXPORTERS_BWRAP_VARIABLES_H

#include "core/bytes.h"

struct policy;

/* Appends the functions by which the script tells what is not passed on: pare_is_granted NAME,
 * whether the policy names the variable, and pare_is_secret CAPITALS VALUE, whether it looks like
 * a secret (core/secret_name.def). */
void write_variables(const struct policy *policy, struct buffer *out);

#endif
