#include "recorder/tools/child.h"

#include "core/error.h"
#include "recorder/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those that stop and go on are for each process itself; faults are nobody else's. */
static const int kept_row[] = { SIGKILL, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGSEGV,
				SIGBUS,	 SIGFPE,  SIGILL,  SIGTRAP, SIGABRT, SIGSYS };

static void fill_taken(sigset_t *ret)
{
	sigfillset(ret);
	for (size_t i = 0; i < sizeof kept_row / sizeof *kept_row; i++)
		sigdelset(ret, kept_row[i]);
}

void child_take_signals(struct child *child)
{
	sigset_t taken;

	child->ignored = launch_ignored_signals();
	fill_taken(&taken);
	sigprocmask(SIG_BLOCK, &taken, &child->mask_before);
	signal(SIGCHLD, SIG_DFL); /* ignored, its end would not be told */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static void restore_signal(const struct child *child, int signal_number)
{
	bool ignored = child->ignored & UINT64_C(1) << (signal_number - 1);

	signal(signal_number, ignored ? SIG_IGN : SIG_DFL);
}

__attribute__((noreturn)) static void become_server(const struct child *child, const int in[2],
						    const int out[2], int report, pid_t parent)
{
	int code;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(125);
	restore_signal(child, SIGCHLD);
	restore_signal(child, SIGPIPE);
	restore_signal(child, SIGXFSZ);
	sigprocmask(SIG_SETMASK, &child->mask_before, NULL);
	if (dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0)
		execv(child->path, child->argv);
	code = errno;
	if (write(report, &code, sizeof code) < 0)
		_exit(125);
	_exit(126);
}

/* Pipes whose ends are none of the three standard descriptors, which might be closed. */
static int open_pipe(int ret[2])
{
	int end[2];

	if (pipe2(end, O_CLOEXEC) < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		ret[i] = fcntl(end[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		close(end[i]);
	}
	return ret[0] < 0 || ret[1] < 0 ? -EMFILE : 0;
}

/* 0 when it runs, else why not. */
static int read_report(int report, pid_t pid)
{
	int code = 0;

	if (read(report, &code, sizeof code) != (ssize_t)sizeof code)
		return 0;
	waitpid(pid, NULL, 0);
	return -code;
}

int child_start(struct child *child, struct error *err)
{
	int in[2], out[2], report[2], r = open_pipe(in);
	pid_t parent = getpid();

	r = r ? r : open_pipe(out);
	r = r ? r : open_pipe(report);
	if (r < 0)
		return error_set(err, -r, "start %s", child->path);
	child->pid = fork();
	if (child->pid == 0)
		become_server(child, in, out, report[1], parent);
	r = child->pid < 0 ? -errno : 0;
	close(in[0]);
	close(out[1]);
	close(report[1]);
	r = r ? r : read_report(report[0], child->pid);
	close(report[0]);
	child->to = in[1];
	child->from = out[0];
	return r < 0 ? error_set(err, -r, "execute %s", child->path) : 0;
}

/* What a terminal sends it sends to the whole group, and so to the server as well. */
static void pass_on(const struct child *child, const siginfo_t *info)
{
	if (info->si_code <= 0)
		kill(child->pid, info->si_signo);
}

int child_wait(const struct child *child)
{
	siginfo_t info;
	sigset_t taken;
	int status;

	fill_taken(&taken);
	for (;;) {
		pid_t ended = waitpid(child->pid, &status, WNOHANG);

		if (ended == child->pid)
			return status;
		if (ended < 0 && errno != EINTR)
			return 0;
		if (sigwaitinfo(&taken, &info) > 0 && info.si_signo != SIGCHLD)
			pass_on(child, &info);
	}
}

void child_end_like(int status)
{
	struct rlimit none = { 0, 0 };
	sigset_t all;

	if (WIFSIGNALED(status)) {
		setrlimit(RLIMIT_CORE, &none); /* it has left one already */
		signal(WTERMSIG(status), SIG_DFL);
		sigfillset(&all);
		sigprocmask(SIG_UNBLOCK, &all, NULL);
		raise(WTERMSIG(status));
	}
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 125);
}
