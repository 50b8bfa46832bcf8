#ifndef ANALYZER_PROTECT_WHY_H
#define ANALYZER_PROTECT_WHY_H

#include "core/bytes.h"
#include "core/vocab.h"

/* Appends which object protects `name` (raw, resolved) from the action, and why; nothing where none
 * does, or the user's own file of them cannot be read. */
void protect_why(enum resource resource, enum action action, struct bytes name, struct buffer *out);

#endif
