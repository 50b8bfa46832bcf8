/* mount(2), pivot_root(2), move_mount(2): two places, looked at before they change what paths
 * mean. */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"

#include <fcntl.h>
#include <limits.h>
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

	if (r == 0)
		r = call_take_path(call, 1, call->row->a, call->row->b + 1, true);
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

/* Each place has a flag of its own, without which a link at its end is not followed:
 * move_mount(2). */
int enter_move_mount(struct call *call)
{
	uint64_t flags = call->argument[call->row->b + 3];
	int r = call_take_path(call, 0, call->row->a, call->row->b, flags & MOVE_MOUNT_F_SYMLINKS);

	if (r == 0)
		r = call_take_path(call, 1, call->row->a + 2, call->row->b + 2,
				   flags & MOVE_MOUNT_T_SYMLINKS);
	look_at_both(call);
	return r;
}

void leave_move_mount(struct call *call)
{
	leave_mount_pair(call);
}

/* One place; the argument behind it says by one bit that a link at its end is not followed. */
static int take_place(struct call *call, uint64_t no_follow)
{
	bool follow = !(call->argument[call->row->b + 1] & no_follow);
	int r = call_take_path(call, 0, call->row->a, call->row->b, follow);

	if (r == 0) {
		call_resolve(call, 0);
		call_report_links(call, &call->object[0]);
	}
	return r;
}

int enter_unmount(struct call *call)
{
	return take_place(call, UMOUNT_NOFOLLOW);
}

void leave_unmount(struct call *call)
{
	leave_facility(call);
}

int enter_pick(struct call *call)
{
	return take_place(call, FSPICK_SYMLINK_NOFOLLOW);
}

void leave_pick(struct call *call)
{
	leave_facility(call);
}

/* open_tree(2), mount_setattr(2) */
int enter_tree(struct call *call)
{
	return take_place(call, AT_SYMLINK_NOFOLLOW);
}

void leave_tree(struct call *call)
{
	leave_facility(call);
}

/* What a file system is made of: a path by itself, below a descriptor, or as the text of "source",
 * which need be no path (fsconfig(2)).  Columns: the command, the value, the descriptor. */
int enter_configure(struct call *call)
{
	uint64_t command = call->argument[call->row->a];
	scoped(buffer) struct buffer key = { 0 };
	int r = 0;

	if (command == FSCONFIG_SET_PATH || command == FSCONFIG_SET_PATH_EMPTY)
		r = call_take_path(call, 0, call->row->c, call->row->b, true);
	else if (command == FSCONFIG_SET_STRING &&
		 memory_string(call->tid, call->argument[call->row->b - 1], NAME_MAX, &key) == 0 &&
		 bytes_equal(buffer_bytes(&key), bytes_of("source")))
		r = call_take_path(call, 0, CWD, call->row->b, true);
	if (command == FSCONFIG_SET_STRING && buffer_text(&call->object[0].requested)[0] != '/')
		buffer_clear(&call->object[0].requested);
	call_resolve(call, 0);
	call_report_links(call, &call->object[0]);
	return r;
}

void leave_configure(struct call *call)
{
	leave_facility(call);
}
