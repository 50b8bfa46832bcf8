#include "recorder/trace/tracer.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/calls/hearing.h"
#include "recorder/calls/rings.h"
#include "recorder/fast/fast.h"
#include "recorder/sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define SYSCALL_STOP (SIGTRAP | 0x80) /* PTRACE_O_TRACESYSGOOD */
#define ADOPT_TICKS  5
#define IDLE_TICKS   3

const unsigned long trace_seize_options =
	PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
	PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;

/* The one place where a tracee goes on.  ESRCH means it was killed meanwhile: its end follows. */
static void resume(struct tracee *tracee, int signal)
{
	tracee->every_call = tracee->process && tracee->process->held;
	ptrace(tracee->in_call || tracee->every_call ? PTRACE_SYSCALL : PTRACE_CONT, tracee->tid, 0,
	       signal);
}

/* A group stop: it stays stopped until SIGCONT, as without us. */
static bool is_group_stop(int status)
{
	return status >> 16 == PTRACE_EVENT_STOP && WSTOPSIG(status) != SIGTRAP;
}

/* Out of the stop of `status`, with `signal` if that is not 0. */
static void go_on(struct tracee *tracee, int status, int signal)
{
	if (is_group_stop(status))
		ptrace(PTRACE_LISTEN, tracee->tid, 0, 0);
	else
		resume(tracee, signal);
}

/* Who has this number: not the thread that had it until an exec of its process took it away. */
static struct tracee *find_owner(struct tracer *tracer, pid_t tid)
{
	struct tracee *tracee = tracee_find(tracer, tid);

	if (!tracee || !tracee->process || tid == tracee->process->tgid ||
	    is_thread_of(tracee->process->tgid, tid))
		return tracee;
	tracee_set_aside(tracer, tracee);
	return NULL;
}

/* NULL where it was killed at once, and reaped before its parent's event is handled. */
static struct tracee *add_child(struct tracer *tracer, pid_t tid)
{
	if (syscall(SYS_tkill, tid, 0) < 0 && errno == ESRCH)
		return NULL;
	return tracee_add(tracer, tid);
}

static void fork_event(struct tracer *tracer, struct tracee *parent, int event)
{
	unsigned long message;
	struct tracee *child;
	bool waits, is_thread;

	if (ptrace(PTRACE_GETEVENTMSG, parent->tid, 0, &message) < 0)
		return;
	child = find_owner(tracer, (pid_t)message);
	waits = child != NULL;
	if (!child)
		child = add_child(tracer, (pid_t)message);
	if (!child || child->process)
		return;
	is_thread = event == PTRACE_EVENT_CLONE && is_thread_of(parent->process->tgid, child->tid);
	parent->making = false;
	if (tracee_adopt(child, parent->process, is_thread) < 0)
		return;
	if (!is_thread)
		accelerate_child(tracer, child, parent, view_begin(parent, child->process));
	if (waits)
		go_on(child, child->first_stop, 0);
}

static bool is_of(const struct tracee *tracee, pid_t tgid)
{
	return tracee && tracee->process && tracee->process->tgid == tgid;
}

/* At the stop after an exec: the thread of the process that had called it.  NULL: nobody knows. */
static struct tracee *find_caller(struct tracer *tracer, pid_t tgid)
{
	unsigned long message = (unsigned long)tgid; /* who is killed meanwhile no longer says */
	struct tracee *caller;

	ptrace(PTRACE_GETEVENTMSG, tgid, 0, &message);
	caller = tracee_find(tracer, (pid_t)message);
	if (!is_of(caller, tgid))
		caller = tracee_find(tracer, -(pid_t)message);
	return is_of(caller, tgid) ? caller : NULL;
}

static bool is_exec(const struct tracee *tracee)
{
	return tracee->in_call && tracee->call.row->enter == enter_exec;
}

/* The thread that called execve has become the first of its process; the others are gone. */
static void exec_event(struct tracer *tracer, struct tracee *tracee)
{
	struct tracee *caller = find_caller(tracer, tracee->tid);

	if (!caller || (caller == tracee && !is_exec(tracee)))
		tracee->in_call = false; /* whatever it was in */
	if (caller && caller != tracee) {
		struct call call = tracee->call;
		bool in_call = tracee->in_call;

		tracee->call = caller->call;
		tracee->call.tid = tracee->tid;
		caller->call = call;
		tracee->in_call = true;
		caller->in_call = in_call;
	}
	tracee_remove_others(tracer, tracee);
	rings_leave(tracer->rings, tracee->process); /* the kernel has cancelled it */
	image_begin(tracer, tracee);
	hearing_executed(tracer->hearing, tracee->process);
	tracer->result.started = true;
	tracee->in_call = false; /* nothing is wanted of the exec's end */
}

