#ifndef RECORDER_TALLY_GAP_H
#define RECORDER_TALLY_GAP_H

#include "core/store.h"

struct gap_row {
	struct gap gap;
	bool changed;
	struct gap_row *next;
	char detail[];
};

/* Counts a gap; `count` is how many rows there are.  0 or -ENOMEM. */
int gaps_add(struct gap_row **rows, const struct gap *gap, int64_t *count);
void gaps_release(struct gap_row **rows);

#endif
