#include "expect.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

/* Calls that signals interrupt: seen once when they are made again, and seen when they are not. */

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
	(void)signal;
	ticks++;
}

static void handle(int signal, int flags)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = flags };

	sigaction(signal, &action, NULL);
}

static void every(long microseconds)
{
	struct itimerval timer = { { 0, microseconds }, { 0, microseconds } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void storm(void)
{
	char name[32];

	handle(SIGALRM, SA_RESTART);
	every(200); /* 5 kHz */
	for (int i = 0; i < 60; i++) {
		int fd;

		snprintf(name, sizeof name, "storm-%d", i);
		fd = open(name, O_CREAT | O_WRONLY, 0600);
		printf("file create DIR/%s", name);
		expect(fd, "%s", "");
		must(rename(name, "storm-new") == 0, name);
		if (i % 10 == 0) {
			pid_t pid = vfork();

			if (pid == 0)
				_exit(0);
			wait_for(pid);
		}
	}
	every(0);
	puts("file create DIR/storm-new ok");
}

static void *open_later(void *unused)
{
	(void)unused;
	usleep(30000);
	must(open("pipe", O_RDONLY | O_NONBLOCK) >= 0, "reader");
	return NULL;
}

/* A FIFO that nobody reads makes open wait, and the timer makes it start anew. */
static void restarted(void)
{
	pthread_t thread;

	must(mkfifo("pipe", 0600) == 0, "pipe");
	must(pthread_create(&thread, NULL, open_later, NULL) == 0, "thread");
	handle(SIGALRM, SA_RESTART);
	every(5000);
	expect_error(0, open("pipe", O_WRONLY), "file write DIR/pipe");
	every(0);
	pthread_join(thread, NULL);
	puts("file read DIR/pipe ok\nnot file write DIR/pipe unknown");
	puts("not file write DIR/pipe failed");
}

/* Without SA_RESTART it ends with EINTR. */
static void interrupted(void)
{
	must(mkfifo("pipe2", 0600) == 0, "pipe2");
	handle(SIGALRM, 0);
	every(5000);
	expect_error(EINTR, open("pipe2", O_WRONLY), "file write DIR/pipe2");
	every(0);
}

static void interrupted_connect(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "full.sock" };
	int server = socket(AF_UNIX, SOCK_STREAM, 0), fd = -1;

	must(bind(server, (void *)&address, sizeof address) == 0 && listen(server, 0) == 0, "full");
	handle(SIGALRM, 0);
	every(5000);
	for (int i = 0; i < 8; i++) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (void *)&address, sizeof address) < 0)
			break;
	}
	must(errno == EINTR, "EINTR");
	every(0);
	puts("socket connect DIR/full.sock ok"); /* it may be under way */
}

int main(void)
{
	storm();
	restarted();
	interrupted();
	interrupted_connect();
	return 0;
}
