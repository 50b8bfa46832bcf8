#ifndef RECORDER_WIRE_ASSEMBLY_H
#define RECORDER_WIRE_ASSEMBLY_H

#include "core/bytes.h"

#include <stdint.h>

#define ASSEMBLY_RANGES 64

struct range {
	uint32_t from, to; /* from < to */
};

/* The first `limit` bytes of something that comes in pieces: in any order, again, overlapping.
 * The first copy of a byte is the one that counts.  Zero it but for `limit` to begin; memory grows
 * with what comes, up to `limit` (at most 1 GiB). */
struct assembly {
	uint8_t *data;
	uint32_t limit, capacity;
	unsigned count;
	struct range range[ASSEMBLY_RANGES]; /* what is there: sorted, apart */
};

/* What adding a piece met. */
enum assembly_met {
	ASSEMBLY_OVERLAP = 1, /* some of its bytes were there */
	ASSEMBLY_INSIDE = 2,  /* all of them were */
	ASSEMBLY_DIFFERS = 4, /* and were not the same */
	ASSEMBLY_BEYOND = 8,  /* some lie beyond the limit and are not kept */
	ASSEMBLY_LOST = 16,   /* not kept: too many holes, or no memory */
};

/* Returns the or of enum assembly_met. */
unsigned assembly_add(struct assembly *assembly, uint64_t offset, struct bytes piece);
/* All pieces turn out to stand `by` bytes further on. */
void assembly_shift(struct assembly *assembly, uint32_t by);
/* The first `by` bytes are not needed any more: what stood behind them is the beginning now. */
void assembly_drop(struct assembly *assembly, uint32_t by);
/* What is there without a hole from the beginning; valid until the next call. */
struct bytes assembly_ready(const struct assembly *assembly);
/* Forgets everything but the limit. */
void assembly_release(struct assembly *assembly);

#endif
