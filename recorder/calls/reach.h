#ifndef RECORDER_CALLS_REACH_H
#define RECORDER_CALLS_REACH_H

#include "recorder/calls/calls.h"

/* What a tracee looks up: the path that its object requested, or a start of that.  The object has
 * been made absolute. */
struct reach {
	const struct process *process;
	pid_t tid;
	const struct object *object;
	struct bytes path;
	bool follow;
};

/* Opens (O_PATH) what the path means to the tracee: /proc/self on the way is the tracee's own, not
 * ours.  Fills the name that the kernel has for it.  A descriptor, or -1 with errno. */
int reach_open(const struct reach *reach, struct buffer *name);
/* The same for a path in the tracee's own folder of our /proc, which `name` holds; else -1.  Links
 * on the way may have led there, to what is missing in ours. */
int reach_open_own(const struct reach *reach, struct buffer *name);

#endif