/* Killed in a call that nobody will see the end of: what it names can be looked up for the last
 * time, as the thread still has its folder and its descriptors. */
static void exit_event(struct tracee *tracee)
{
	if (tracee->in_call || tracee->interrupted)
		call_name_objects(&tracee->call);
}

/* Does what an event asks for.  Returns the signal that is delivered with the resumption. */
static int handle_event(struct tracer *tracer, struct tracee *tracee, int event, int signal)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		step_begin(tracer, tracee);
		return 0;
	case PTRACE_EVENT_EXEC:
		exec_event(tracer, tracee);
		return 0;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		fork_event(tracer, tracee, event);
		return 0;
	case PTRACE_EVENT_EXIT:
		exit_event(tracee);
		return 0;
	case 0:
		if (limits_at_signal(tracer, tracee, signal))
			return 0;
		if (signal != SYSCALL_STOP)
			return accelerate_signal(tracer, tracee, signal) ? 0 : signal;
		step_end(tracer, tracee);
		listen_at_call(tracer, tracee);
		return 0;
	case PTRACE_EVENT_STOP:
		listen_at_interruption(tracee);
		return 0;
	default:
		return 0;
	}
}

/* Whether the number now belongs to another thread, whose exec has ended this one meanwhile and
 * waits to be handled: ptrace(2), "execve(2) under ptrace". */
static bool is_superseded(const struct tracee *tracee, int status)
{
	const int exec = SIGTRAP | PTRACE_EVENT_EXEC << 8;
	siginfo_t info;

	/* A real SIGTRAP may say anything of itself. */
	return tracee->process->threads > 1 && tracee->tid == tracee->process->tgid &&
	       status >> 8 != exec && status >> 8 != SIGTRAP &&
	       ptrace(PTRACE_GETSIGINFO, tracee->tid, 0, &info) == 0 && info.si_signo == SIGTRAP &&
	       info.si_code == exec;
}

/* Handles a stop of a tracee whose process is known, and lets it go on. */
static void handle_stop(struct tracer *tracer, struct tracee *tracee, int status)
{
	int signal = handle_event(tracer, tracee, status >> 16, WSTOPSIG(status));

	if (!is_superseded(tracee, status))
		go_on(tracee, status, signal);
}

/* The end of the first thread is told last. */
static void process_ended(struct tracer *tracer, struct tracee *tracee)
{
	if (tracee->process->fast)
		fast_process_ended(tracer->options->fast, tracee->process->number);
	tracee_remove_others(tracer, tracee);
}

/* Whether another thread of a process is in an exec: that, or the end of the process, is still to
 * be told, and what ends under the number of this one may be somebody new. */
static bool is_in_exec(const struct tracee *tracee)
{
	return is_exec(tracee) && tracee->tid != tracee->process->tgid;
}

