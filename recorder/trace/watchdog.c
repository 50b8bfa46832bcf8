/* A tracee that is stopped, while no stop of it waits to be handled, would stay so for ever.  That
 * is a fault of ours: it may cost evidence, but not the agent's life. */
#include "recorder/trace/tracer.h"

#include "recorder/sink.h"

#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define LOOK_TICKS 8 /* about 0.8 s */
#define LOOKS	   2 /* a stop is being announced at the moment of the first */

bool watchdog_is_due(struct tracer *tracer)
{
	return ++tracer->ticks % LOOK_TICKS == 0;
}

/* Fails for one that runs, and for one that is left in its group stop (PTRACE_LISTEN). */
static bool is_stopped(pid_t tid, siginfo_t *ret)
{
	return ptrace(PTRACE_GETSIGINFO, tid, 0, ret) == 0;
}

/* Whether it is to be taken from the kernel, or has just been. */
static bool is_to_be_handled(const struct tracer *tracer, pid_t tid)
{
	siginfo_t info = { .si_pid = 0 };

	for (size_t i = 0; i < tracer->waiting; i++)
		if (tracer->waited[i].tid == tid)
			return true;
	return waitid(P_PID, (id_t)tid, &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT | __WALL) <
		       0 ||
	       info.si_pid;
}

/* What wait(2) had said of the stop: ptrace_do_notify() keeps it in si_code.  Anything else is a
 * signal on its way to the tracee. */
static int status_of(const siginfo_t *info, int *ret_signal)
{
	int event = info->si_code >> 8, signal = info->si_code & 0xff;
	bool is_event = event == PTRACE_EVENT_STOP ||
			(event >= PTRACE_EVENT_FORK && event <= PTRACE_EVENT_SECCOMP);

	*ret_signal = 0;
	if (is_event)
		return event << 16 | signal << 8 | 0x7f;
	if (info->si_signo == SIGTRAP && info->si_code == (SIGTRAP | 0x80))
		return info->si_code << 8 | 0x7f;
	*ret_signal = info->si_signo;
	return info->si_signo << 8 | 0x7f;
}

static void report(const struct tracer *tracer, const struct tracee *tracee, int status)
{
	char detail[48];

	snprintf(detail, sizeof detail, "signal %d, event %d", WSTOPSIG(status), status >> 16);
	sink_gap(tracer->options->sink, GAP_STUCK, tracee->process->image, bytes_of(detail));
}

bool watchdog_finds(const struct tracer *tracer, struct tracee *tracee, int *ret_status,
		    int *ret_signal)
{
	siginfo_t info;

	/* Without a process it waits to be named. */
	if (!tracee->process || !is_stopped(tracee->tid, &info) ||
	    is_to_be_handled(tracer, tracee->tid)) {
		tracee->looks = 0;
		return false;
	}
	if (++tracee->looks < LOOKS)
		return false;
	tracee->looks = 0;
	*ret_status = status_of(&info, ret_signal);
	report(tracer, tracee, *ret_status);
	return true;
}
