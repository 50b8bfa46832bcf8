#include "expect.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <unistd.h>

/* Other processes by less usual ways, one's own threads, and facilities of the kernel. */

#define PROCESS_GROUP	 4	  /* PIDFD_SIGNAL_PROCESS_GROUP */
#define PIDFD_SELF	 (-10000) /* the calling thread */
#define CHECK_ONLY	 0x10000  /* AT_EXECVE_CHECK */
#define QUOTACTL_FD	 443
#define MEMFD_SECRET	 447
#define PROCESS_MRELEASE 448

/* A shell that waits, and has said so: when it is killed, nothing of it is under way. */
static pid_t waiter(void)
{
	int to[2], from[2];
	pid_t pid;
	char byte;

	must(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0, "pipe");
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		must(dup2(to[0], STDIN_FILENO) == 0 && dup2(from[1], STDOUT_FILENO) == 1, "dup2");
		execl("/bin/sh", "sh", "-c", "echo; read line", (char *)NULL);
		_exit(1);
	}
	close(to[0]), close(from[1]);
	must(read(from[0], &byte, 1) == 1, "its word");
	close(from[0]);
	return pid; /* to[1] stays open: the line does not come */
}

static int pidfd_of(pid_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	must(fd >= 0, "pidfd_open");
	return fd;
}

/* A folder of /proc stands for its process, too. */
static void by_folder(void)
{
	pid_t pid = waiter();
	char path[32];

	snprintf(path, sizeof path, "/proc/%d", pid);
	expect_error(0,
		     syscall(SYS_pidfd_send_signal, open(path, O_RDONLY | O_DIRECTORY), SIGKILL,
			     NULL, 0),
		     "process signal SH");
	must(WTERMSIG(wait_for(pid)) == SIGKILL, "killed");
	must(syscall(SYS_pidfd_send_signal, open("/proc/self", O_RDONLY | O_DIRECTORY), SIGCONT,
		     NULL, 0) == 0,
	     "itself");
	must(syscall(SYS_pidfd_send_signal, open("/proc/version", O_RDONLY), SIGKILL, NULL, 0) < 0,
	     "no process");
	must(syscall(SYS_pidfd_send_signal, -1, SIGKILL, NULL, 0) < 0, "no descriptor");
	syscall(SYS_pidfd_send_signal, PIDFD_SELF, SIGCONT, NULL, 0);
	puts("not process signal SELF ok\nnot process signal SELF failed");
	puts("not process signal unknown-process failed");
}

static void by_group(void)
{
	pid_t pid = waiter();

	expect(syscall(SYS_pidfd_send_signal, pidfd_of(pid), SIGCONT, NULL, PROCESS_GROUP),
	       "process signal process-group");
	must(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_for(pid)) == SIGKILL, "killed");
}

static void memory(void)
{
	pid_t pid = waiter();
	int pidfd = pidfd_of(pid);
	struct iovec range = { NULL, 4096 };

	expect(syscall(SYS_process_madvise, pidfd, &range, 1, MADV_COLD, 0), "process trace SH");
	expect_error(EINVAL, syscall(PROCESS_MRELEASE, pidfd, 0), "process signal SH");
	expect(syscall(SYS_kcmp, pid, getpid(), KCMP_VM, 0, 0), "process trace SH");
	expect(syscall(SYS_kcmp, getpid(), pid, 99, 0, 0), "process trace SH");
	expect_error(EINVAL, syscall(SYS_setns, pidfd, 1), "kernel use namespace");
	must(syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0) == 0, "itself");
	must(kill(pid, SIGKILL) == 0 && WTERMSIG(wait_for(pid)) == SIGKILL, "killed");
}

static pid_t other_thread;