static void handle_end(struct tracer *tracer, pid_t tid, int status)
{
	struct tracee *tracee = tracee_find(tracer, tid);

	if (tid == tracer->first) {
		tracer->first_ended = true;
		tracer->result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
		tracer->result.status =
			WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	if (is_of(tracee, tid))
		process_ended(tracer, tracee);
	if (tracee && is_in_exec(tracee))
		tracee_set_aside(tracer, tracee);
	else if (tracee)
		tracee_remove(tracer, tracee);
}

/* The first thread had ended before another called execve, which has its number now. */
static void adopt_caller(struct tracer *tracer, struct tracee *tracee)
{
	struct tracee *caller = find_caller(tracer, tracee->tid);

	if (caller)
		tracee_adopt(tracee, caller->process, true);
}

static void handle(struct tracer *tracer, pid_t tid, int status)
{
	struct tracee *tracee;

	if (!WIFSTOPPED(status)) {
		handle_end(tracer, tid, status);
		return;
	}
	tracer->result.stops++;
	tracee = status >> 16 == PTRACE_EVENT_STOP ? find_owner(tracer, tid)
						   : tracee_find(tracer, tid);
	if (!tracee)
		tracee = tracee_add(tracer, tid);
	if (tracee && !tracee->process && status >> 16 == PTRACE_EVENT_EXEC)
		adopt_caller(tracer, tracee);
	if (!tracee) {
		ptrace(PTRACE_CONT, tid, 0, 0); /* no memory: unseen, but not stuck */
		return;
	}
	/* A child may stop before its parent's event says whose child it is: it waits. */
	tracee->first_stop = status;
	tracee->looks = 0;
	if (tracee->process)
		handle_stop(tracer, tracee, status);
	else if (status >> 16 == PTRACE_EVENT_EXIT)
		go_on(tracee, status, 0); /* killed before it did anything */
}

static void kill_one(struct tracer *tracer, struct tracee *tracee)
{
	(void)tracer;
	kill(tracee->process ? tracee->process->tgid : tracee->tid, SIGKILL);
}

/* A parent killed at the wrong moment never says whose its child is. */
static void adopt_orphan(struct tracer *tracer, struct tracee *tracee)
{
	if (tracee->process || ++tracee->waiting_ticks < ADOPT_TICKS)
		return;
	if (tracee_adopt_first(tracer, tracee) < 0)
		return;
	tracee->process->image = 1;
	sink_gap(tracer->options->sink, GAP_UNTRACED, 1, bytes_of("child of a killed parent"));
	go_on(tracee, tracee->first_stop, 0);
}

static void mend(struct tracer *tracer, struct tracee *tracee)
{
	int status, signal;

	if (watchdog_finds(tracer, tracee, &status, &signal))
		go_on(tracee, status, signal);
}

static void tick(struct tracer *tracer)
{
	int64_t passed_ns = clock_monotonic_ns() - tracer->started_ns;
	bool late = tracer->options->timeout_ns && passed_ns > tracer->options->timeout_ns;

	*tracer->options->tick = 0;
	if (!tracer->ending && limits_are_late(tracer, passed_ns)) {
		limits_end_late(tracer);
		late = true;
	}
	if (*tracer->options->end || late)
		tracer->ending = tracer->result.ended_by_us = true;
	claims_look(tracer);
	limits_at_tick(tracer);
	tracee_each(tracer, tracer->ending ? kill_one : adopt_orphan);
	if (watchdog_is_due(tracer))
		tracee_each(tracer, mend);
	tracer->idle_ticks = tracer->tracees ? 0 : tracer->idle_ticks + 1;
}

/* As waitpid(2).  Of who has ended the kernel says how much memory it had: getrusage(2). */
static pid_t take_stop(struct tracer *tracer, size_t at, int options)
{
	int64_t *most = &tracer->result.usage.memory_bytes;
	struct rusage used;
	pid_t tid = wait4(-1, &tracer->waited[at].status, __WALL | options, &used);

	if (tid <= 0 || tid == tracer->options->init || WIFSTOPPED(tracer->waited[at].status))
		return tid;
	if (used.ru_maxrss * 1024 > *most)
		*most = used.ru_maxrss * 1024;
	limits_at_end(tracer, tid, used.ru_maxrss * 1024);
	return tid;
}

/* Takes all that is to be had before handling any of it: a few busy threads would otherwise be
 * served again and again before the others.  0 or -errno. */
static int take_stops(struct tracer *tracer)
{
	pid_t tid = take_stop(tracer, 0, 0);

	tracer->waiting = 0;
	if (tid < 0)
		return -errno;
	while (tid > 0) {
		tracer->waited[tracer->waiting++].tid = tid;
		if (tracer->waiting == WAITED_MAX)
			break;
		tid = take_stop(tracer, tracer->waiting, WNOHANG);
	}
	return 0;
}

/* To the end of the last tracee; a child that pare was born with, by an exec, is not waited for. */
static int run(struct tracer *tracer, struct error *err)
{
	while (tracer->idle_ticks < IDLE_TICKS) {
		int r = take_stops(tracer);

		if (r == -ECHILD)
			return 0;
		if (r < 0 && r != -EINTR)
			return error_set(err, -r, "wait for the agent");
		if (*tracer->options->tick)
			tick(tracer);
		for (size_t i = 0; i < tracer->waiting; i++)
			handle(tracer, tracer->waited[i].tid, tracer->waited[i].status);
	}
	return 0;
}

int trace_run(pid_t child, const struct trace_options *options, struct trace_result *ret,
	      struct error *err)
{
	struct tracer *tracer = calloc(1, sizeof *tracer);
	struct tracee *tracee;
	int r = -ENOMEM;

	if (!tracer)
		return error_set(err, ENOMEM, "follow the agent");
	tracer->options = options;
	tracer->first = child;
	tracer->started_ns = clock_monotonic_ns();
	tracee = rings_open(&tracer->rings) == 0 && hearing_open(&tracer->hearing) == 0
			 ? tracee_add(tracer, child)
			 : NULL;
	if (tracee)
		r = tracee_adopt_first(tracer, tracee);
	r = r < 0 ? error_set(err, -r, "follow the agent") : run(tracer, err);
	*ret = tracer->result;
	tracer_release(tracer);
	free(tracer);
	return r;
}
