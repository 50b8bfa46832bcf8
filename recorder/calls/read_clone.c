/* clone(2), clone3(2): a child that nobody is to follow, and new namespaces. */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <linux/sched.h>

#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

/* An untraced child would keep our filter without a tracer, and get ENOSYS for every call in it:
 * the flag is taken away. */
int enter_clone(struct call *call)
{
	call->flags = call->argument[call->row->a];
	if (!(call->flags & CLONE_UNTRACED))
		return 0;
	return trace_set_argument(call, (unsigned)call->row->a,
				  call->flags & ~(uint64_t)CLONE_UNTRACED);
}

static void report_use(struct call *call, const char *facility)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(facility),
			 (struct bytes){ 0 });
}

void leave_clone(struct call *call)
{
	if (call->flags & CLONE_UNTRACED)
		report_use(call, "untraced-clone");
	if (call->flags & NEW_NAMESPACES)
		report_use(call, call->row->object);
}

/* The flags stand in memory: there the flag is taken away, and put back when the call has been
 * made.  A thread that sets it again in between makes a child that gets ENOSYS for every call in
 * our filter, so nothing escapes.  Where the memory cannot be written, the C library is made to
 * fall back on clone(2). */
int enter_clone3(struct call *call)
{
	uint64_t address = call->argument[call->row->a], flags;
	int r = memory_read(call->tid, address, &flags, sizeof flags);

	if (r < 0)
		return r;
	call->flags = flags;
	call->settled = !(flags & (NEW_NAMESPACES | CLONE_NEWTIME | CLONE_UNTRACED));
	if (!(flags & CLONE_UNTRACED))
		return 0;
	flags &= ~(uint64_t)CLONE_UNTRACED;
	r = memory_write(call->tid, address, &flags, sizeof flags);
	return r < 0 ? trace_skip(call, -ENOSYS) : 0;
}

void leave_clone3(struct call *call)
{
	if (!call->abandoned && !call->asking && (call->flags & CLONE_UNTRACED))
		memory_write(call->tid, call->argument[call->row->a], &call->flags,
			     sizeof call->flags);
	/* In clone(2) this bit belongs to the signal. */
	if ((call->flags & CLONE_NEWTIME) && !(call->flags & NEW_NAMESPACES))
		report_use(call, call->row->object);
	leave_clone(call);
}

int enter_task(struct call *call)
{
	(void)call;
	return 0;
}

/* Which process makes which is for the tracer, and needs no permission. */
void leave_task(struct call *call)
{
	(void)call;
}
