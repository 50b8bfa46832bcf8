#include "expect.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *exec_from_thread(void *unused)
{
	(void)unused;
	execl("/bin/sh", "sh", "-c", ": >by-thread", (char *)NULL);
	return NULL;
}

static void execs(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("./no-program", "no-program", (char *)NULL);
		_exit(1);
	}
	wait_for(pid);
	puts("program exec DIR/no-program absent");
	pid = fork();
	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, exec_from_thread, NULL);
		pause();
	}
	must(wait_for(pid) == 0, "exec from a thread");
	puts("file create DIR/by-thread ok");
	pid = fork();
	if (pid == 0) {
		int fd = open("/bin/sh", O_PATH | O_CLOEXEC);

		fexecve(fd, (char *[]){ "sh", "-c", ": >by-descriptor", NULL }, environ);
		_exit(1);
	}
	must(wait_for(pid) == 0, "fexecve");
	puts("file create DIR/by-descriptor ok");
}

static void signals(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	usleep(200000); /* until it is sleep */
	expect(kill(pid, SIGTERM), "process signal SLEEP");
	must(WTERMSIG(wait_for(pid)) == SIGTERM, "SIGTERM");
}

/* Calls that touch nothing of the child: it must be seen all the same. */
static int untraced_child(void *unused)
{
	(void)unused;
	return open("by-untraced", O_CREAT | O_WRONLY, 0600) < 0;
}

static void kernel(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(untraced_child, stack + sizeof stack, CLONE_UNTRACED | SIGCHLD, NULL);

	must(pid > 0 && wait_for(pid) == 0, "CLONE_UNTRACED");
	puts("file create DIR/by-untraced ok");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) < 0, "seccomp");
	puts("kernel use seccomp failed");
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	execs();
	signals();
	kernel();
	return 0;
}
