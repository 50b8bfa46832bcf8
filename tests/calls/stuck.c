#include "expect.h"

#include <fcntl.h>
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

static void open_fifo(void)
{
	open("fifo", O_RDONLY);
}

static void send_full(void)
{
	struct sockaddr_un address = here("slow.sock");
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	for (;;)
		sendto(fd, "x", 1, 0, (void *)&address, sizeof address);
}

static void kill_in(void (*work)(void))
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		work();
		_exit(0);
	}
	usleep(300000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	struct sockaddr_un full = here("full.sock"), slow = here("slow.sock");
	int server = socket(AF_UNIX, SOCK_STREAM, 0), datagrams = socket(AF_UNIX, SOCK_DGRAM, 0);

	must(bind(server, (void *)&full, sizeof full) == 0 && listen(server, 0) == 0, "listen");
	must(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&full, sizeof full) == 0, "fill");
	must(bind(datagrams, (void *)&slow, sizeof slow) == 0 && mkfifo("fifo", 0600) == 0, "bind");
	kill_in(connect_full);
	puts("socket connect DIR/full.sock unknown");
	kill_in(send_full);
	puts("socket send DIR/slow.sock unknown");
	kill_in(open_fifo);
	puts("file read DIR/fifo unknown");
	expect(unlink("fifo"), "file delete DIR/fifo");
	return 0;
}
