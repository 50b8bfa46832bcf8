/* What goes beyond what a descriptor was opened for: who may append to a file may not, by that,
 * change what is in it. */
#include "recorder/calls/calls.h"
#include "recorder/calls/descriptors.h"

#include <fcntl.h>

/* Where the descriptor only appends, it is as if the file were opened once more. */
static int take_beyond(struct call *call, int descriptor)
{
	bool beyond = descriptor_only_appends(call, descriptor);
	int r = call_take_descriptor(call, 0, descriptor);

	call->object[0].by_descriptor = !beyond;
	return r;
}

/* Column a is the descriptor, c the flags that it is to have: F_SETFL of fcntl(2). */
int enter_no_append(struct call *call)
{
	int descriptor = call_descriptor(call, call->row->a);

	call->settled = true;
	if (call->argument[call->row->c] & O_APPEND || !descriptor_only_appends(call, descriptor))
		return 0;
	call->settled = false;
	return take_beyond(call, descriptor);
}

void leave_no_append(struct call *call)
{
	leave_descriptor(call);
}

/* ftruncate(2), fallocate(2): anywhere in the file, whatever O_APPEND says. */
int enter_rewrite(struct call *call)
{
	return take_beyond(call, call_descriptor(call, call->row->a));
}

void leave_rewrite(struct call *call)
{
	leave_descriptor(call);
}

#define NO_APPEND 0x20 /* RWF_NOAPPEND, Linux 6.9: pwritev2(2) */

/* The offset has two arguments, but for x32: compat_sys_pwritev64v2(). */
int enter_rewrite_at(struct call *call)
{
	int descriptor = call_descriptor(call, call->row->a);

	call->settled = !(call->argument[call->entry == ENTRY_X32 ? 4 : 5] & NO_APPEND) ||
			!descriptor_only_appends(call, descriptor);
	return call->settled ? 0 : take_beyond(call, descriptor);
}

void leave_rewrite_at(struct call *call)
{
	leave_descriptor(call);
}
