#ifndef CORE_SECRET_NAME_H
#define CORE_SECRET_NAME_H

#include "core/bytes.h"

#include <stddef.h>

/* Names of variables, options and fields that say that the value is a credential
 * (secret_name.def).  What a value looks like by itself is the recorder's business. */

enum secret_value { SECRET_PLAIN, SECRET_LONG, SECRET_ANY };

struct secret_name {
	const char *pattern;
	enum secret_value value; /* SECRET_PLAIN: an exception */
};

/* In the order of the table. */
extern const struct secret_name secret_name_row[];
extern const size_t secret_name_count;

/* The row that says so of `name` (raw bytes), or NULL. */
const struct secret_name *secret_name_find(struct bytes name);
/* Whether the value can be what the row speaks of: not empty, no "yes", no counter. */
bool secret_name_fits(const struct secret_name *row, struct bytes value);

#endif
