#include "expect.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

/* Files that another process lets others open, or not: fanotify(7).  Before it answers, it makes
 * calls of its own; a recorder that read a program's first bytes would wait for ever. */

/* The one is logged, the other stops in either way. */
static void work_before_answer(void)
{
	int fd = open("answered", O_RDONLY);

	must(fd >= 0 && close(fd) == 0, "answered");
	fd = open("/proc/self/comm", O_RDONLY);
	must(fd >= 0 && close(fd) == 0, "comm");
}

static void serve(int fd)
{
	struct fanotify_event_metadata event;

	while (read(fd, &event, sizeof event) == sizeof event) {
		struct fanotify_response response = { event.fd, FAN_ALLOW };

		work_before_answer();
		must(write(fd, &response, sizeof response) == sizeof response, "answer");
		close(event.fd);
	}
	must(0, "event");
}

static void make_program(void)
{
	int fd = open("program", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	must(fd >= 0 && dprintf(fd, "#!/bin/sh\nexit 0\n") > 0 && close(fd) == 0, "program");
}

static void run_it(void)
{
	execl("program", "program", (char *)NULL);
	must(0, "exec");
}

static void run_other(void)
{
	execl("/bin/true", "true", (char *)NULL);
	must(0, "exec");
}

int main(void)
{
	pid_t server;
	int fd;

	expect_error(0, close(creat("answered", 0644)), "file create DIR/answered");
	make_program();
	fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (fd < 0) {
		printf("skip permissions: fanotify_init: %s\n", strerror(errno));
		return 0;
	}
	if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_ACCESS_PERM, AT_FDCWD, "program") <
	    0) {
		printf("skip permissions: fanotify_mark: %s\n", strerror(errno));
		return 0;
	}
	fflush(stdout);
	server = fork();
	must(server >= 0, "fork");
	if (server == 0)
		serve(fd);
	close(fd);
	puts("kernel use fanotify ok\nfile stat DIR/program ok");
	expect_error(0, open("program", O_RDONLY), "file read DIR/program");
	apart(run_it);
	puts("program exec DIR/program ok\nfile read DIR/program ok\nprogram exec SH ok");
	apart(run_other);
	must(kill(server, SIGKILL) == 0, "kill");
	wait_for(server);
	puts("file read DIR/answered ok\nfile read /proc/self/comm ok\ngap served");
	return 0;
}
