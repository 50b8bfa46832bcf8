#ifndef RECORDER_CALLS_NAMES_H
#define RECORDER_CALLS_NAMES_H

#include "core/bytes.h"
#include "recorder/calls/resolve.h"

/* Finds what a path meant, after the fact, for processes that see the file system as the recorder
 * does, or all from another root.  What was looked up is remembered for a short time, and for as
 * long as no call that is known to change what paths mean has been made: names_forget().  Threads
 * may share it. */
struct names;

/* `root`: O_PATH, where they see it, -1: as the recorder does. */
int names_open(struct names **ret, int root);
/* What stands before an absolute path of theirs so that the recorder can look there: "" or a path
 * below /proc. */
const char *names_root(const struct names *names);
void names_close(struct names *names); /* NULL is fine */

/* Fills object->name, absolute, exists, dev, ino and mode for object->requested, which starts at
 * object->base when it is relative.  False where it is below what /proc/self means to the process:
 * the name begins so, and only the process itself can be asked for more. */
bool names_resolve(struct names *names, struct object *object);

/* Visits each symbolic link on the way there. */
void names_links(struct names *names, const struct object *object, link_visit *visit,
		 void *context);

/* The object of that name came or went. */
void names_forget(struct names *names, struct bytes name);
/* Anything may mean anything else now. */
void names_forget_all(struct names *names);

#endif
