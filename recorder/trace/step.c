/* One system call: the stop at its entry and the one at its end. */
#include "recorder/trace/tracer.h"

#include "recorder/calls/served.h"
#include "recorder/confine/confine.h"
#include "recorder/dryrun/dryrun.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#define X32_BIT 0x40000000

static enum entry entry_of(uint32_t architecture, uint64_t number)
{
	if (architecture == AUDIT_ARCH_I386)
		return ENTRY_I386;
	return number & X32_BIT ? ENTRY_X32 : ENTRY_X86_64;
}

void step_note(struct tracee *tracee, uint32_t architecture, uint64_t number,
	       const uint64_t argument[static 6])
{
	tracee->heard.entry = entry_of(architecture, number);
	tracee->heard.number = number;
	if (tracee->heard.entry == ENTRY_X32)
		tracee->heard.number &= ~(uint64_t)X32_BIT;
	memcpy(tracee->heard.argument, argument, sizeof tracee->heard.argument);
}

static void report_unknown(struct call *call, uint64_t number)
{
	static const char *const entry_name[] = { "x86-64", "x32", "i386" };
	char detail[48];

	/* One row for all that no kernel has: a program can try millions. */
	snprintf(detail, sizeof detail, "%s call %u%s", entry_name[call->entry],
		 number < CALL_NUMBER_LIMIT ? (unsigned)number : CALL_NUMBER_LIMIT,
		 number < CALL_NUMBER_LIMIT ? "" : " or above");
	call_report_gap(call, GAP_UNKNOWN_CALL, detail);
}

/* A call that may wait for ever, and be killed in it, is named when its thread ends; for all others
 * that stop would be for nothing. */
static void watch_end(struct tracee *tracee, bool watched)
{
	if (tracee->end_watched == watched)
		return;
	tracee->end_watched = watched;
	ptrace(PTRACE_SETOPTIONS, tracee->tid, 0,
	       trace_seize_options | (watched ? PTRACE_O_TRACEEXIT : 0));
}

static bool may_wait(const struct call *call)
{
	return (call->row->leave == leave_open || call->row->leave == leave_openat2) &&
	       call->object[0].requested.size && !call->object[0].name.size;
}

/* A rename that an overlay cannot do is done for it. */
static void help_rename(const struct tracer *tracer, struct call *call)
{
	struct stat process;
	char path[32];
	int r;

	if (!tracer->options->dryrun || call->result != -EXDEV ||
	    call->row->leave != leave_rename || call->process->apart)
		return;
	/* Only with the rights that the process has. */
	snprintf(path, sizeof path, "/proc/%d", call->tid);
	if (stat(path, &process) < 0 || process.st_uid != geteuid())
		return;
	r = dryrun_move(tracer->options->dryrun, buffer_text(&call->object[0].name),
			buffer_text(&call->object[1].name), (unsigned)call->flags);
	if (r != -EXDEV)
		trace_set_result(call, r);
}

static void call_end(struct tracer *tracer, struct tracee *tracee)
{
	struct call *call = &tracee->call;

	help_rename(tracer, call);
	/* -ERESTARTSYS and its kin are not the end: the call is made again, and stops again, or
	 * has failed with EINTR, which only the next call shows. */
	tracee->interrupted = call->result <= -512 && call->result >= -516;
	if (!tracee->interrupted) {
		call->row->leave(call);
		accelerate_after(tracer, tracee);
	}
	tracee->in_call = false;
}

/* Whether this call is the interrupted one again; else that one's end is reported now. */
static void settle(struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	if (tracee->interrupted && (info->instruction_pointer != tracee->instruction_pointer ||
				    info->stack_pointer != tracee->stack_pointer)) {
		tracee->call.result = -EINTR;
		tracee->call.row->leave(&tracee->call);
	}
	tracee->interrupted = false;
	tracee->instruction_pointer = info->instruction_pointer;
	tracee->stack_pointer = info->stack_pointer;
}

/* Before the agent can go on to serve anything, the reader of the log must have ended what it does
 * in the belief that nothing is served. */
static void tell_reader(struct tracer *tracer)
{
	if (tracer->served == served_now())
		return;
	tracer->served = served_now();
	accelerate_before(tracer);
}

/* The call may be skipped. */
static void confine(struct tracer *tracer, struct tracee *tracee, int entered)
{
	claims_look(tracer);
	confine_call(&tracee->call, entered);
	limits_at_call(tracer, tracee);
}

void step_begin(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;
	struct call *call = &tracee->call;
	uint64_t number;
	int entered;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof info, &info) <= 0) {
		if (errno != ESRCH) /* a system that the self-test would have refused */
			call_report_gap(call, GAP_UNREADABLE, "a whole call");
		return;
	}
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP)
		return;
	accelerate_before(tracer);
	settle(tracee, &info);
	call_reset(call);
	step_note(tracee, info.arch, info.seccomp.nr, (const uint64_t *)info.seccomp.args);
	call->entry = tracee->heard.entry;
	number = tracee->heard.number;
	memcpy(call->argument, tracee->heard.argument, sizeof call->argument);
	call->row = call_table_row(tracer->options->table, call->entry, number);
	if (!call->row) {
		report_unknown(call, number);
		if (call->confine)
			trace_skip(call, -ENOSYS);
		return;
	}
	tracer->result.calls++;
	entered = call->row->enter(call);
	call->unreadable = entered < 0;
	if (call->confine)
		confine(tracer, tracee, entered);
	tell_reader(tracer);
	tracee->in_call = !call->settled;
	watch_end(tracee, tracee->in_call && may_wait(call));
	if (call->skipped)
		call_end(tracer, tracee);
}

/* Whether all that it names can be looked up at its end. */
static bool is_known_later(const struct call_row *row)
{
	return row->leave == leave_open || row->leave == leave_openat2 ||
	       (row->leave == leave_path && row->action != ACTION_DELETE);
}

/* A page that the agent fills itself was not there at the entry; the kernel has touched it since.
 * Another thread may have changed it since, too: it stays a gap. */
static void look_again(struct call *call)
{
	int64_t result = call->result;

	if (!call->unreadable || result == -EFAULT || !is_known_later(call->row) ||
	    !served_is_late(SERVED_MEMORY))
		return;
	call_reset(call);
	call->row->enter(call);
	call->unreadable = true;
	call->object[0].exists = false;
	call->result = result;
}

void step_end(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof info, &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_EXIT || !tracee->in_call)
		return;
	tracee->making = false;
	tracee->call.result = info.exit.rval;
	look_again(&tracee->call);
	if (tracee->call.unreadable && info.exit.rval >= 0)
		call_report_gap(&tracee->call, GAP_UNREADABLE, tracee->call.row->name);
	call_end(tracer, tracee);
	tell_reader(tracer);
}
