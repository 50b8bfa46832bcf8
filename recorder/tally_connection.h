#ifndef RECORDER_TALLY_CONNECTION_H
#define RECORDER_TALLY_CONNECTION_H

#include "core/store.h"

#include <stdbool.h>

/* Counts equal connections: same image, protocol, names and source.  Part of the tally, whose calls
 * mean the same.  Zero it to begin. */
struct counted {
	struct counted_row *row;     /* by what makes them different */
	struct counted_row *changed; /* since the last counted_saved() */
	int64_t rows;
};

int counted_add(struct counted *counted, const struct connection *change);
int counted_save(const struct counted *counted, struct store *store, int64_t run, bool again,
		 struct error *err);
bool counted_grew(const struct counted *counted);
void counted_saved(struct counted *counted, bool again);
void counted_release(struct counted *counted);

#endif
