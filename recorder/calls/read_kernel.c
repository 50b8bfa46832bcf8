/* Calls that use a facility of the kernel, and the few that recording has to answer itself. */
#include "recorder/calls/calls.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <linux/seccomp.h>

/* Afterwards the path may mean something else: chroot(2), mount(2). */
int enter_facility(struct call *call)
{
	int r = 0;

	if (call->row->b != NONE)
		r = call_take_path(call, 0, call->row->a, call->row->b, true);
	if (r == 0) {
		call_resolve(call, 0);
		call_report_links(call, &call->object[0]);
	}
	return r;
}

void leave_facility(struct call *call)
{
	if (call->row->c == VIEW && call->result >= 0)
		call->process->own_view = true;
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	if (call->object[0].requested.size)
		call_report_name(call, RESOURCE_FILE, ACTION_STAT,
				 buffer_bytes(&call->object[0].name), (struct bytes){ 0 });
}

/* io_uring does file and network work that no system call shows.  Programs fall back when the
 * kernel lacks it, so it is answered as if it did. */
int enter_io_uring(struct call *call)
{
	if (call->io_uring_allowed)
		return 0;
	return trace_skip(call, -ENOSYS);
}

void leave_io_uring(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	if (call->io_uring_allowed && call->result >= 0)
		call_report_gap(call, GAP_IO_URING, call->process->program);
}

int enter_filter(struct call *call)
{
	(void)call;
	return 0;
}

/* From here on the agent's own filter may answer calls before ours sees them: seccomp(2). */
void leave_filter(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	if (call->result >= 0)
		call_report_gap(call, GAP_NESTED_FILTER, call->process->program);
}

/* An untraced child would keep our filter without a tracer, and get ENOSYS for every call in it:
 * the flag is taken away. */
int enter_untraced(struct call *call)
{
	return trace_set_argument(call, (unsigned)call->row->a,
				  call->argument[call->row->a] & ~(uint64_t)CLONE_UNTRACED);
}

void leave_untraced(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
}
