/* rename(2), link(2): two paths. */
#include "recorder/calls/calls.h"

#include <fcntl.h>
#include <linux/fs.h>

/* The second path follows the first; with directories it is one argument further on. */
static int enter_pair(struct call *call, bool follow)
{
	int directory = call->row->a == CWD ? CWD : call->row->a + 2;
	int path = call->row->a == CWD ? call->row->b + 1 : call->row->b + 2;
	int r = call_take_path(call, 0, call->row->a, call->row->b, follow);

	if (r == 0)
		r = call_take_path(call, 1, directory, path, false);
	if (r == 0) {
		call_resolve(call, 0);
		call_resolve(call, 1);
	}
	return r;
}

/* Renaming one name of a file to another of its names does nothing: rename(2). */
static bool is_same(const struct object *one, const struct object *other)
{
	return one->exists && one->dev == other->dev && one->ino == other->ino;
}

int enter_rename(struct call *call)
{
	call->flags = call_argument(call, call->row->c, 0);
	return enter_pair(call, false);
}

void leave_rename(struct call *call)
{
	struct object *from = &call->object[0], *to = &call->object[1];
	bool replaces = to->exists && !(call->flags & RENAME_NOREPLACE) && !is_same(from, to);

	call_report_links(call, from);
	call_report_links(call, to);
	if (call->flags & RENAME_EXCHANGE) {
		call_report(call, ACTION_RENAME, from);
		call_report(call, ACTION_RENAME, to);
		return;
	}
	if (replaces)
		call_report(call, ACTION_DELETE, to);
	/* The object keeps its identity under the new name. */
	to->dev = from->dev;
	to->ino = from->ino;
	call_report_moved(call, to, from, replaces);
	call_report(call, ACTION_RENAME, from);
	if (call->flags & RENAME_WHITEOUT) {
		from->dev = from->ino = 0;
		call_report(call, ACTION_CREATE, from);
	}
}

int enter_link(struct call *call)
{
	return enter_pair(call, call_argument(call, call->row->c, 0) & AT_SYMLINK_FOLLOW);
}

void leave_link(struct call *call)
{
	call_report_links(call, &call->object[0]);
	call_report_links(call, &call->object[1]);
	call_report(call, ACTION_LINK, &call->object[0]);
	call_report(call, ACTION_CREATE, &call->object[1]);
}
