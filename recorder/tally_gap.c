#include "recorder/tally_gap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int gaps_add(struct gap_row **rows, const struct gap *gap, int64_t *count)
{
	struct gap_row *row = *rows;

	while (row && !(row->gap.kind == gap->kind && row->gap.image == gap->image &&
			bytes_equal(row->gap.detail, gap->detail)))
		row = row->next;
	if (row) {
		row->gap.count += gap->count;
		row->gap.last_ns = gap->last_ns;
		row->changed = true;
		return 0;
	}
	row = calloc(1, sizeof *row + gap->detail.size);
	if (!row)
		return -ENOMEM;
	if (gap->detail.size)
		memcpy(row->detail, gap->detail.data, gap->detail.size);
	row->gap = *gap;
	row->gap.detail = (struct bytes){ row->detail, gap->detail.size };
	row->gap.seq = ++*count;
	row->changed = true;
	row->next = *rows;
	*rows = row;
	return 0;
}

void gaps_release(struct gap_row **rows)
{
	while (*rows) {
		struct gap_row *row = *rows;

		*rows = row->next;
		free(row);
	}
}
