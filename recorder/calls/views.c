/* Processes that share their root: clone(2), CLONE_FS.  They stand in a ring, so that a change that
 * one of them makes holds for all. */
#include "recorder/calls/calls.h"

#include <stddef.h>

static struct process *next_of(struct process *process)
{
	return process->same_view ? process->same_view : process;
}

void process_share_view(struct process *child, struct process *parent)
{
	child->same_view = next_of(parent);
	parent->same_view = child;
}

void process_leave_view(struct process *process)
{
	struct process *before = process;

	while (next_of(before) != process)
		before = next_of(before);
	before->same_view = process->same_view;
	process->same_view = NULL;
}

void process_change_view(struct process *process)
{
	struct process *each = process;

	/* Who left the others since, by unshare(2), loses nothing but time. */
	do {
		each->own_view = each->apart = true;
		each = next_of(each);
	} while (each != process);
}
