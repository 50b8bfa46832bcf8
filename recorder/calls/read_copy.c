/* copy_file_range(2), sendfile(2), splice(2), tee(2): from one descriptor to another. */
#include "recorder/calls/calls.h"

#include <errno.h>

/* Column a is where from, column b where to. */
int enter_copy(struct call *call)
{
	int r = call_take_descriptor(call, 0, call_descriptor(call, call->row->a));

	if (r == 0)
		r = call_take_descriptor(call, 1, call_descriptor(call, call->row->b));
	return r;
}

/* Pipes and sockets have no name that is a path, and are not reported. */
void leave_copy(struct call *call)
{
	if (call->result == -EAGAIN)
		return;
	call_report_as(call, RESOURCE_FILE, ACTION_READ, &call->object[0]);
	call_report_as(call, RESOURCE_FILE, ACTION_WRITE, &call->object[1]);
}
