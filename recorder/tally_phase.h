#ifndef RECORDER_TALLY_PHASE_H
#define RECORDER_TALLY_PHASE_H

#include "core/bytes.h"

/* A run has no more; what would begin another goes on in the last. */
#define PHASES_MAX 1000
/* No name is longer; what is beyond is cut off. */
#define PHASE_SIZE_MAX 200

/* The phases of a run, in the order in which they began; names are copies. */
struct phases {
	struct bytes name[PHASES_MAX];
	char *store[PHASES_MAX];
	size_t count;
};

/* 0 or -ENOMEM. */
int phases_begin(struct phases *phases, struct bytes name);
struct bytes phases_now(const struct phases *phases); /* "" before the first */
void phases_release(struct phases *phases);

/* Whether the image is `pare phase NAME`, run from within what is recorded; the name. */
bool phase_of_image(struct bytes program, struct bytes argv, struct bytes *ret);

#endif
