/* execve(2), execveat(2).  A successful exec is reported from the exec event, when the new image
 * can be seen; what the old one said is read at the entry, because its memory goes. */
#include "recorder/calls/calls.h"
#include "recorder/calls/interpreter.h"
#include "recorder/calls/memory.h"
#include "recorder/calls/resolve.h"

#include <errno.h>
#include <fcntl.h>

#define CHECK_ONLY	    0x10000 /* AT_EXECVE_CHECK, Linux 6.14 */
#define ARGUMENTS_BYTES_MAX (256 * 1024)

/* The arguments go into call->extra. */
int enter_exec(struct call *call)
{
	bool follow = !(call_argument(call, call->row->c, 0) & AT_SYMLINK_NOFOLLOW);
	int r = call_take_path(call, 0, call->row->a, call->row->b, follow);

	if (r < 0)
		return r;
	call_resolve(call, 0);
	r = memory_strings(call->tid, call->argument[call->row->b + 1], call_pointer_bytes(call),
			   ARGUMENTS_BYTES_MAX, &call->extra);
	if (r == -ENAMETOOLONG)
		call_report_gap(call, GAP_TRUNCATED, "argv");
	/* What nobody could read may not be executed. */
	return call->confine && r == -EFAULT ? r : 0;
}

void leave_exec(struct call *call)
{
	if (call->executed)
		return;
	call_report_links(call, &call->object[0]);
	if (call_argument(call, call->row->c, 0) & CHECK_ONLY) {
		call_report_as(call, RESOURCE_FILE, ACTION_STAT, &call->object[0]);
		return;
	}
	call_report(call, ACTION_EXEC, &call->object[0]);
	if (call->asking)
		interpreter_report_needs(call);
	else if (call->result < 0 && !call->abandoned)
		interpreter_report_broken(call);
}
