/* open(2), openat2(2), creat(2), open_by_handle_at(2). */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>

static int enter_with_flags(struct call *call)
{
	/* O_CREAT|O_EXCL does not follow a link at the end: open(2). */
	bool follow = !(call->flags & O_NOFOLLOW) &&
		      (call->flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
	int r = call_take_path(call, 0, call->row->a, call->row->b, follow);

	/* Did it create the file, or find it there? */
	if (r == 0 && (call->flags & O_CREAT))
		call_resolve(call, 0);
	return r;
}

int enter_open(struct call *call)
{
	call->flags = call_argument(call, call->row->c, O_CREAT | O_WRONLY | O_TRUNC);
	return enter_with_flags(call);
}

int enter_openat2(struct call *call)
{
	struct open_how how;

	if (memory_read(call->tid, call->argument[call->row->c], &how, sizeof how) < 0)
		return -EFAULT;
	call->flags = how.flags;
	call->object[0].in_root = how.resolve & RESOLVE_IN_ROOT;
	return enter_with_flags(call);
}

int enter_handle(struct call *call)
{
	call->flags = call->argument[call->row->c];
	return 0;
}

void leave_open(struct call *call)
{
	struct object *object = &call->object[0];
	bool existed = object->exists;

	/* Another thread may have closed the descriptor already; what it stands for may have no
	 * path, but that which led there. */
	if (((call->result < 0 || call_take_descriptor(call, 0, call_made(call)) < 0) &&
	     !object->name.size) ||
	    (object->name.size && object->name.data[0] != '/'))
		call_resolve(call, 0);
	if (!object->requested.size) /* which was not to be read; it is how the file is opened */
		object->by_descriptor = false;
	call_report_links(call, object);
	call_report_open(call, object, call->flags, existed);
}

void leave_openat2(struct call *call)
{
	leave_open(call);
}

int enter_by_handle(struct call *call)
{
	return enter_handle(call);
}

/* It leads past all folders, and who may not make it has at least tried: open_by_handle_at(2). */
void leave_by_handle(struct call *call)
{
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	leave_handle(call);
}

void leave_handle(struct call *call)
{
	if (call->result < 0 || call_take_descriptor(call, 0, (int)call->result) < 0)
		return;
	call->object[0].by_descriptor = false; /* it is how the file is opened */
	call_report_open(call, &call->object[0], call->flags, true);
}
