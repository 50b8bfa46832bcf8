#include "recorder/launch.h"

#include "core/error.h"
#include "recorder/confine/wall.h"
#include "recorder/dryrun/dryrun.h"
#include "recorder/obstacle.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAPABILITY_SYS_ADMIN 21 /* capabilities(7) */

/* What the child says when it could not become the agent. */
struct report {
	int code;	/* errno */
	bool in_filter; /* while installing the filter, not in the exec */
};

static int is_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	return access(path, X_OK) < 0 ? -errno : 0;
}

/* Tries each folder of $PATH; EACCES is kept while a later one may still have it: execvp(3). */
static int search_path(const char *name, char **ret)
{
	const char *path = getenv("PATH");
	int kept = -ENOENT;

	if (!path)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t size = strcspn(path, ":");
		char *candidate = NULL;
		int r;

		if (asprintf(&candidate, "%.*s%s%s", (int)size, path, size ? "/" : "./", name) < 0)
			return -ENOMEM;
		r = is_executable(candidate);
		if (r == 0) {
			*ret = candidate;
			return 0;
		}
		free(candidate);
		if (r != -ENOENT && r != -ENOTDIR)
			kept = r;
		if (!path[size])
			return kept;
		path += size + 1;
	}
}

int launch_find(const char *name, char **ret_path, struct error *err)
{
	int r;

	if (strchr(name, '/')) {
		r = is_executable(name);
		if (r == 0) {
			*ret_path = strdup(name);
			r = *ret_path ? 0 : -ENOMEM;
		}
	} else {
		r = *name ? search_path(name, ret_path) : -ENOENT;
	}
	if (r == -ENOENT)
		return error_say(err, ENOENT, "find %s: no such program%s", name,
				 strchr(name, '/') ? "" : " in $PATH");
	return r < 0 ? error_set(err, -r, "execute %s", name) : 0;
}

bool launch_needs_no_new_privs(void)
{
	struct process_status own;

	process_status_read(&own, 0);
	return !(own.capability & 1ULL << CAPABILITY_SYS_ADMIN);
}

static void limit(int resource, int64_t value)
{
	struct rlimit limit = { (rlim_t)value, (rlim_t)value };

	if (value > 0)
		setrlimit(resource, &limit);
}

static void limit_files(const struct launch_limits *limits)
{
	struct rlimit now;

	if (!limits->files_by_tracer || getrlimit(RLIMIT_FSIZE, &now) < 0) {
		limit(RLIMIT_FSIZE, limits->file_bytes);
		return;
	}
	if (limits->file_bytes > 0 && (rlim_t)limits->file_bytes < now.rlim_cur)
		now.rlim_cur = (rlim_t)limits->file_bytes;
	setrlimit(RLIMIT_FSIZE, &now);
}

/* As the kernel has it: glibc's sigaction(2) refuses the two signals that it uses itself, which a
 * parent may ignore all the same. */
struct disposition {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

enum { SIGNALS = 64 };

uint64_t launch_ignored_signals(void)
{
	uint64_t ignored = 0;

	for (int signal = 1; signal <= SIGNALS; signal++) {
		struct disposition now = { 0 };

		if (syscall(SYS_rt_sigaction, signal, NULL, &now, sizeof now.mask) == 0 &&
		    now.handler == SIG_IGN)
			ignored |= UINT64_C(1) << (signal - 1);
	}
	return ignored;
}

static void restore_signals(const struct launch *launch)
{
	for (int signal = 1; signal <= SIGNALS; signal++) {
		bool ignored = launch->ignored & UINT64_C(1) << (signal - 1);
		struct disposition before = { .handler = ignored ? SIG_IGN : SIG_DFL };

		/* SIGKILL and SIGSTOP are refused, and are as they always are. */
		syscall(SYS_rt_sigaction, signal, &before, NULL, sizeof before.mask);
	}
	sigprocmask(SIG_SETMASK, &launch->mask_before, NULL);
}

/* A text file without "#!" is a shell script: execvp(3). */
static void run_as_script(const struct launch *launch)
{
	size_t count = 0;
	const char **argv;

	while (launch->argv[count])
		count++;
	argv = calloc(count + 2, sizeof *argv);
	if (!argv)
		return;
	argv[0] = "sh";
	argv[1] = launch->path;
	for (size_t i = 1; i < count; i++)
		argv[i + 1] = launch->argv[i];
	execv("/bin/sh", (char *const *)argv);
}

__attribute__((noreturn)) static void become_agent(const struct launch *launch, int go, int out)
{
	struct report report = { 0 };
	char seized;

	/* Nothing is filtered before somebody follows: without a tracer calls would fail. */
	if (read(go, &seized, 1) != 1)
		_exit(125);
	restore_signals(launch);
	limit(RLIMIT_NPROC, launch->limits.processes);
	limit(RLIMIT_AS, launch->limits.memory_bytes);
	limit_files(&launch->limits);
	if (launch->wall && wall_enter(launch->wall) < 0)
		_exit(125);
	report.code = -trace_install_filter(launch->table, launch->trusted);
	report.in_filter = report.code != 0;
	if (report.code == 0) {
		execv(launch->path, launch->argv);
		if (errno == ENOEXEC)
			run_as_script(launch);
		report.code = errno;
	}
	if (write(out, &report, sizeof report) < 0)
		_exit(125);
	_exit(126);
}

void launch_become(void *context, uint64_t trusted, int go, int out)
{
	struct launch launch = *(const struct launch *)context;

	launch.trusted = trusted;
	become_agent(&launch, go, out);
}

/* The agent's first process: its number, or -errno. */
static pid_t make_first(struct launch *launch, int go, int out, struct error *err)
{
	pid_t pid;

	if (launch->dryrun)
		return dryrun_start(launch->dryrun, launch->trusted, go, out, err);
	pid = fork();
	if (pid == 0)
		become_agent(launch, go, out);
	return pid < 0 ? error_set(err, errno, "start the agent") : pid;
}

static int seize(struct launch *launch, int go, struct error *err)
{
	if (ptrace(PTRACE_SEIZE, launch->pid, 0, trace_seize_options) < 0) {
		int r = obstacle_trace(launch->pid, errno, err);

		kill(launch->pid, SIGKILL);
		waitpid(launch->pid, NULL, 0);
		return r;
	}
	if (write(go, "!", 1) != 1)
		return error_set(err, errno, "start the agent");
	return 0;
}

int launch_start(struct launch *launch, struct error *err)
{
	int go[2], out[2], r;

	if (pipe2(go, O_CLOEXEC) < 0)
		return error_set(err, errno, "start the agent");
	if (pipe2(out, O_CLOEXEC) < 0) {
		r = error_set(err, errno, "start the agent");
		close(go[0]);
		close(go[1]);
		return r;
	}
	launch->pid = make_first(launch, go[0], out[1], err);
	r = launch->pid < 0 ? launch->pid : seize(launch, go[1], err);
	close(go[0]);
	close(go[1]);
	close(out[1]);
	launch->report = out[0];
	return r;
}

int launch_failure(struct launch *launch, bool *ret_in_filter)
{
	struct report report = { 0 };
	ssize_t got = read(launch->report, &report, sizeof report);

	close(launch->report);
	*ret_in_filter = report.in_filter;
	return got == (ssize_t)sizeof report ? -report.code : 0;
}
