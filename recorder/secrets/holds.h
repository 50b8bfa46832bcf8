#ifndef RECORDER_SECRETS_HOLDS_H
#define RECORDER_SECRETS_HOLDS_H

#include "core/bytes.h"
#include "recorder/secrets/key.h"

#include <sys/types.h>

/* What a secret is recorded as: the name that it has, and its fingerprint. */
struct hold {
	char *name; /* owned */
	size_t name_size;
	char peer[FINGERPRINT_SIZE]; /* "secret:..."; "path": the value names a file */
	struct bytes value;	     /* borrowed; none where it must not be looked for elsewhere */
};

/* Zero it to begin.  `failed` stays set when memory runs out. */
struct holds {
	struct hold *hold;
	size_t count, capacity;
	bool failed;
};

/* Appends `prefix` and `name` (raw bytes, cut at 1024) as one name. */
void holds_add(struct holds *holds, const char *prefix, struct bytes name, const char *peer,
	       struct bytes value);
void holds_release(struct holds *holds);
void holds_cleanup(struct holds *holds); /* for scoped(holds) */

/* How values are judged: the key, and whose folders paths are looked up in. */
struct secret_view {
	const struct secret_key *key;
	pid_t tid; /* 0: this process */
};

/* Whether the value is the name of a file that the process sees there: absolute, or, when that
 * is enough, with a slash in it. */
bool secret_is_path(const struct secret_view *view, struct bytes value, bool relative);

#endif
