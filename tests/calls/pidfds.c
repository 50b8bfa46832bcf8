#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

static pid_t sleeper(void)
{
	int ready[2];
	pid_t pid;
	char byte;

	must(pipe2(ready, O_CLOEXEC) == 0, "pipe");
	pid = fork();
	if (pid == 0) {
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	close(ready[1]);
	must(read(ready[0], &byte, 1) == 0, "its exec closes the pipe");
	close(ready[0]);
	return pid;
}

int main(void)
{
	pid_t pid = sleeper();
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	must(pidfd >= 0, "pidfd_open");
	expect(syscall(SYS_pidfd_getfd, pidfd, 0, 0), "process trace SLEEP");
	expect_error(0, syscall(SYS_pidfd_send_signal, pidfd, SIGUSR2, NULL, 0),
		     "process signal SLEEP");
	must(WTERMSIG(wait_for(pid)) == SIGUSR2, "SIGUSR2");
	return 0;
}
