#ifndef ANALYZER_PROTECT_H
#define ANALYZER_PROTECT_H

#include "core/bytes.h"
#include "core/vocab.h"

/* A row of protected.def: an object that looks like a secret, or that starts by itself later. */
struct protected_object {
	const char *id, *pattern, *reason;
};

/* The row that protects `name` (raw bytes, resolved) from this action, or NULL.  Rows that come
 * first in the table have the lower address. */
const struct protected_object *protect_find(enum resource resource, enum action action,
					    struct bytes name);

/* Whether an action changes what is there, or its name. */
bool action_is_change(enum action action);

struct language;

/* Whether some name of the language is protected from this action; also where that cannot be told.
 */
bool protect_meets(enum resource resource, enum action action, const struct language *language);

#endif
