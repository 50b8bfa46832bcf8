#include "recorder/trace/tracer.h"

#include "recorder/calls/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#define FRAMES_MAX 8

/* What hook_enter keeps below its frame pointer, from the lowest address up (entry.S), and what
 * stands above. */
struct entered {
	uint64_t rax, rdi, rsi, rdx, r10, r8, r9, rbx, r12, r13, r14, r15;
	uint64_t rbp, stub; /* where it returns to */
};

/* The frame of hook_enter: the one that returns into a stub. */
static bool find_entered(const struct region *region, pid_t tid, uint64_t frame,
			 struct entered *ret, uint64_t *ret_frame)
{
	const size_t below = offsetof(struct entered, rbp);
	uint32_t library, address;

	for (int i = 0; i < FRAMES_MAX; i++) {
		if (memory_read(tid, frame - below, ret, sizeof *ret) < 0)
			return false;
		if (region_site(region, ret->stub, &library, &address)) {
			*ret_frame = frame;
			return true;
		}
		frame = ret->rbp;
	}
	return false;
}

/* Where the call is made in the process. */
static bool find_site(const struct region *region, pid_t tid, uint64_t stub, uint64_t *ret)
{
	uint32_t library, address;
	uint64_t base, slot;

	if (!region_site(region, stub, &library, &address))
		return false;
	slot = region->address + CONTROL_AT + offsetof(struct control, base) +
	       library * sizeof base;
	if (memory_read(tid, slot, &base, sizeof base) < 0)
		return false;
	*ret = base + address;
	return true;
}

/* Whether the kernel would make the call again after the signal's handler, or the handler is what
 * it has waited for: a call that has ended keeps its result. */
static bool is_interrupted(const struct user_regs_struct *registers)
{
	int64_t result = (int64_t)registers->rax;

	return (result <= -512 && result >= -516) || result == -EINTR;
}

bool withdraw(const struct region *region, pid_t tid)
{
	struct user_regs_struct registers;
	struct entered entered;
	uint64_t frame, site;

	if (ptrace(PTRACE_GETREGS, tid, 0, &registers) < 0 ||
	    registers.rip != region_trusted_address(region) ||
	    !find_entered(region, tid, registers.rbp, &entered, &frame) ||
	    !find_site(region, tid, entered.stub, &site))
		return false;
	if (is_interrupted(&registers)) {
		registers.rip = site;
		registers.rax = entered.rax;
	} else {
		registers.rip = site + SITE_BYTES;
	}
	registers.orig_rax = UINT64_MAX; /* it is not made again by the kernel */
	registers.rdi = entered.rdi;
	registers.rsi = entered.rsi;
	registers.rdx = entered.rdx;
	registers.r10 = entered.r10;
	registers.r8 = entered.r8;
	registers.r9 = entered.r9;
	registers.rbx = entered.rbx;
	registers.r12 = entered.r12;
	registers.r13 = entered.r13;
	registers.r14 = entered.r14;
	registers.r15 = entered.r15;
	registers.rbp = entered.rbp;
	/* Above the frame: the saved rbp and the return address; the stub had made room. */
	registers.rsp = frame + 2 * sizeof(uint64_t) + RED_ZONE;
	return ptrace(PTRACE_SETREGS, tid, 0, &registers) == 0;
}