static void *wait_in_thread(void *end)
{
	char byte;

	__atomic_store_n(&other_thread, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	must(read(*(int *)end, &byte, 1) == 0, "end");
	return NULL;
}

/* What one thread does to another of the same process is done to nobody else. */
static void threads(void)
{
	pthread_t thread;
	int ends[2];

	must(pipe(ends) == 0 && pthread_create(&thread, NULL, wait_in_thread, &ends[0]) == 0, "");
	while (!__atomic_load_n(&other_thread, __ATOMIC_ACQUIRE))
		usleep(1000);
	must(syscall(SYS_tkill, other_thread, SIGCONT) == 0, "tkill");
	must(syscall(SYS_kcmp, other_thread, getpid(), KCMP_VM, 0, 0) == 0, "kcmp");
	must(prlimit(other_thread, RLIMIT_CORE, NULL, NULL) == 0, "prlimit");
	puts("not process signal SELF ok\nnot process trace SELF ok");
	close(ends[1]);
	pthread_join(thread, NULL);
}

static void measures(void)
{
	struct perf_event_attr event = { .type = PERF_TYPE_SOFTWARE, .size = sizeof event };
	int folder = open("/proc", O_RDONLY | O_DIRECTORY);

	expect(syscall(SYS_perf_event_open, &event, folder, 0, -1, PERF_FLAG_PID_CGROUP),
	       "kernel use perf");
	puts("not process trace unknown-process failed\nnot process trace unknown-process denied");
}

static void clocks(void)
{
	struct timex ask = { .modes = 0 }, set = { .modes = 0x7fff0000 };

	must(adjtimex(&ask) >= 0, "adjtimex");
	ask.modes = ADJ_OFFSET_SS_READ;
	adjtimex(&ask);
	must(clock_adjtime(CLOCK_REALTIME, &(struct timex){ 0 }) >= 0, "clock_adjtime");
	fflush(stdout);
	puts("not kernel use clock ok");
	expect(clock_adjtime(CLOCK_MONOTONIC, &set), "kernel use clock");
	set.modes = ADJ_TICK;
	set.tick = 1;
	expect(adjtimex(&set), "kernel use clock");
}

/* What threads part with is no namespace. */
static void parts(void)
{
	must(unshare(CLONE_FS | CLONE_FILES) == 0 && unshare(0) == 0, "unshare");
	puts("not kernel use namespace ok");
	expect(unshare(CLONE_FS), "file create DIR/parted");
	must(creat("parted", 0600) >= 0, "parted");
	expect_error(EINVAL, unshare(CLONE_NEWUTS | 1), "kernel use namespace");
}

/* It is asked whether it could be executed: 0 does not mean that it was. */
static void checks(void)
{
	static char *const none[] = { NULL };
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC), made = creat("checked", 0700);

	if (syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH | CHECK_ONLY) < 0) {
		puts("skip AT_EXECVE_CHECK: this kernel lacks it");
		return;
	}
	close(made);
	expect_error(0, syscall(SYS_execveat, AT_FDCWD, "checked", none, none, CHECK_ONLY),
		     "file stat DIR/checked");
	puts("not program exec DIR/checked ok");
	must(creat("plain", 0600) >= 0, "plain");
	expect_error(EACCES, syscall(SYS_execveat, AT_FDCWD, "plain", none, none, CHECK_ONLY),
		     "file stat DIR/plain");
}

static void facilities(void)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = 1, .parent_fd = -1 };

	expect(syscall(SYS_landlock_add_rule, -1, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0),
	       "kernel use landlock");
	expect(syscall(MEMFD_SECRET, 1u << 30), "kernel use secret-memory");
	expect(syscall(QUOTACTL_FD, -1, 0, 0, NULL), "kernel use quota");
	expect(syscall(SYS_userfaultfd, 1u << 30), "kernel use userfaultfd");
	expect(syscall(SYS_acct, "no-accounting"), "file stat DIR/no-accounting");
	expect(syscall(SYS_swapoff, "no-swap"), "file stat DIR/no-swap");
	expect(syscall(SYS_open_by_handle_at, -1, NULL, 0), "kernel use file-handle");
	expect(syscall(SYS_keyctl, 5 /* set permissions */, 0x7fffffff, 0),
	       "as 0x5 kernel use keyring");
	expect(syscall(SYS_mq_open, "pare-others", O_RDONLY, 0, NULL),
	       "as pare-others kernel use mqueue");
	expect(syscall(SYS_mq_unlink, ""), "kernel use mqueue");
#ifdef SYS_msgget
	expect(syscall(SYS_msgget, 0x1234abce, 0), "as 0x1234abce kernel use sysv-msg");
	expect(syscall(SYS_semget, 0x1234abcf, 1, 0), "as 0x1234abcf kernel use sysv-sem");
#endif
}

int main(void)
{
	by_folder();
	by_group();
	apart(memory);
	threads();
	measures();
	apart(parts);
	apart(clocks);
	checks();
	facilities();
	return 0;
}
