/* A tracer that forgets, once, to let a stopped tracee go on: one for each kind of stop. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static long forgetful(enum __ptrace_request request, pid_t tid, void *address, uintptr_t data);
#define ptrace(request, tid, address, data)                                                        \
	forgetful(request, tid, (void *)(uintptr_t)(address), (uintptr_t)(data))
#include "recorder/trace/loop.c"
#undef ptrace

static const struct scenario {
	const char *name;
	int code; /* si_code of the stop that is forgotten; 0: a signal's */
	int call; /* for a stop of a call: PTRACE_SYSCALL_INFO_..., else -1 */
} scenario[] = {
	{ "entry of a call", SIGTRAP | PTRACE_EVENT_SECCOMP << 8, -1 },
	{ "end of a call", SIGTRAP | 0x80, PTRACE_SYSCALL_INFO_EXIT },
	{ "fork", SIGTRAP | PTRACE_EVENT_FORK << 8, -1 },
	{ "thread", SIGTRAP | PTRACE_EVENT_CLONE << 8, -1 },
	{ "birth", SIGTRAP | PTRACE_EVENT_STOP << 8, -1 },
	{ "exec", SIGTRAP | PTRACE_EVENT_EXEC << 8, -1 },
	{ "signal", 0, -1 },
	{ "group stop", SIGSTOP | PTRACE_EVENT_STOP << 8, -1 },
};
enum { SCENARIOS = sizeof scenario / sizeof *scenario };

/* What a scenario's own process knows. */
static const struct scenario *now;
static bool forgotten;
static unsigned stuck, other_gaps;
static volatile sig_atomic_t ticked, never, signalled;

static bool is_forgotten(pid_t tid)
{
	siginfo_t info;
	struct __ptrace_syscall_info call;

	if (forgotten || ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0)
		return false;
	if (now->code == 0)
		return info.si_signo == SIGUSR1;
	return info.si_code == now->code &&
	       (now->call < 0 || (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof call, &call) > 0 &&
				  call.op == now->call));
}

static long forgetful(enum __ptrace_request request, pid_t tid, void *address, uintptr_t data)
{
	if ((request == PTRACE_CONT || request == PTRACE_SYSCALL || request == PTRACE_LISTEN) &&
	    is_forgotten(tid)) {
		forgotten = true;
		return 0;
	}
	return ptrace(request, tid, address, data);
}

/* ---- a sink that counts ---- */

void sink_gap(struct sink *sink, enum gap_kind kind, int64_t image, struct bytes detail)
{
	(void)sink;
	(void)image;
	(void)detail;
	if (kind == GAP_STUCK)
		stuck++;
	else
		other_gaps++;
}

void sink_access(struct sink *sink, const struct observation *observation)
{
	(void)sink;
	(void)observation;
}

void sink_connection(struct sink *sink, const struct connection *change)
{
	(void)sink;
	(void)change;
}

int64_t sink_time_ns(const struct sink *sink, int64_t time_ns)
{
	(void)sink;
	return time_ns;
}

void sink_image(struct sink *sink, const struct image *image)
{
	(void)sink;
	(void)image;
}

int64_t sink_now_ns(const struct sink *sink)
{
	(void)sink;
	return 0;
}

/* ---- the agent ---- */

static void on_signal(int signal)
{
	(void)signal;
	signalled = 1;
}

static void *no_work(void *unused)
{
	return unused;
}

static bool ends_well(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool executes(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	return ends_well(pid);
}

static bool has_threads(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, no_work, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

static bool stops(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return false;
	kill(pid, SIGCONT);
	return ends_well(pid);
}

/* Everything that stops a tracee; 0, or which of it went wrong. */
static int work(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	if (!signalled)
		return 1;
	if (access("/", F_OK) < 0 || access("/nothing/here", F_OK) == 0)
		return 2;
	if (!executes())
		return 3;
	if (!has_threads())
		return 4;
	return stops() ? 0 : 5;
}

/* ---- and the tracer ---- */

static void on_tick(int signal)
{
	(void)signal;
	ticked = 1;
}

static pid_t start_agent(const struct call_table *table)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) < 0 || trace_install_filter(table, 0) < 0)
			_exit(99);
		_exit(work());
	}
	if (pid > 0 && ptrace(PTRACE_SEIZE, pid, NULL, trace_seize_options) < 0)
		return -1;
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* In a process of its own: 0, or what went wrong. */
static int run_scenario(void)
{
	static struct call_table table;
	struct itimerval timer = { { 0, 100000 }, { 0, 100000 } };
	struct sigaction action = { .sa_handler = on_tick };
	struct trace_options options = {
		.table = &table, .timeout_ns = INT64_C(20000000000), .end = &never, .tick = &ticked
	};
	struct trace_result result = { 0 };
	struct error err = { 0 };
	pid_t pid;

	call_table_fill(&table);
	pid = start_agent(&table);
	if (pid < 0)
		return 98;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	if (trace_run(pid, &options, &result, &err) < 0)
		return 97;
	if (result.ended_by_us)
		return 96;
	if (!forgotten)
		return 95;
	if (stuck != 1 || other_gaps)
		return 94;
	return result.status;
}

static void goes_on(void **state)
{
	static const char *const meaning[] = {
		[94 - 94] = "one gap is expected",
		[95 - 94] = "nothing was forgotten",
		[96 - 94] = "it hung",
		[97 - 94] = "the tracer failed",
		[98 - 94] = "the agent could not start",
		[99 - 94] = "the filter failed",
	};
	pid_t pid[SCENARIOS];
	int status, bad = 0;

	(void)state;
	for (int i = 0; i < SCENARIOS; i++) {
		now = &scenario[i];
		pid[i] = fork();
		if (pid[i] == 0)
			_exit(run_scenario());
	}
	for (int i = 0; i < SCENARIOS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		bad += status != 0;
		if (status != 0)
			print_error("%s: status %d: %s\n", scenario[i].name, WEXITSTATUS(status),
				    WEXITSTATUS(status) >= 94 ? meaning[WEXITSTATUS(status) - 94]
							      : "the agent went wrong");
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest test[] = { cmocka_unit_test(goes_on) };

	return cmocka_run_group_tests(test, NULL, NULL);
}
