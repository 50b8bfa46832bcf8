/* Every call of a process stops while it has sockets whose first bytes are wanted. */
#include "recorder/trace/tracer.h"

#include "recorder/calls/hearing.h"

#include <errno.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#define RESTART (-514) /* ERESTARTNOHAND, include/linux/errno.h: unless a signal is handled */

/* Waiting calls that the kernel does not make again by itself: signal(7). */
static bool ends_with_stop(uint64_t number)
{
	return number == SYS_epoll_wait || number == SYS_epoll_pwait ||
	       number == SYS_epoll_pwait2 || number == SYS_rt_sigtimedwait ||
	       number == SYS_semtimedop || number == SYS_semop;
}

/* A wait that is to end at a certain time must not begin anew. */
static bool has_timeout(uint64_t number, const uint64_t argument[static 6])
{
	if (number == SYS_epoll_wait || number == SYS_epoll_pwait)
		return (int)argument[3] != -1;
	if (number == SYS_rt_sigtimedwait)
		return argument[2] != 0;
	return number != SYS_semop && argument[3] != 0;
}

/* proc_pid_syscall(5): what the thread waits in. */
static bool may_interrupt(pid_t tid)
{
	unsigned long long number, argument[6];
	char path[64];
	FILE *file;
	int read;

	snprintf(path, sizeof path, "/proc/%d/syscall", tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	read = fscanf(file, "%llu %llx %llx %llx %llx %llx %llx", &number, &argument[0],
		      &argument[1], &argument[2], &argument[3], &argument[4], &argument[5]);
	fclose(file);
	if (read < 7 || !ends_with_stop(number))
		return true; /* it runs, or waits in what is made again */
	return !has_timeout(number, (const uint64_t[6]){ argument[0], argument[1], argument[2],
							 argument[3], argument[4], argument[5] });
}

/* Threads that were let go on before the process had such a socket.  One that cannot be interrupted
 * unnoticed stops at its next call that stops anyway. */
static void include(struct tracer *tracer, struct tracee *tracee)
{
	(void)tracer;
	if (tracee->process && tracee->tid > 0 && held_is_new(tracee->process->held) &&
	    !tracee->every_call && may_interrupt(tracee->tid))
		ptrace(PTRACE_INTERRUPT, tracee->tid, 0, 0);
}

static void include_others(struct tracer *tracer, struct process *process)
{
	if (!held_is_new(process->held))
		return;
	if (process->threads > 1)
		tracee_each(tracer, include);
	held_set_known(process->held);
}

static struct call call_of(const struct tracer *tracer, const struct tracee *tracee)
{
	struct call call = {
		.tid = tracee->tid,
		.process = tracee->process,
		.sink = tracer->options->sink,
		.wire = tracer->options->wire,
		.hearing = tracer->hearing,
		.entry = tracee->heard.entry,
	};

	for (size_t i = 0; i < 6; i++)
		call.argument[i] = tracee->heard.argument[i];
	return call;
}

void listen_at_call(struct tracer *tracer, struct tracee *tracee)
{
	struct __ptrace_syscall_info info;
	struct call call;

	if (!tracee->process->held ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, tracee->tid, sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		step_note(tracee, info.arch, info.entry.nr, (const uint64_t *)info.entry.args);
		call = call_of(tracer, tracee);
		hearing_enter(tracer->hearing, &call, tracee->heard.number);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		call = call_of(tracer, tracee);
		call.result = info.exit.rval;
		hearing_leave(tracer->hearing, &call, tracee->heard.number);
	}
	include_others(tracer, tracee->process);
}

void listen_at_interruption(const struct tracee *tracee)
{
	struct user_regs_struct registers;

	if (!tracee->process->held || ptrace(PTRACE_GETREGS, tracee->tid, 0, &registers) < 0 ||
	    (int64_t)registers.rax != -EINTR || registers.cs != 0x33 ||
	    !ends_with_stop(registers.orig_rax))
		return;
	registers.rax = (uint64_t)RESTART;
	ptrace(PTRACE_SETREGS, tracee->tid, 0, &registers);
}
