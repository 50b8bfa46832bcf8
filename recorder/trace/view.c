/* What a new process has of its parent's root and mounts: clone(2). */
#include "recorder/trace/tracer.h"

#include <linux/sched.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/user.h>

/* Numbers of clone(2) and clone3(2); a fork event cannot come of any other call that has one of
 * them: asm/unistd_64.h, unistd_32.h. */
enum { CLONE = 56, CLONE_I386 = 120, CLONE3 = 435, X32_BIT = 0x40000000 };

/* The flags of the call that the parent is in; 0 for fork(2) and vfork(2).  Most calls of clone(2)
 * have not stopped; a call of clone3(2) has, and its flags were read then. */
static uint64_t clone_flags(const struct tracee *parent)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, parent->tid, 0, &registers) < 0)
		return 0;
	switch (registers.orig_rax & ~(uint64_t)X32_BIT) {
	case CLONE:
		return registers.rdi;
	case CLONE_I386:
		return registers.rbx;
	case CLONE3:
		return parent->call.flags;
	default:
		return 0;
	}
}

uint64_t view_begin(struct tracee *parent, struct process *child)
{
	uint64_t flags = clone_flags(parent);

	if (flags & CLONE_FS)
		process_share_view(child, parent->process);
	if (flags & CLONE_NEWNS)
		child->own_view = child->apart = true;
	return flags;
}
