/* Changes to a call that the filter has stopped at its entry. */
#include "recorder/calls/calls.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static int poke(struct call *call, size_t offset, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, call->tid, offset, value) < 0 ? -errno : 0;
}

int trace_skip(struct call *call, int64_t result)
{
	int r = poke(call, offsetof(struct user_regs_struct, orig_rax), UINT64_MAX);

	if (r == 0)
		r = poke(call, offsetof(struct user_regs_struct, rax), (uint64_t)result);
	if (r == 0) {
		call->skipped = true;
		call->result = result;
	}
	return r;
}

int trace_set_result(struct call *call, int64_t result)
{
	int r = poke(call, offsetof(struct user_regs_struct, rax), (uint64_t)result);

	if (r == 0)
		call->result = result;
	return r;
}

int trace_set_argument(struct call *call, unsigned index, uint64_t value)
{
	static const size_t native[] = {
		offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rsi),
		offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, r10),
		offsetof(struct user_regs_struct, r8),	offsetof(struct user_regs_struct, r9),
	};
	static const size_t compat[] = {
		offsetof(struct user_regs_struct, rbx), offsetof(struct user_regs_struct, rcx),
		offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, rsi),
		offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rbp),
	};

	return poke(call, call->entry == ENTRY_I386 ? compat[index] : native[index], value);
}
