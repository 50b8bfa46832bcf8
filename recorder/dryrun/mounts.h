#ifndef RECORDER_DRYRUN_MOUNTS_H
#define RECORDER_DRYRUN_MOUNTS_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stddef.h>

/* What is mounted where, as this process sees it: proc(5), /proc/PID/mountinfo. */

struct mount {
	char *place; /* where it is */
	char *type;  /* of the file system */
	bool read_only;
	bool seen; /* nothing lies over it, and nobody keeps us from looking there */
};

struct mounts {
	struct mount *mount; /* by place, so what holds another stands before it */
	size_t count;
};

/* All of them; what follows but for mounts_below() is about those that can be seen.  0 or -errno.
 * What cannot be seen still keeps an ordinary user from looking at what it was mounted over. */
int mounts_read(struct mounts *ret);
void mounts_release(struct mounts *mounts);
const struct mount *mounts_at(const struct mounts *mounts, const char *place); /* NULL: none */
/* The one that a path is in. */
const struct mount *mounts_of(const struct mounts *mounts, const char *path);
/* Whether something is mounted below a folder, but not on it. */
bool mounts_below(const struct mounts *mounts, const char *folder);
/* Whether `path` is `folder`, or below it. */
bool path_is_in(const char *path, const char *folder);

/* Names in lines of text, as in mountinfo: white space and backslashes are octal. */
void path_escape(struct buffer *out, const char *path);
void path_unescape(char *path);

#endif
