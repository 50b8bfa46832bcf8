#ifndef RECORDER_SECRETS_ENVIRONMENT_H
#define RECORDER_SECRETS_ENVIRONMENT_H

#include "recorder/secrets/holds.h"

/* More of one is not looked at. */
#define ENVIRONMENT_BYTES_MAX ((size_t)1024 * 1024)

/* The environment that a program was given, and what in it looks like a secret.  Programs that
 * were given the same share it, because most of them are. */
struct environment {
	unsigned users;
	struct buffer block; /* NAME=VALUE, each ended by a NUL: proc(5), /proc/PID/environ */
	struct holds holds;  /* values point into the block */
	bool truncated;	     /* there was more than 1 MiB */
};

/* Some that were read lately; the newest first. */
enum { ENVIRONMENTS_KNOWN = 4 };
struct environments {
	struct environment *known[ENVIRONMENTS_KNOWN];
};
void environments_release(struct environments *environments);

/* Reads what thread `view->tid` (0: this process, as it would hand it on) has been given.  Where
 * that is one that is known (may be NULL), that is returned with one more user; else it is known
 * from now on.  0 or -errno. */
int environment_read(struct environment **ret, const struct secret_view *view,
		     struct environments *known);
/* The same of a block that has been read elsewhere, which is taken over. */
int environment_of_block(struct environment **ret, const struct secret_view *view,
			 struct buffer *block, struct environments *known);
struct environment *environment_share(struct environment *environment); /* NULL gives NULL */
void environment_leave(struct environment *environment);		/* NULL is fine */

#endif
