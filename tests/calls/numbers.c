#include "expect.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* Processes that count in a PID namespace of their own: their numbers are others' outside. */

static int enter_namespace(void)
{
	return unshare(CLONE_NEWPID | (geteuid() ? CLONE_NEWUSER : 0));
}

static void copy_sleep(const char *name)
{
	int from = open("/bin/sleep", O_RDONLY), to = open(name, O_WRONLY | O_CREAT, 0700);

	must(from >= 0 && sendfile(to, from, NULL, 1 << 30) > 0, name);
	close(from), close(to);
}

/* A child that executes a copy of sleep, and is in a namespace below when `below`. */
static pid_t sleeper(const char *name, int below)
{
	int ready[2];
	pid_t pid;
	char byte;

	copy_sleep(name);
	must(pipe2(ready, O_CLOEXEC) == 0, "pipe");
	pid = below ? (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0) : fork();
	if (pid == 0) {
		execl(name, "sleep", "60", (char *)NULL);
		_exit(1);
	}
	must(pid > 0, "sleeper");
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 0, "its exec closes the pipe");
	close(ready[0]);
	return pid;
}

static void ends(pid_t pid)
{
	must(WTERMSIG(wait_for(pid)) == SIGKILL, "killed");
}

static void kills(void)
{
	siginfo_t info = { .si_signo = SIGKILL, .si_code = SI_QUEUE };
	pid_t pid = sleeper("a", 0);

	expect_error(0, kill(pid, SIGKILL), "process signal DIR/a");
	ends(pid);
	expect_error(ESRCH, kill(pid, SIGTERM), "process signal unknown-process");
	pid = sleeper("b", 0);
	expect_error(0, syscall(SYS_tkill, pid, SIGKILL), "process signal DIR/b");
	ends(pid);
	pid = sleeper("c", 0);
	expect_error(0, syscall(SYS_tgkill, pid, pid, SIGKILL), "process signal DIR/c");
	ends(pid);
	pid = sleeper("d", 0);
	expect_error(0, syscall(SYS_rt_sigqueueinfo, pid, SIGKILL, &info), "process signal DIR/d");
	ends(pid);
	pid = sleeper("e", 1);
	expect_error(0, kill(pid, SIGKILL), "process signal DIR/e");
	ends(pid);
	must(kill(getpid(), 99) < 0 && errno == EINVAL, "itself");
	puts("not process signal SELF failed");
}

static void groups(void)
{
	pid_t pid = sleeper("f", 0);

	expect_error(0, kill(0, SIGCONT), "process signal process-group");
	expect_error(ESRCH, kill(-pid, SIGCONT), "process signal process-group");
	expect_error(0, kill(-1, SIGKILL), "process signal every-process");
	ends(pid);
}

static void memory(void)
{
	char here[8], there[8] = "x";
	struct iovec local = { here, sizeof here }, remote = { there, sizeof there };
	pid_t pid = sleeper("g", 0);
	ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	expect(got < 0 ? -1 : 0, "process trace DIR/g");
	must(process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 8, "itself");
	kill(pid, SIGKILL), ends(pid);
}

static void descriptors(void)
{
	pid_t pid = sleeper("h", 0);
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	must(pidfd >= 0, "pidfd_open");
	expect_error(0, syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0),
		     "process signal DIR/h");
	ends(pid);
	expect_error(ESRCH, syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0),
		     "process signal unknown-process");
}

static void *thread_of_another(void *told)
{
	pid_t tid = (pid_t)syscall(SYS_gettid);

	must(write(*(int *)told, &tid, sizeof tid) == sizeof tid, "tell");
	pause();
	return NULL;
}

/* A signal to a thread that is not the first of its process. */
static void threads(void)
{
	pid_t pid, tid;
	int told[2];

	must(pipe(told) == 0, "pipe");
	pid = fork();
	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, thread_of_another, &told[1]);
		pause();
	}
	must(read(told[0], &tid, sizeof tid) == sizeof tid && tid != pid, "thread");
	expect_error(0, syscall(SYS_tkill, tid, SIGKILL), "process signal SELF");
	ends(pid);
}

static void as_first(void)
{
	pid_t pid;

	must(enter_namespace() == 0, "CLONE_NEWPID");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		must(getpid() == 1, "a namespace of its own");
		kills(), groups(), memory(), descriptors(), threads();
		fflush(stdout);
		_exit(0);
	}
	must(wait_for(pid) == 0, "in the namespace");
}

int main(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(enter_namespace() < 0);
	if (wait_for(pid) != 0) {
		puts("skip PID namespaces: no privilege and no user namespaces");
		return 0;
	}
	apart(as_first);
	return 0;
}
