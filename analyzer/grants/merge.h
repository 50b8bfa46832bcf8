#ifndef ANALYZER_GRANTS_MERGE_H
#define ANALYZER_GRANTS_MERGE_H

#include "core/bytes.h"

/* Of patterns that are each ended by a NUL, those that differ in nothing but how many bytes of a
 * class there may be become one where the numbers join: {digit:1} and {digit:2-3} are
 * {digit:1-3}.  Each is there once. */
void patterns_merge(struct buffer *patterns);

#endif
