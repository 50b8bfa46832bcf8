#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* A child that sleeps in a program of its own, and dies of what it is sent. */
static pid_t sleeper(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	must(pipe2(ready, O_CLOEXEC) == 0, "pipe");
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 0, "its exec closes the pipe");
	close(ready[0]);
	return pid;
}

static void ends(pid_t pid, int signal)
{
	must(WTERMSIG(wait_for(pid)) == signal, "killed");
}

static void kills(void)
{
	siginfo_t info = { .si_signo = SIGTERM, .si_code = SI_QUEUE };
	pid_t pid = sleeper();

	must(kill(pid, 0) == 0, "signal 0");
	puts("not process signal SLEEP failed");
	expect_error(0, kill(pid, SIGTERM), "process signal SLEEP");
	ends(pid, SIGTERM);
	pid = sleeper();
	expect_error(0, kill(-pid, SIGTERM), "process signal process-group");
	ends(pid, SIGTERM);
	pid = sleeper();
	expect_error(0, syscall(SYS_tkill, pid, SIGTERM), "process signal SLEEP");
	ends(pid, SIGTERM);
	pid = sleeper();
	expect_error(0, syscall(SYS_tgkill, pid, pid, SIGTERM), "process signal SLEEP");
	ends(pid, SIGTERM);
	pid = sleeper();
	expect_error(0, sigqueue(pid, SIGTERM, (union sigval){ 0 }), "process signal SLEEP");
	ends(pid, SIGTERM);
	pid = sleeper();
	expect_error(0, syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGTERM, &info),
		     "process signal SLEEP");
	ends(pid, SIGTERM);
	expect_error(ESRCH, kill(pid, SIGTERM), "process signal unknown-process");
	must(signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0, "raise");
	must(kill(getpid(), SIGUSR1) == 0, "itself");
}

static void memory(void)
{
	char here[8], there[8] = "x";
	struct iovec local = { here, sizeof here }, remote = { there, sizeof there };
	pid_t pid = sleeper();
	ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	expect(got < 0 ? -1 : 0, "process trace SLEEP");
	expect(process_vm_writev(pid, &local, 1, &remote, 1, 0), "process trace SLEEP");
	must(process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 8, "itself");
	kill(pid, SIGKILL);
	ends(pid, SIGKILL);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	kills();
	memory();
	return 0;
}
