#ifndef ANALYZER_HEADROOM_H
#define ANALYZER_HEADROOM_H

#include <stdint.h>

/* Runs from which on the most of them covers 95 % of all with a confidence of 95 %: the least N
 * with 1 - 0.95^N >= 0.95. */
#define RUNS_ENOUGH 59

enum headroom {
#define HEADROOM(of, fewer, enough) HEADROOM_##of,
#include "analyzer/headroom.def"
};

/* In per cent: headroom.def. */
int64_t headroom_percent(enum headroom of, int64_t runs);
/* So much above the peak, rounded up; at least 1, at most what a policy can say; 0 where there was
 * none. */
int64_t headroom_above(int64_t peak, int64_t percent);
/* The next duration above that reads well: 1, 2, 5, 10, 20, 30 seconds or minutes, 1, 2, 6, 12
 * hours, whole days. */
int64_t headroom_duration(int64_t duration_ns);

#endif
