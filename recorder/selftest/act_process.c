/* Processes, threads and what they execute; each makes a folder or a file to be known by. */
#include "recorder/selftest/checks.h"

#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define X32_BIT	    0x40000000
#define I386_MKDIR  39 /* arch/x86/entry/syscalls/syscall_32.tbl */
#define NO_ADDRESS  ((void *)-1)
#define SIGNAL_GONE SIGTERM

int act_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(mkdir("by-fork", 0700) < 0 ? errno : 0);
	return act_wait(pid);
}

int act_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		_exit(syscall(SYS_mkdir, "by-vfork", 0700) < 0 ? errno : 0);
	return act_wait(pid);
}

static void *make_folder(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)act_result(mkdir("by-thread", 0700));
}

int act_thread(void)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, make_folder, NULL))
		return ACT_NOT_HERE;
	pthread_join(thread, &result);
	return (int)(intptr_t)result;
}

int act_untraced(void)
{
	/* Without a stack of its own it is a fork: clone(2). */
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(syscall(SYS_mkdir, "by-untraced", 0700) < 0 ? errno : 0);
	return act_wait(pid);
}

int act_untraced_clone3(void)
{
	struct clone_args args = { .flags = CLONE_UNTRACED, .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);

	if (pid == 0)
		_exit(syscall(SYS_mkdir, "by-clone3", 0700) < 0 ? errno : 0);
	return act_wait(pid); /* an older kernel does not have it: not here */
}

/* Where the kernel has no 32-bit calls the instruction is a fault, so a child makes it; its name
 * must stand below 4 GiB. */
int act_i386(void)
{
	char *name = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int status;
	pid_t pid;

	if (name == NO_ADDRESS)
		return ACT_NOT_HERE;
	memcpy(name, "by-i386", sizeof "by-i386");
	pid = fork();
	if (pid == 0) {
		long result = I386_MKDIR;

		__asm__ volatile("int $0x80"
				 : "+a"(result)
				 : "b"(name), "c"(0700L)
				 : "memory", "r8", "r9", "r10", "r11");
		_exit(-(int)result);
	}
	munmap(name, 4096);
	if (pid < 0)
		return ACT_NOT_HERE;
	if (waitpid(pid, &status, 0) != pid)
		return -ECHILD;
	return WIFSIGNALED(status) ? ACT_NOT_HERE : -WEXITSTATUS(status);
}

int act_x32(void)
{
	return act_result(syscall(SYS_mkdir | X32_BIT, "by-x32", 0700));
}

/* Ends the process with errno when the exec fails. */
static void execute(const char *path, const char *name)
{
	execl(path, path, "self-test", name, (char *)NULL);
	_exit(errno);
}

int act_exec(void)
{
	pid_t pid = fork();

	if (pid == 0)
		execute("./tool", "exec");
	return act_wait(pid);
}

static void *execute_in_thread(void *unused)
{
	(void)unused;
	execute("./tool", "exec-thread");
	return NULL;
}

int act_exec_thread(void)
{
	pthread_t thread;
	pid_t pid = fork();

	if (pid == 0) {
		if (pthread_create(&thread, NULL, execute_in_thread, NULL))
			_exit(EAGAIN);
		for (;;)
			pause();
	}
	return act_wait(pid);
}

int act_exec_script(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("./hashbang", "./hashbang", (char *)NULL);
		_exit(errno);
	}
	return act_wait(pid);
}

int act_exec_absent(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("./no-such", "no-such", (char *)NULL);
		_exit(errno);
	}
	return act_wait(pid);
}

int act_exec_denied(void)
{
	return act_result(execl("./plain", "plain", (char *)NULL));
}

int act_kill(void)
{
	int r, status;
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	if (pid < 0)
		return ACT_NOT_HERE;
	r = act_result(kill(pid, SIGNAL_GONE));
	if (r < 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return r;
}

int act_trace_me(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0);
	return act_wait(pid);
}
