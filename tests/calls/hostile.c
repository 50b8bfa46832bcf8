/* What nobody writes by accident: registers with dirt in them, a descriptor that a second thread
 * closes, a first thread that is gone, folders that were deleted, roots that change. */
#include "expect.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRT  0xabc00000000UL /* in the half of a register that an int does not use */
#define RACES 300

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

/* A copy that ends where the memory of the process ends. */
static void *at_the_end(const void *data, size_t size)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);

	must(page != MAP_FAILED && munmap(page + 4096, 4096) == 0, "mmap");
	return memcpy(page + 4096 - size, data, size);
}

static void dirty_registers(void)
{
	struct sockaddr_in address = loopback(9);
	struct iovec byte = { "x", 1 };
	struct mmsghdr message = { 0 };
	int stream = socket(AF_INET, SOCK_STREAM, 0), datagram = socket(AF_INET, SOCK_DGRAM, 0);
	long r = syscall(SYS_connect, stream, at_the_end(&address, sizeof address),
			 sizeof address | DIRT);

	expect(r, "host connect tcp/127.0.0.1:9");
	address = loopback(11);
	message.msg_hdr.msg_name = &address;
	message.msg_hdr.msg_namelen = sizeof address;
	message.msg_hdr.msg_iov = &byte;
	message.msg_hdr.msg_iovlen = 1;
	r = syscall(SYS_sendmmsg, datagram, at_the_end(&message, sizeof message), 1 | DIRT, 0);
	expect(r, "host send udp/127.0.0.1:11");
}

static void no_names(void)
{
	rename("no-file", "");
	puts("not file create  absent");
	execv("", (char *[]){ "", NULL });
	puts("not program exec  absent");
}

static void nothing(int signal)
{
	(void)signal;
}

/* An address of 127.0.0.`host` at which a connection waits for ever. */
static struct sockaddr_in full_queue(uint32_t host)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof address;
	int server = socket(AF_INET, SOCK_STREAM, 0);

	must(bind(server, (void *)&address, size) == 0 && listen(server, 0) == 0, "listen");
	getsockname(server, (void *)&address, &size);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	for (int i = 0; i < 3; i++) /* nobody accepts */
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&address, size);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
	return address;
}

/* It goes on by itself: connect(2), EINTR. */
static void interrupted(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval soon = { .it_value.tv_usec = 100000 };
	struct sockaddr_in address = full_queue(1);

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	must(connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address) < 0,
	     "connect");
	must(errno == EINTR, "interrupted");
	printf("host connect tcp/127.0.0.1:%d ok\n", ntohs(address.sin_port));
}

static void killed_by(int signal, uint32_t host)
{
	struct sockaddr_in address = full_queue(host);
	pid_t pid = fork();

	if (pid == 0) {
		connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address);
		_exit(0);
	}
	usleep(100000);
	kill(pid, signal);
	waitpid(pid, NULL, 0);
	printf("host connect tcp/127.0.0.%u:%d unknown\n", host, ntohs(address.sin_port));
}

static void *close_again(void *argument)
{
	int *descriptor = argument;

	while (*(volatile int *)descriptor >= 0)
		close(*descriptor);
	return NULL;
}

/* Closed before anybody can ask what the descriptor stood for. */
static void closed_at_once(void)
{
	int descriptor = open("/dev/null", O_RDONLY);
	char name[32];
	pthread_t thread;

	close(descriptor);
	must(pthread_create(&thread, NULL, close_again, &descriptor) == 0, "pthread_create");
	for (int i = 0; i < RACES; i++) {
		snprintf(name, sizeof name, "raced-%d", i);
		expect(open(name, O_WRONLY | O_CREAT, 0600), "file create DIR/%s", name);
		expect(open(name, O_RDONLY), "file read DIR/%s", name);
	}
	descriptor = -1;
	pthread_join(thread, NULL);
}

static void *connect_alone(void *main_thread)
{
	struct sockaddr_in address = loopback(13);

	pthread_join(*(pthread_t *)main_thread, NULL);
	connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof address);
	_exit(0);
}

/* The first thread has ended; the process has not. */
static void without_first_thread(void)
{
	static pthread_t first;
	pthread_t second;
	pid_t pid = fork();

	if (pid == 0) {
		first = pthread_self();
		pthread_create(&second, NULL, connect_alone, &first);
		pthread_exit(NULL);
	}
	waitpid(pid, NULL, 0);
	puts("host connect tcp/127.0.0.1:13 failed");
}

static void deleted_folder(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		must(mkdir("gone", 0700) == 0 && chdir("gone") == 0, "gone");
		must(rmdir("../gone") == 0, "rmdir");
		open("below", O_RDONLY);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	puts("file read DIR/gone/below absent");
}

static void other_root(void)
{
	char *root = realpath(".", NULL);
	pid_t pid = fork();

	if (pid == 0)
		_exit((geteuid() == 0 || unshare(CLONE_NEWUSER) == 0) && chroot(root) == 0);
	must(root && waitpid(pid, &(int){ 0 }, 0) == pid, "chroot");
	puts("file stat DIR ok\nnot file stat DIRDIR ok");
	free(root);
}

/* Not in the file system, though the kernel gives it a name that looks so: memfd_create(2). */
static void no_file(void)
{
	int fd = memfd_create("box", 0);

	must(fd >= 0 && ftruncate(fd, 4096) == 0, "memfd_create");
	must(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED, "mmap");
	puts("not file write /memfd:box ok\nnot file map /memfd:box ok");
}

int main(void)
{
	dirty_registers();
	no_names();
	interrupted();
	killed_by(SIGTERM, 3);
	killed_by(SIGKILL, 4);
	closed_at_once();
	without_first_thread();
	deleted_folder();
	other_root();
	no_file();
	return 0;
}
