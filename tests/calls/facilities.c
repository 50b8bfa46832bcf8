#include "expect.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kcmp.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void system_v(void)
{
	int shm = shmget(IPC_PRIVATE, 4096, 0600), sem = semget(IPC_PRIVATE, 1, 0600);
	int msg = msgget(IPC_PRIVATE, 0600);

	expect(shm, "as 0 kernel use sysv-shm");
	expect(sem, "as 0 kernel use sysv-sem");
	expect(msg, "as 0 kernel use sysv-msg");
	expect(shmget(0x1234abcd, 1, 0), "as 0x1234abcd kernel use sysv-shm");
	expect(shmdt(shmat(shm, NULL, 0)), "as sysv-shm kernel use sysv-shm");
	shmctl(shm, IPC_RMID, NULL);
	semctl(sem, 0, IPC_RMID);
	msgctl(msg, IPC_RMID, NULL);
}

static void posix(void)
{
	int shm = shm_open("/pare-calls", O_RDWR | O_CREAT, 0600);

	expect(shm, "file create /dev/shm/pare-calls");
	expect(shm_unlink("/pare-calls"), "file delete /dev/shm/pare-calls");
	expect(mq_open("/pare-calls", O_RDWR | O_CREAT, 0600, NULL),
	       "as pare-calls kernel use mqueue");
	expect(mq_unlink("/pare-calls"), "as pare-calls kernel use mqueue");
	expect(mq_unlink("/pare-none"), "as pare-none kernel use mqueue");
}

static void keys(void)
{
	expect(syscall(SYS_add_key, "user", "pare:test", "value", 5, -2 /* process keyring */),
	       "as user:pare:test kernel use keyring");
	expect(syscall(SYS_request_key, "user", "pare:none", NULL, -2),
	       "as user:pare:none kernel use keyring");
	expect(syscall(SYS_keyctl, 11 /* read */, 0, NULL, 0, 0), "as 0xb kernel use keyring");
}

static void others(void)
{
	union bpf_attr pin = { .pathname = (uintptr_t) "no-pin" };
	struct perf_event_attr event = { .type = PERF_TYPE_SOFTWARE, .size = sizeof event };

	expect(syscall(SYS_bpf, BPF_OBJ_GET, &pin, sizeof pin), "kernel use bpf");
	printf("file read DIR/no-pin %s\n", errno == ENOENT ? "absent" : "denied");
	expect(syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION),
	       "kernel use landlock");
	/* Without privilege pare needs it for its filter, and landlock's answer depends on it. */
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
	expect(syscall(SYS_landlock_restrict_self, -1, 0), "kernel use landlock");
	expect(syscall(SYS_memfd_secret, 0), "kernel use secret-memory");
	expect(syscall(SYS_perf_event_open, &event, 0, -1, -1, 0), "kernel use perf");
}

static pid_t start_sleep(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	usleep(200000); /* until it is sleep */
	return pid;
}

static void processes(void)
{
	pid_t pid = start_sleep();
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct perf_event_attr event = { .type = PERF_TYPE_SOFTWARE, .size = sizeof event };

	must(pidfd >= 0, "pidfd_open");
	expect(syscall(SYS_kcmp, getpid(), pid, KCMP_FILES, 0, 0), "process trace SLEEP");
	expect(syscall(SYS_perf_event_open, &event, pid, -1, -1, 0), "process trace SLEEP");
	expect(prlimit(pid, RLIMIT_CORE, NULL, &(struct rlimit){ 0 }), "process trace SLEEP");
	expect(syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0), "process signal SLEEP");
	must(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static int touch(const char *name)
{
	return close(open(name, O_CREAT | O_WRONLY, 0600));
}

/* The structure lies in memory that may be read only, and must be as it was afterwards. */
static void untraced(void)
{
	static const struct clone_args constant = { .flags = CLONE_UNTRACED,
						    .exit_signal = SIGCHLD };
	struct clone_args arguments = constant;
	pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);

	if (pid == 0)
		_exit(touch("by-clone3") != 0);
	must(pid > 0 && arguments.flags == CLONE_UNTRACED, "clone3");
	puts("file create DIR/by-clone3 ok\nkernel use untraced-clone ok");
	waitpid(pid, NULL, 0);
	pid = (pid_t)syscall(SYS_clone3, &constant, sizeof constant);
	if (pid == 0)
		_exit(touch("by-constant") != 0);
	must(pid > 0 && constant.flags == CLONE_UNTRACED, "clone3 of constant memory");
	puts("file create DIR/by-constant ok");
	waitpid(pid, NULL, 0);
}

static void namespaces(void)
{
	struct clone_args arguments = { .flags = CLONE_NEWUTS, .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);

	if (pid == 0)
		_exit(0);
	expect(pid, "kernel use namespace");
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWIPC | SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(0);
	expect(pid, "kernel use namespace");
	while (wait(NULL) > 0)
		;
}

/* Who listens is the program behind a unix socket; who connects is its peer. */
static void peers(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "peer.sock" };
	int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
	char program[4096] = "";

	must(readlink("/proc/self/exe", program, sizeof program - 1) > 0, "exe");
	must(bind(server, (void *)&address, sizeof address) == 0, "bind");
	expect(listen(server, 1), "with nobody socket accept DIR/peer.sock");
	expect(connect(client, (void *)&address, sizeof address),
	       "with %s socket connect DIR/peer.sock", program);
	expect(accept(server, NULL, NULL), "with %s socket accept DIR/peer.sock", program);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	system_v();
	posix();
	keys();
	others();
	processes();
	untraced();
	namespaces();
	peers();
	return 0;
}
