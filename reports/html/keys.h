#ifndef REPORTS_HTML_KEYS_H
#define REPORTS_HTML_KEYS_H

#include "core/bytes.h"

/* Numbers keys from 0 in the order in which they come.  Zero it to begin. */
struct keys {
	struct key *key;
	size_t count;
};

/* The number of `key`, a new one (the count before the call) where it was not there.
 * Returns 0 or -ENOMEM. */
int keys_number(struct keys *keys, struct bytes key, size_t *ret);
void keys_release(struct keys *keys);

#endif
