#ifndef REPORTS_REDACT_MODEL_H
#define REPORTS_REDACT_MODEL_H

#include "reports/redact/redact.h"

struct report_model;

/* All text of a page that is not made yet, but for its audit, which is redacted by itself; equal
 * names stay equal.  0 or -ENOMEM. */
int redact_model(const struct redactor *redactor, struct report_model *model);

#endif
