#include "recorder/calls/numbers.h"

#include "core/bytes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define GET_PID_FROM_PIDNS _IOR(NSIO, 0x6, int) /* Linux 6.12, linux/nsfs.h */
#define LEVELS_MAX	   33			/* MAX_PID_NS_LEVEL and the first */

struct pid_space {
	int fd;
	struct stat st;
};

static bool is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool is_in_ours(pid_t tid)
{
	struct stat theirs, ours;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/pid", tid);
	return stat(path, &theirs) == 0 && stat("/proc/self/ns/pid", &ours) == 0 &&
	       is_same(&theirs, &ours);
}

static bool pid_space_open(struct pid_space *ret, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/pid", tid);
	ret->fd = open(path, O_RDONLY | O_CLOEXEC);
	return ret->fd >= 0 && fstat(ret->fd, &ret->st) == 0;
}

static void pid_space_cleanup(struct pid_space *space)
{
	if (space->fd >= 0)
		close(space->fd);
}

/* Reads what a thread is called in each namespace from ours to its own: proc(5), NSpid.  Returns
 * how many these are. */
static int read_numbers(pid_t tid, pid_t ret[static LEVELS_MAX])
{
	char path[64], line[512], *at;
	int count = 0;
	FILE *status;

	snprintf(path, sizeof path, "/proc/%d/status", tid);
	status = fopen(path, "re");
	if (!status)
		return 0;
	while (fgets(line, sizeof line, status)) {
		if (strncmp(line, "NSpid:", 6))
			continue;
		for (at = line + 6; count < LEVELS_MAX && isspace((unsigned char)*at) && at[1];)
			ret[count++] = (pid_t)strtol(at + 1, &at, 10);
	}
	fclose(status);
	return count;
}

/* Whether the namespace of `tid`, or the one `levels` above it, is that. */
static bool is_below(pid_t tid, int levels, const struct stat *wanted)
{
	scoped(pid_space) struct pid_space space = { .fd = -1 };

	if (!pid_space_open(&space, tid))
		return false;
	for (; levels > 0; levels--) {
		int parent = ioctl(space.fd, NS_GET_PARENT);

		close(space.fd);
		space.fd = parent;
		if (parent < 0 || fstat(parent, &space.st) < 0)
			return false;
	}
	return is_same(&space.st, wanted);
}

struct search {
	const struct stat *wanted;
	int level;
	pid_t number;
};

static bool fits(const struct search *search, pid_t tid)
{
	pid_t numbers[LEVELS_MAX];
	int count = read_numbers(tid, numbers);

	return count > search->level && numbers[search->level] == search->number &&
	       is_below(tid, count - 1 - search->level, search->wanted);
}

typedef pid_t search_one(const struct search *search, pid_t tid);

/* The first of the numbers in a folder of /proc that `one` finds something for. */
static pid_t search_folder(const struct search *search, const char *path, search_one *one)
{
	const struct dirent *entry;
	DIR *folder = opendir(path);
	pid_t found = 0;

	while (folder && found == 0 && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			found = one(search, (pid_t)strtol(entry->d_name, NULL, 10));
	if (folder)
		closedir(folder);
	return found;
}

static pid_t search_thread(const struct search *search, pid_t tid)
{
	return fits(search, tid) ? tid : 0;
}

static pid_t search_process(const struct search *search, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task", pid);
	return search_folder(search, path, search_thread);
}

/* As older kernels need it: they do not translate. */
static pid_t search_all(pid_t tid, const struct pid_space *theirs, pid_t number)
{
	pid_t numbers[LEVELS_MAX];
	struct search search = { &theirs->st, read_numbers(tid, numbers) - 1, number };

	return search.level < 0 ? 0 : search_folder(&search, "/proc", search_process);
}

pid_t number_translate(pid_t tid, pid_t number)
{
	scoped(pid_space) struct pid_space theirs = { .fd = -1 };
	int found;

	if (number <= 0)
		return 0;
	if (is_in_ours(tid))
		return number;
	if (!pid_space_open(&theirs, tid))
		return 0;
	found = ioctl(theirs.fd, GET_PID_FROM_PIDNS, number);
	if (found < 0 && errno == ENOTTY)
		return search_all(tid, &theirs, number);
	return found > 0 ? found : 0;
}
