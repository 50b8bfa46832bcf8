/* What a descriptor was opened for, and is no longer limited to: F_SETFL of fcntl(2). */
#include "recorder/calls/calls.h"
#include "recorder/calls/descriptors.h"

#include <fcntl.h>

static bool only_appends(const struct call *call, int descriptor)
{
	long flags;

	return descriptor_info(call->tid, descriptor, "flags", 8, &flags) == 0 &&
	       (flags & O_APPEND) && (flags & O_ACCMODE) != O_RDONLY;
}

/* Column a is the descriptor, c the flags that it is to have. */
int enter_no_append(struct call *call)
{
	int descriptor = call_descriptor(call, call->row->a);
	int r;

	call->settled = true;
	if (call->argument[call->row->c] & O_APPEND || !only_appends(call, descriptor))
		return 0;
	call->settled = false;
	r = call_take_descriptor(call, 0, descriptor);
	call->object[0].by_descriptor = false; /* it is how the file is opened */
	return r;
}

void leave_no_append(struct call *call)
{
	leave_descriptor(call);
}
