#ifndef CORE_PATTERN_PRIVATE_H
#define CORE_PATTERN_PRIVATE_H

#include "core/bytes.h"
#include "core/vocab.h"

/* What reading and writing patterns share. */

/* Characters that need a backslash where they stand for themselves. */
#define PATTERN_RESERVED "*?[]{}$@"

/* The bytes that stand for one character of escaped text; it may be malformed. */
size_t pattern_escape_size(struct bytes text);
/* Whether the names of that kind of thing are paths. */
bool resource_has_paths(enum resource resource);

#endif
