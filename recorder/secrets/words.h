#ifndef RECORDER_SECRETS_WORDS_H
#define RECORDER_SECRETS_WORDS_H

#include "core/bytes.h"

/* Takes a text apart as a shell would, well enough to find the options and assignments in it
 * (sh(1), 2.2 Quoting): nothing is expanded, and a quote without its other half is a letter. */
struct words {
	struct bytes text;
	size_t at;
	bool unpaired_single, unpaired_double; /* there are no more of them */
};

struct word {
	size_t begin, end; /* without quotes around the whole of it */
	bool begins_command;
};

/* False at the end. */
bool words_next(struct words *words, struct word *ret);

#endif
