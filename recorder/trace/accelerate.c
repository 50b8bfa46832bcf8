/* Processes whose calls are logged by themselves instead of being stopped: how they begin, and when
 * they have to be stopped again.  See recorder/fast/layout.h. */
#include "recorder/trace/tracer.h"

#include "recorder/calls/memory.h"
#include "recorder/fast/fast.h"

#include <linux/sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

/* glibc's, of pthread_cancel(3): its handler unwinds the stack, through frames that the library
 * knows.  The hook's are none. */
#define SIGNAL_CANCEL 32

#define NEW_VIEW (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER)

static bool where_is(pid_t tid, struct __ptrace_syscall_info *ret)
{
	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof *ret, ret) > 0;
}

static void set_control(struct tracer *tracer, pid_t tid, size_t offset)
{
	const struct region *region = fast_region(tracer->options->fast);
	const uint32_t yes = 1;

	memory_write(tid, region->address + CONTROL_AT + offset, &yes, sizeof yes);
}

/* The program begins at the entry of its loader, and the kernel has mapped that: the hook's
 * beginning goes over it. */
static void begin(struct tracer *tracer, struct tracee *tracee, int library,
		  const struct __ptrace_syscall_info *info)
{
	const struct region *region = fast_region(tracer->options->fast);
	uint8_t there[16], boot[BOOT_BYTES_MAX];
	uint64_t entry = info->instruction_pointer, base = entry - region->entry[library];
	size_t size = region_boot(region, library, base, (uint32_t)tracer->images, boot);

	/* Whatever the path leads to by now: is it that file which is mapped? */
	if (base % PAGE || memory_read(tracee->tid, entry, there, sizeof there) < 0 ||
	    memcmp(there, region->at_entry[library], sizeof there) ||
	    memory_write(tracee->tid, entry, boot, size) < 0)
		return;
	tracee->boot.library = library;
	tracee->boot.entry = entry;
	tracee->boot.stack_pointer = info->stack_pointer;
	tracee->process->fast = true;
}

void accelerate_image(struct tracer *tracer, struct tracee *tracee, const char *loader)
{
	struct __ptrace_syscall_info info;
	int library;

	tracee->boot.entry = 0;
	tracee->process->fast = tracee->process->slowed = false;
	if (!tracer->options->fast || !loader || tracee->process->apart ||
	    tracee->process->filtered)
		return;
	library = fast_library(tracer->options->fast, loader);
	if (library >= 0 && where_is(tracee->tid, &info))
		begin(tracer, tracee, library, &info);
}

void accelerate_before(struct tracer *tracer)
{
	if (tracer->options->fast)
		fast_catch_up(tracer->options->fast);
}

/* Where paths mean something else to the process than to the recorder, or where calls that are made
 * beside the program's own would be seen by its own filter. */
static void slow_down(struct tracer *tracer, struct process *process)
{
	if (!process->fast || process->slowed || !(process->apart || process->filtered))
		return;
	set_control(tracer, process->tgid, offsetof(struct control, slow));
	process->slowed = true;
}

/* The process, and those that share its root. */
static void slow_down_all(struct tracer *tracer, struct process *process)
{
	struct process *each = process;

	do {
		slow_down(tracer, each);
		each = each->same_view ? each->same_view : process;
	} while (each != process);
}

static bool changes_folder(const struct call_row *row)
{
	return row->leave == leave_chdir || !strcmp(row->name, "fchdir");
}

void accelerate_after(struct tracer *tracer, struct tracee *tracee)
{
	const struct call *call = &tracee->call;
	struct fast *fast = tracer->options->fast;

	if (!fast)
		return;
	if (call->paths_changed)
		fast_paths_changed(fast, true);
	if (call->result < 0)
		return;
	slow_down_all(tracer, tracee->process);
	if (call_changes_paths(call->row))
		fast_paths_changed(fast,
				   call->row->action == ACTION_RENAME || call->row->c == VIEW);
	/* Not through the hook, which would know. */
	if (tracee->process->fast && changes_folder(call->row) &&
	    region_place(fast_region(fast), tracee->instruction_pointer) != PLACE_HOOK)
		set_control(tracer, tracee->tid, offsetof(struct control, foreign));
}

void accelerate_child(struct tracer *tracer, struct tracee *child, const struct tracee *parent,
		      uint64_t clone_flags)
{
	if (!child->process->fast)
		return;
	if (clone_flags & NEW_VIEW) {
		set_control(tracer, child->tid, offsetof(struct control, slow));
		child->process->slowed = true;
	}
	/* The one changes the other's current folder. */
	if (clone_flags & CLONE_FS) {
		set_control(tracer, child->tid, offsetof(struct control, foreign));
		set_control(tracer, parent->tid, offsetof(struct control, foreign));
	}
}

static void go_on_at(pid_t tid, uint64_t address)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, tid, 0, &registers) < 0)
		return;
	registers.rip = address;
	ptrace(PTRACE_SETREGS, tid, 0, &registers);
}

/* The region could not be made: the loader begins as if nothing had been. */
static void take_back(struct tracer *tracer, struct tracee *tracee)
{
	const struct region *region = fast_region(tracer->options->fast);
	struct user_regs_struct registers, clean = { 0 };

	if (ptrace(PTRACE_GETREGS, tracee->tid, 0, &registers) < 0)
		return;
	memory_write(tracee->tid, tracee->boot.entry, region->at_entry[tracee->boot.library],
		     BOOT_BYTES_MAX);
	clean.cs = registers.cs;
	clean.ss = registers.ss;
	clean.eflags = registers.eflags;
	clean.orig_rax = UINT64_MAX;
	clean.rip = tracee->boot.entry;
	clean.rsp = tracee->boot.stack_pointer;
	ptrace(PTRACE_SETREGS, tracee->tid, 0, &clean);
	tracee->process->fast = false;
	tracee->boot.entry = 0;
}

static bool gave_up(const struct tracee *tracee, uint64_t address, enum place place)
{
	return tracee->boot.entry && tracee->process->fast &&
	       (place == PLACE_GAVE_UP ||
		(address >= tracee->boot.entry && address < tracee->boot.entry + BOOT_BYTES_MAX));
}

/* Trouble that the hook has, or its beginning. */
static bool is_own_trouble(struct tracer *tracer, struct tracee *tracee, int signal,
			   const struct __ptrace_syscall_info *info)
{
	const struct region *region = fast_region(tracer->options->fast);
	enum place place = region_place(region, info->instruction_pointer);

	if (signal == SIGTRAP && gave_up(tracee, info->instruction_pointer, place)) {
		take_back(tracer, tracee);
		return true;
	}
	if (signal == SIGTRAP || place != PLACE_COPY)
		return false;
	go_on_at(tracee->tid, region_after_fault(region));
	return true;
}

bool accelerate_signal(struct tracer *tracer, struct tracee *tracee, int signal)
{
	struct __ptrace_syscall_info info;

	if (!tracee->process->fast)
		return false;
	switch (signal) {
	case SIGNAL_CANCEL:
		withdraw(fast_region(tracer->options->fast), tracee->tid);
		return false;
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		return where_is(tracee->tid, &info) &&
		       is_own_trouble(tracer, tracee, signal, &info);
	default:
		return false;
	}
}
