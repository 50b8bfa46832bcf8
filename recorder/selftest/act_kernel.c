/* Facilities of the kernel that recording has to answer itself, or can only count. */
#include "recorder/selftest/checks.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NO_SUCH_CALL 9999

int act_io_uring(void)
{
	struct io_uring_params parameters = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 1, &parameters);

	if (fd >= 0)
		close(fd);
	return act_result(fd);
}

int act_filter(void)
{
	struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW };
	struct sock_fprog program = { 1, &allow };
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 ? errno : 0);
	}
	return act_wait(pid);
}

int act_unknown_call(void)
{
	return act_result(syscall(NO_SUCH_CALL));
}
