#include "expect.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls that never end, because their process is killed in them. */

static struct sockaddr_un here(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
	return address;
}

/* The queue of who waits to be accepted is full. */
static void connect_full(void)
{
	struct sockaddr_un address = here("full.sock");

	connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof address);
}

/* Which of the FIFOs is opened. */
static char fifo[16];

static void open_relative(void)
{
	open(fifo, O_RDONLY);
}

static void open_below(void)
{
	openat(open("below", O_PATH), fifo, O_WRONLY);
}

static void open_in_other_root(void)
{
	must(chroot("below") == 0, "chroot");
	open("/root", O_RDONLY);
}

static void *open_in_thread(void *unused)
{
	(void)unused;
	open("thread", O_RDONLY);
	return NULL;
}

/* An exec ends the thread that is stuck. */
static void exec_beside(void)
{
	pthread_t thread;

	must(pthread_create(&thread, NULL, open_in_thread, NULL) == 0, "thread");
	usleep(20000);
	execl("/bin/sleep", "sleep", "0", (char *)NULL);
	must(0, "exec");
}

static void send_full(void)
{
	struct sockaddr_un address = here("slow.sock");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	for (;;)
		sendto(fd, "x", 1, 0, (void *)&address, sizeof address);
}

static char state_of(pid_t pid)
{
	char path[32], state = '?';
	FILE *stat;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	stat = fopen(path, "r");
	must(stat && fscanf(stat, "%*d (%*[^)]) %c", &state) == 1, path);
	fclose(stat);
	return state;
}

/* Kills a child as soon as it sleeps. */
static void kill_in(void (*work)(void))
{
	pid_t pid;
	int asleep = 0;

	fflush(stdout);
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		work();
		_exit(0);
	}
	for (int i = 0; i < 5000 && asleep < 3; i++) {
		usleep(1000);
		asleep = state_of(pid) == 'S' ? asleep + 1 : 0;
	}
	must(asleep == 3, "asleep");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Again and again: what a tracer looks at from time to time it may see by chance. */
static void kill_in_opens(void)
{
	for (int i = 0; i < 5; i++) {
		snprintf(fifo, sizeof fifo, "fifo-%d", i);
		must(mkfifo(fifo, 0600) == 0, "mkfifo");
		kill_in(open_relative);
		printf("file read DIR/%s unknown\n", fifo);
		snprintf(fifo, sizeof fifo, "other-%d", i);
		must(mkfifoat(open("below", O_PATH), fifo, 0600) == 0, "mkfifoat");
		kill_in(open_below);
		printf("file write DIR/below/%s unknown\n", fifo);
	}
}

int main(void)
{
	struct sockaddr_un full = here("full.sock"), slow = here("slow.sock");
	int server = socket(AF_UNIX, SOCK_STREAM, 0), datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);

	must(bind(server, (void *)&full, sizeof full) == 0 && listen(server, 0) == 0, "listen");
	must(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&full, sizeof full) == 0, "fill");
	must(bind(datagrams, (void *)&slow, sizeof slow) == 0 && mkdir("below", 0700) == 0 &&
		     mkfifo("below/root", 0600) == 0 && mkfifo("thread", 0600) == 0,
	     "bind");
	kill_in(connect_full);
	puts("socket connect DIR/full.sock unknown");
	kill_in(send_full);
	puts("socket send DIR/slow.sock unknown");
	kill_in_opens();
	apart(exec_beside);
	puts("file read DIR/thread unknown");
	if (geteuid() != 0) {
		puts("skip a root of its own: needs root");
		return 0;
	}
	kill_in(open_in_other_root);
	puts("file read DIR/below/root unknown");
	return 0;
}
