#ifndef ANALYZER_PEAKS_H
#define ANALYZER_PEAKS_H

#include "core/vocab.h"

#include <stdbool.h>
#include <stdint.h>

struct access;

/* How often a run did something: in all, and at most in one second, minute and hour of the clock.
 * What several images did may have been in the same second, so their peaks are added up: there
 * was no more.  Numbers above 2^32 - 1 are that. */
struct run_peak {
	uint32_t run; /* its place in evidence->run */
	uint32_t count, second, minute, hour;
	uint32_t since_ms; /* of the last use, since its phase began; rounded up */
};

/* By run, each once. */
struct peaks {
	struct run_peak *peak;
	uint32_t count, capacity;
};

/* Whether a rate is said of it: rated.def. */
bool is_rated(enum resource resource, enum action action);

/* What one row of a run says. */
struct run_peak peak_of(uint32_t run, const struct access *access, int64_t phase_start_ns);
/* Adds to what the run has.  0 or -ENOMEM. */
int peaks_add(struct peaks *peaks, const struct run_peak *more);
int peaks_merge(struct peaks *into, const struct peaks *more);
/* The most of each, over the runs. */
struct run_peak peaks_most(const struct peaks *peaks);
/* Gives each run the number `place` has at its old one, and sorts. */
void peaks_renumber(struct peaks *peaks, const uint32_t *place);
void peaks_release(struct peaks *peaks);

#endif
