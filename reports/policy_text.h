#ifndef REPORTS_POLICY_TEXT_H
#define REPORTS_POLICY_TEXT_H

#include "core/policy.h"
#include "reports/terminal.h"

/* Appends the policy one permission a line, in its order: "file read $WS/a", two spaces and its
 * limits where it has any, and, unless `bare`, a comment with the evidence at a fixed column.  An
 * escaped name holds no two spaces in a row, so none can look like a limit or a comment. */
void policy_add_text(const struct policy *policy, const struct terminal *terminal, bool bare,
		     struct buffer *out);

#endif
