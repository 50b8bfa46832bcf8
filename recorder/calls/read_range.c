/* Files that come to share their content: FICLONERANGE and FIDEDUPERANGE of ioctl(2). */
#include "recorder/calls/calls.h"
#include "recorder/calls/memory.h"

#include <errno.h>
#include <linux/fs.h>

/* What the kernel takes at once has room in a page: ioctl_file_dedupe_range(), fs/ioctl.c. */
#define TARGETS_MAX                                                                                \
	((4096 - sizeof(struct file_dedupe_range)) / sizeof(struct file_dedupe_range_info))

/* Column a is the descriptor of the target, b the address of what says where from. */
int enter_clone_range(struct call *call)
{
	struct file_clone_range range;
	int r;

	if (memory_read(call->tid, call->argument[call->row->b], &range, sizeof range) < 0)
		return -EFAULT;
	r = call_take_descriptor(call, 0, (int)range.src_fd);
	if (r == 0)
		r = call_take_descriptor(call, 1, call_descriptor(call, call->row->a));
	return r;
}

void leave_clone_range(struct call *call)
{
	leave_copy(call);
}

/* Column a is the descriptor of the source, b the address of the targets. */
int enter_same_range(struct call *call)
{
	return call_take_descriptor(call, 0, call_descriptor(call, call->row->a));
}

/* When the call succeeds, each target has a result of its own: ioctl_fideduperange(2). */
static void report_target(struct call *call, const struct file_dedupe_range_info *info)
{
	int64_t result = call->result;

	if (call_take_descriptor(call, 1, (int)info->dest_fd) < 0)
		return;
	if (result >= 0)
		call->result = info->status;
	call_report(call, ACTION_WRITE, &call->object[1]);
	call->result = result;
}

void leave_same_range(struct call *call)
{
	uint64_t address = call->argument[call->row->b];
	struct file_dedupe_range range;
	struct file_dedupe_range_info info;

	call_report(call, ACTION_READ, &call->object[0]);
	if (call->abandoned || memory_read(call->tid, address, &range, sizeof range) < 0)
		return;
	address += sizeof range;
	if (range.dest_count > TARGETS_MAX)
		return;
	for (unsigned i = 0; i < range.dest_count; i++) {
		if (memory_read(call->tid, address + i * sizeof info, &info, sizeof info) < 0)
			return;
		report_target(call, &info);
	}
}
