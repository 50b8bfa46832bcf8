#ifndef REPORTS_HTML_DOCUMENT_H
#define REPORTS_HTML_DOCUMENT_H

#include "reports/html/sections.h"

struct element;

/* Appends what this document is: of whom, when, from what, how complete, and how to make it
 * again.  An auditor asks for it before reading on.  0 or -ENOMEM. */
int document_add(const struct report_model *model, struct element *into);

#endif
