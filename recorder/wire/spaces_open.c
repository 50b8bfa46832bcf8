/* How a capture comes into the network namespace of another thread. */
#include "recorder/wire/spaces.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/thread.h"
#include "recorder/wire/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct visit {
	int netns; /* descriptor */
	enum captured_size size;
	struct capture *capture;
	int status; /* 0 or -errno */
	struct error *err;
};

/* A capture stays in the namespace that it was opened in: packet(7).  The thread is in no hurry to
 * come back, as it ends. */
static void *open_there(void *context)
{
	struct visit *visit = context;

	if (setns(visit->netns, CLONE_NEWNET) < 0)
		visit->status = -errno;
	else
		visit->status = capture_open(&visit->capture, visit->size, visit->err);
	return NULL;
}

static int visit(struct visit *visit)
{
	pthread_t thread;
	int r = thread_start(&thread, "pare-netns", open_there, visit);

	if (r == 0)
		pthread_join(thread, NULL);
	return r < 0 ? r : visit->status;
}

/* Who may not go there may still be the one whose user namespace it is in. */
static int open_owned(int netns, enum captured_size size, struct capture **ret, struct error *err)
{
	int opened = foreign_socket(netns);

	return opened < 0 ? opened : capture_open_tap(ret, opened, size, err);
}

static void open_in(pid_t tid, enum captured_size size, struct capture **ret, struct error *err)
{
	struct visit there = { .size = size, .err = err };
	char path[40];
	int r;

	snprintf(path, sizeof path, "/proc/%d/ns/net", tid);
	there.netns = open(path, O_RDONLY | O_CLOEXEC);
	if (there.netns < 0) {
		error_set(err, errno, "find a network namespace");
		return;
	}
	r = visit(&there);
	*ret = there.capture;
	if (r == -EPERM)
		r = open_owned(there.netns, size, ret, err);
	close(there.netns);
	if (r == -EPERM)
		error_say(err, EPERM, "CAP_SYS_ADMIN, to enter a network namespace");
	else if (r < 0)
		error_set(err, -r, "enter a network namespace");
}

struct space *space_open(struct spaces *spaces, uint64_t netns, pid_t tid, enum captured_size size)
{
	struct space *space = calloc(1, sizeof *space);

	if (!space)
		return NULL;
	space->netns = netns;
	space->member = tid;
	space->used_ns = clock_monotonic_ns();
	if (netns != spaces->own) {
		space->number = ++spaces->numbers;
		open_in(tid, size, &space->capture, &space->why);
	} else if (capture_open(&space->capture, size, &space->why) == -EPERM) {
		error_say(&space->why, EPERM, "CAP_NET_RAW");
	}
	return space;
}
