/* Process 1 of a dry run. */
#include "recorder/dryrun/private.h"

#include "core/error.h"
#include "recorder/dryrun/places.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* user_namespaces(7): an ordinary user may map himself alone, and only without setgroups(2). */
static int map(const struct build *build, const char *process)
{
	char path[64], text[64];
	int r = 0;

	snprintf(path, sizeof path, "/proc/%s/setgroups", process);
	if (build->by_user && !strcmp(process, "self"))
		r = write_file(path, "deny");
	snprintf(path, sizeof path, "/proc/%s/uid_map", process);
	snprintf(text, sizeof text, "0 0 4294967295");
	if (build->by_user)
		snprintf(text, sizeof text, "%u %u 1", build->uid, build->uid);
	if (r == 0)
		r = write_file(path, text);
	snprintf(path, sizeof path, "/proc/%s/gid_map", process);
	if (build->by_user)
		snprintf(text, sizeof text, "%u %u 1", build->gid, build->gid);
	return r == 0 ? write_file(path, text) : r;
}

/* The new tree becomes the root, and the old one is no more: pivot_root(2). */
static int enter_root(const struct build *build)
{
	if (chdir(build->root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static int make_world(struct dryrun *dryrun, struct error *err)
{
	struct build *build = &dryrun->build;
	int r = build->by_user ? map(build, "self") : 0;

	dryrun->mask = umask(0);
	if (r < 0)
		return error_set(err, -r, "map the user in a namespace of his own");
	if (mkdir(build->root, 0700) < 0)
		return error_set(err, errno, "make a folder %s", build->root);
	r = build_tree(build, err);
	if (r == 0)
		r = build_processes(build, err);
	if (r == 0)
		r = places_write(build->folder, build->by_user, buffer_bytes(&build->places), err);
	if (r == 0)
		r = places_put(build->folder, "notes", buffer_bytes(&build->notes), err);
	if (r == 0 && (r = enter_root(build)) < 0)
		return error_set(err, -r, "enter the tree of a dry run");
	return r;
}

static void say_failure(int socket, int code, const char *text)
{
	struct message message = { .code = code };

	snprintf(message.text, sizeof message.text, "%s", text);
	talk_say(socket, &message, NULL, 0);
	_exit(125);
}

/* In the agent's first process; `mapped` says when its numbers are. */
static void live_as_agent(const struct dryrun *dryrun, int socket, int left, int mapped,
			  const struct message *order, const int pipes[static 2])
{
	struct message message = { 0 };
	char byte;
	int r;

	/* Whoever follows it must be able to look at it. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	r = agent_leave(dryrun);
	if (r == 0 && (write(left, "!", 1) != 1 || read(mapped, &byte, 1) != 1))
		_exit(125);
	if (r == 0)
		r = agent_settle(dryrun);
	if (r < 0)
		say_failure(socket, -r, "make namespaces for the agent");
	if (talk_say(socket, &message, NULL, 0) == 0)
		dryrun->options.become(dryrun->options.context, order->trusted, pipes[0], pipes[1]);
	_exit(125);
}

static int map_child(const struct dryrun *dryrun, pid_t child, int left, int mapped)
{
	char number[16], byte;
	int r;

	if (read(left, &byte, 1) != 1)
		return 0; /* it has said why */
	snprintf(number, sizeof number, "%d", child);
	r = map(&dryrun->build, number);
	if (r == 0 && write(mapped, "!", 1) != 1)
		r = -errno;
	return r;
}

static void start(const struct dryrun *dryrun, int socket)
{
	struct message order = { 0 };
	int pipes[2], left[2], mapped[2], r;
	pid_t child;

	if (talk_hear(socket, &order, pipes, 2, NULL) < 0)
		_exit(0); /* it shall not begin */
	if (pipe2(left, O_CLOEXEC) < 0 || pipe2(mapped, O_CLOEXEC) < 0)
		say_failure(socket, errno, "make a process for the agent");
	child = fork();
	if (child == 0) {
		close(left[0]);
		close(mapped[1]);
		live_as_agent(dryrun, socket, left[1], mapped[0], &order, pipes);
	}
	if (child < 0)
		say_failure(socket, errno, "make a process for the agent");
	close(left[1]);
	close(mapped[0]);
	close(pipes[0]);
	close(pipes[1]);
	r = map_child(dryrun, child, left[0], mapped[1]);
	close(left[0]);
	close(mapped[1]);
	if (r < 0)
		say_failure(socket, -r, "map the agent's user");
}

void init_live(struct dryrun *dryrun, int socket)
{
	struct message message = { 0 };
	struct error err = { 0 };
	int seen[2];

	/* Whatever ends pare ends everything here. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (make_world(dryrun, &err) < 0)
		say_failure(socket, err.code, err.text);
	/* It is pare's memory, which is not the agent's business. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	seen[0] = dryrun->build.region;
	seen[1] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (talk_say(socket, &message, seen, 2) < 0)
		_exit(125);
	close(seen[1]);
	start(dryrun, socket);
	close(socket);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	_exit(0);
}
