#ifndef RECORDER_SECRETS_COMMAND_H
#define RECORDER_SECRETS_COMMAND_H

#include "recorder/secrets/find.h"
#include "recorder/secrets/holds.h"

/* Where the secrets of a command line are. */

/* Zero it to begin. */
struct findings {
	struct finding *finding; /* none overlaps another; by position */
	size_t count, capacity;
	bool failed;
};

void findings_add(struct findings *findings, struct finding finding);
void findings_release(struct findings *findings);
void findings_cleanup(struct findings *findings); /* for scoped(findings) */

/* Looks through arguments, each ended by a NUL. */
void command_find(const struct secret_view *view, struct bytes arguments, struct findings *ret);

#endif
