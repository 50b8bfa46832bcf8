#ifndef RECORDER_CONFINE_WALL_H
#define RECORDER_CONFINE_WALL_H

#include "core/policy.h"

struct error;

/* The second wall: Landlock (landlock(7)) beneath the stops, which no thread of the agent's can get
 * around by changing memory.  It admits at least what the policy admits, and often more, because
 * it knows files and what lies below folders, not patterns: an open pattern becomes the folder that
 * it begins with, a file that is not there yet the folder that it will be in. */
struct wall {
	int ruleset; /* a descriptor; -1: this kernel has no Landlock */
	int abi;     /* 0: none */
};

/* 0 or -errno; no Landlock is no failure. */
int wall_open(struct wall *ret, const struct policy *policy, const struct roots *roots,
	      struct error *err);
void wall_close(struct wall *wall);
/* Appends one line: what this kernel's Landlock does not restrict. */
void wall_write_missing(const struct wall *wall, struct buffer *out);
/* In the child: from now on, and for all that comes of it.  With NO_NEW_PRIVS.  0 or -errno. */
int wall_enter(const struct wall *wall);

#endif
