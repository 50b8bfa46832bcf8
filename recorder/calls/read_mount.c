/* mount(2), pivot_root(2), move_mount(2): two places, looked at before they change what paths
 * mean. */
#include "recorder/calls/calls.h"

#include <sys/mount.h>

/* These make no file system: mount(2). */
#define OLD_FLAGS                                                                                  \
	(MS_BIND | MS_MOVE | MS_REMOUNT | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

static void look_at_both(struct call *call)
{
	for (unsigned i = 0; i < 2; i++) {
		call_resolve(call, i);
		call_report_links(call, &call->object[i]);
	}
}

int enter_mount_pair(struct call *call)
{
	int r = call_take_path(call, 0, call->row->a, call->row->b, true);

	if (r == 0 && call->row->a == CWD)
		r = call_take_path(call, 1, CWD, call->row->b + 1, true);
	else if (r == 0)
		r = call_take_path(call, 1, call->row->a + 2, call->row->b + 2, true);
	look_at_both(call);
	return r;
}

void leave_mount_pair(struct call *call)
{
	if (call->result >= 0)
		process_change_view(call->process);
	call_report_name(call, RESOURCE_KERNEL, ACTION_USE, bytes_of(call->row->object),
			 (struct bytes){ 0 });
	for (unsigned i = 0; i < 2; i++)
		call_report_as(call, RESOURCE_FILE, ACTION_STAT, &call->object[i]);
}

/* Most file systems have a source that is no path: "none", "proc". */
static bool has_source(const struct call *call)
{
	const struct buffer *source = &call->object[0].requested;

	return (call->argument[3] & (MS_BIND | MS_MOVE)) ||
	       (source->size && source->data[0] == '/');
}

int enter_mount(struct call *call)
{
	int r = call_take_path(call, 0, call->row->a, call->row->b, true);

	if (!(call->argument[3] & OLD_FLAGS))
		call_take_type(call, call->argument[2]);
	if (r == 0 && !has_source(call))
		buffer_clear(&call->object[0].requested);
	if (r == 0)
		r = call_take_path(call, 1, call->row->a, call->row->b + 1, true);
	look_at_both(call);
	return r;
}

void leave_mount(struct call *call)
{
	leave_mount_pair(call);
}
