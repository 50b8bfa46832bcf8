/* One path: stat, mkdir, unlink, chmod and their kin; and one descriptor: fchmod, mmap. */
#include "recorder/calls/calls.h"

#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>

/* Whether a link at the end is followed: column c is FOLLOW, NOFOLLOW or the flags argument
 * (AT_SYMLINK_NOFOLLOW).  readlinkat looks at the link itself. */
static bool follows(const struct call *call)
{
	if (call->row->c == NOFOLLOW || call->row->c == LINK)
		return false;
	return !(call_argument(call, call->row->c, 0) & AT_SYMLINK_NOFOLLOW);
}

int enter_path(struct call *call)
{
	int r = call_take_path(call, 0, call->row->a, call->row->b, follows(call));

	/* What is deleted can only be looked at before. */
	if (r == 0 && call->row->action == ACTION_DELETE)
		call_resolve(call, 0);
	/* Looking at what one holds is as harmless as fstat(2). */
	call->settled = r == 0 && call->row->action == ACTION_STAT && call->object[0].by_descriptor;
	return r;
}

/* An empty path without a descriptor: AT_EMPTY_PATH allows it, and without that it fails. */
static bool means_folder(const struct call *call)
{
	if (call->object[0].requested.size || call->object[0].name.size || call->past ||
	    call->unreadable)
		return false;
	return call->result >= 0 || (call->argument[call->row->b] &&
				     call_argument(call, call->row->c, 0) & AT_EMPTY_PATH);
}

void leave_path(struct call *call)
{
	if (means_folder(call))
		buffer_add(&call->object[0].requested, ".");
	if (call->row->action != ACTION_DELETE)
		call_resolve(call, 0);
	call_report_links(call, &call->object[0]);
	call_report(call, call->row->action, &call->object[0]);
}

/* Here the flag asks for the link's target: name_to_handle_at(2). */
int enter_path_follow(struct call *call)
{
	bool follow = call->argument[call->row->c] & AT_SYMLINK_FOLLOW;

	return call_take_path(call, 0, call->row->a, call->row->b, follow);
}

void leave_path_follow(struct call *call)
{
	leave_path(call);
}

int enter_watch(struct call *call)
{
	bool follow = !(call->argument[call->row->c] & IN_DONT_FOLLOW);

	return call_take_path(call, 0, call->row->a, call->row->b, follow);
}

void leave_watch(struct call *call)
{
	leave_path(call);
}

/* i386 passes the mask in two arguments: fanotify_mark(2). */
int enter_mark(struct call *call)
{
	int shift = call->entry == ENTRY_I386;
	bool follow = !(call->argument[call->row->c] & FAN_MARK_DONT_FOLLOW);

	return call_take_path(call, 0, call->row->a + shift, call->row->b + shift, follow);
}

void leave_mark(struct call *call)
{
	leave_path(call);
}

/* Afterwards a relative path starts somewhere else. */
int enter_chdir(struct call *call)
{
	int r = enter_path(call);

	if (r == 0)
		call_resolve(call, 0);
	return r;
}

void leave_chdir(struct call *call)
{
	call_report_links(call, &call->object[0]);
	call_report(call, call->row->action, &call->object[0]);
}

int enter_descriptor(struct call *call)
{
	return call_take_descriptor(call, 0, call_descriptor(call, call->row->a));
}

void leave_descriptor(struct call *call)
{
	if (call->object[0].name.size)
		call_report(call, call->row->action, &call->object[0]);
}
