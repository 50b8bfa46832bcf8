#include "recorder/selftest/probe.h"

#include "core/error.h"
#include "recorder/calls/memory.h"
#include "recorder/obstacle.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child has it at the same address. */
static const char known[] = "pare reads this in its child";

/* A /proc of another PID namespace has other numbers: every look at the agent would miss. */
static int probe_proc(struct error *err)
{
	char number[32];
	ssize_t got = readlink("/proc/self", number, sizeof number - 1);

	if (got > 0) {
		number[got] = '\0';
		if (strtol(number, NULL, 10) == getpid())
			return 0;
	}
	return error_say(err, ENOENT,
			 "find the agent in /proc: %s; pare reads there what the agent has open; "
			 "mount it (bubblewrap: --proc /proc)",
			 got > 0 || access("/proc/version", F_OK) == 0
				 ? "it belongs to another PID namespace"
				 : "it is not mounted");
}

__attribute__((noreturn)) static void be_probed(int channel)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
	struct sock_fprog program = { 1, &allow };
	int code = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* Seized before it is filtered, as the agent is; a program that traces us would else be
	 * told of a filter that comes to nothing. */
	if (read(channel, &code, sizeof code) != sizeof code)
		_exit(1);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		code = errno;
	if (write(channel, &code, sizeof code) != sizeof code)
		_exit(1);
	for (;;)
		pause();
}

static int probe_call_info(pid_t pid, struct error *err)
{
	struct __ptrace_syscall_info info;
	struct utsname system;
	int status;

	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 || waitpid(pid, &status, __WALL) != pid ||
	    !WIFSTOPPED(status))
		return error_set(err, errno, "stop a child (PTRACE_INTERRUPT)");
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) > 0)
		return 0;
	uname(&system);
	return error_say(
		err, errno,
		"ask the kernel about a call (PTRACE_GET_SYSCALL_INFO): %s; it needs Linux "
		"5.3 or newer, unfiltered; this is %.64s",
		strerror(errno), system.release);
}

static int probe_memory(pid_t pid, struct error *err)
{
	char copy[sizeof known] = "";

	if (memory_read(pid, (uintptr_t)known, copy, sizeof copy) == 0 &&
	    !memcmp(copy, known, sizeof known))
		return 0;
	return error_say(err, EPERM,
			 "read the memory of a child: neither process_vm_readv nor /proc/PID/mem "
			 "works in this system or container, so names could not be read");
}

static int probe_filter(int channel, struct error *err)
{
	int code = 0;

	if (send(channel, &code, sizeof code, MSG_NOSIGNAL) != sizeof code ||
	    read(channel, &code, sizeof code) != sizeof code)
		code = EPIPE;
	return code ? obstacle_filter(code, err) : 0;
}

static int probe_child(pid_t pid, int channel, struct error *err)
{
	int r;

	if (ptrace(PTRACE_SEIZE, pid, 0, trace_seize_options) < 0)
		return obstacle_trace(pid, errno, err);
	r = probe_filter(channel, err);
	if (r == 0)
		r = probe_call_info(pid, err);
	return r < 0 ? r : probe_memory(pid, err);
}

int probe_system(struct error *err)
{
	int r = probe_proc(err), channel[2];
	pid_t pid;

	if (r < 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) < 0)
		return error_set(err, errno, "start a child");
	pid = fork();
	if (pid == 0)
		be_probed(channel[1]);
	close(channel[1]);
	r = pid < 0 ? error_set(err, errno, "start a child") : probe_child(pid, channel[0], err);
	close(channel[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	return r;
}
