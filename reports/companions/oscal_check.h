#ifndef REPORTS_COMPANIONS_OSCAL_CHECK_H
#define REPORTS_COMPANIONS_OSCAL_CHECK_H

#include "core/bytes.h"

struct error;

/* What a schema (XSD) of OSCAL does not say: that each UUID is there once, that what refers to an
 * observation or a risk has one, that states are those there are.  0, or -EINVAL with the first
 * thing that is wrong. */
int oscal_check(struct bytes document, struct error *err);

#endif
