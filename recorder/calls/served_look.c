/* The looks of served.h. */
#include "recorder/calls/served_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FILES (SERVED_FILES | SERVED_AWAY)

int served_openat(int folder, const char *path, bool follow, uint64_t resolve)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | (follow ? 0u : O_NOFOLLOW),
		.resolve = resolve,
	};

	if (!resolve)
		return openat(folder, path, (int)how.flags);
	return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static int fail(int code)
{
	errno = code;
	return -1;
}

void look_free(struct job *job)
{
	struct look *look = (struct look *)job;

	if (look->fd >= 0)
		close(look->fd);
	free(look->data);
	free(look);
}

struct look *look_new(int fd, size_t size, void (*work)(struct job *))
{
	struct look *look = calloc(1, sizeof *look);

	if (!look) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	look->job = (struct job){ .work = work, .free = look_free, .late = served_late_files };
	look->fd = fd;
	look->size = size;
	look->data = calloc(1, size + 1);
	if (look->data)
		return look;
	look_free(&look->job);
	return NULL;
}

ssize_t look_run(struct look *look, void *ret)
{
	int r = patience_run(&look->job);
	ssize_t result;

	if (r == -ETIMEDOUT)
		return fail(ETIMEDOUT);
	if (r < 0) { /* too many wait already */
		memcpy(look->place, look->path, sizeof look->place);
		look->job.late(&look->job);
	}
	result = r < 0 ? -1 : look->result;
	if (ret && result > 0)
		memcpy(ret, look->data, (size_t)result);
	r = r < 0 ? -r : look->code;
	look_free(&look->job);
	errno = r;
	return result;
}

void look_end(struct look *look, ssize_t result)
{
	look->code = errno;
	look->result = result;
}

/* ---- open ---- */

static void work_open(struct job *job)
{
	served_walk((struct look *)job);
}

/* What was opened for nobody. */
static void free_open(struct job *job)
{
	if (job->left && ((struct look *)job)->result >= 0)
		close((int)((struct look *)job)->result);
	look_free(job);
}

static int open_patiently(int folder, const char *path, bool follow, uint64_t resolve)
{
	int copy = folder == AT_FDCWD ? AT_FDCWD : fcntl(folder, F_DUPFD_CLOEXEC, 0);
	struct look *look;

	if (folder != AT_FDCWD && copy < 0)
		return -1;
	if (strlen(path) >= PATH_MAX)
		return fail(ENAMETOOLONG);
	look = look_new(copy, 0, work_open);
	if (!look)
		return -1;
	look->job.free = free_open;
	memcpy(look->path, path, strlen(path) + 1);
	look->follow = follow;
	look->resolve = resolve;
	return (int)look_run(look, NULL);
}

/* How much of the path leads through a link of /proc to what a process has, which asks nobody. */
static size_t magic_size(const char *path)
{
	static const char *const what[] = { "cwd", "root", "exe", "fd/" };
	int at = 0;

	if (sscanf(path, "/proc/%*[0-9]/%n", &at) < 0 || !at)
		return 0;
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
		size_t size = (size_t)at + strlen(what[i]);

		if (strncmp(path + at, what[i], strlen(what[i])))
			continue;
		size += strspn(path + size, what[i][2] == '/' ? "0123456789" : "");
		return !path[size] || path[size] == '/' ? size : 0;
	}
	return 0;
}

/* The rest starts where the link leads. */
static int open_behind(const char *path, size_t size, bool follow)
{
	char start[PATH_MAX];
	const char *rest = path + size + strspn(path + size, "/");
	int fd, folder, code;

	memcpy(start, path, size);
	start[size] = '\0';
	folder = served_openat(AT_FDCWD, start, follow || path[size], 0);
	if (folder < 0 || !path[size])
		return folder;
	fd = served_open(folder, *rest ? rest : ".", follow, 0);
	code = errno;
	close(folder);
	errno = code;
	return fd;
}

int served_open(int folder, const char *path, bool follow, uint64_t resolve)
{
	size_t magic;
	int fd;

	if (!served_possible(FILES))
		return served_openat(folder, path, follow, resolve);
	magic = folder == AT_FDCWD && !resolve ? magic_size(path) : 0;
	if (magic)
		return open_behind(path, magic, follow);
	fd = served_openat(folder, path, follow, resolve | RESOLVE_CACHED);
	/* Linux 5.6 has openat2(2), 5.12 that flag. */
	if (fd >= 0 || (errno != EAGAIN && errno != EINVAL && errno != ENOSYS && errno != EPERM))
		return fd;
	return open_patiently(folder, path, follow, resolve);
}

/* ---- stat ---- */

int served_fstat(int fd, struct stat *ret)
{
	struct statx st;

	if (!served_possible(FILES))
		return fstat(fd, ret);
	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_BASIC_STATS,
		  &st) < 0)
		return -1;
	*ret = (struct stat){
		.st_dev = makedev(st.stx_dev_major, st.stx_dev_minor),
		.st_ino = st.stx_ino,
		.st_mode = st.stx_mode,
		.st_size = (off_t)st.stx_size,
		.st_mtim = { st.stx_mtime.tv_sec, st.stx_mtime.tv_nsec },
	};
	return 0;
}

int served_stat(const char *path, bool follow, struct stat *ret)
{
	int fd, r;

	if (!served_possible(FILES))
		return follow ? stat(path, ret) : lstat(path, ret);
	fd = served_open(AT_FDCWD, path, follow, 0);
	if (fd < 0)
		return -1;
	r = served_fstat(fd, ret);
	close(fd);
	return r;
}

/* ---- what an open object is asked ---- */

static ssize_t ask(const char *path, bool follow, void (*work)(struct job *), void *ret,
		   size_t size)
{
	int fd = served_open(AT_FDCWD, path, follow, 0);
	struct look *look = fd < 0 ? NULL : look_new(fd, size, work);

	return look ? look_run(look, ret) : -1;
}

static void work_link(struct job *job)
{
	struct look *look = (struct look *)job;

	if (!served_ask(look, look->fd))
		look_end(look, fail(ETIMEDOUT));
	else
		look_end(look, readlinkat(look->fd, "", look->data, look->size));
	if (look->code == ENOENT) /* what it says of an object that is no link: readlink(2) */
		look->code = EINVAL;
}

ssize_t served_read_link(const char *path, char *ret, size_t size)
{
	if (!served_possible(FILES))
		return readlink(path, ret, size);
	return ask(path, false, work_link, ret, size);
}

static void work_statfs(struct job *job)
{
	struct look *look = (struct look *)job;
	ssize_t result = served_ask(look, look->fd) ? fstatfs(look->fd, (void *)look->data)
						    : fail(ETIMEDOUT);

	look_end(look, result < 0 ? -1 : (ssize_t)look->size);
}

int served_statfs(const char *path, struct statfs *ret)
{
	if (!served_possible(FILES))
		return statfs(path, ret);
	return ask(path, true, work_statfs, ret, sizeof *ret) < 0 ? -1 : 0;
}

static void name_own(const struct look *look, char ret[static 32])
{
	snprintf(ret, 32, "/proc/self/fd/%d", look->fd);
}

static void work_attribute(struct job *job)
{
	struct look *look = (struct look *)job;
	char path[32];

	name_own(look, path);
	if (served_ask(look, look->fd))
		look_end(look, getxattr(path, look->path, NULL, 0));
	else
		look_end(look, fail(ETIMEDOUT));
}

ssize_t served_attribute(const char *path, const char *name)
{
	struct look *look;
	int fd;

	if (!served_possible(FILES))
		return getxattr(path, name, NULL, 0);
	fd = served_open(AT_FDCWD, path, true, 0);
	look = fd < 0 ? NULL : look_new(fd, 0, work_attribute);
	if (!look)
		return -1;
	snprintf(look->path, sizeof look->path, "%s", name);
	return look_run(look, NULL);
}

/* ---- contents ---- */

/* What else than a file is there is not opened: a FIFO, a device. */
static ssize_t read_head(int object, void *ret, size_t size)
{
	char path[32];
	struct stat st;
	ssize_t got;
	int fd;

	if (served_fstat(object, &st) < 0 || !S_ISREG(st.st_mode))
		return fail(EINVAL);
	snprintf(path, sizeof path, "/proc/self/fd/%d", object);
	/* Nor is waited for who has a lease. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	got = read(fd, ret, size);
	close(fd);
	return got;
}

static void work_head(struct job *job)
{
	struct look *look = (struct look *)job;

	if (served_ask(look, look->fd))
		look_end(look, read_head(look->fd, look->data, look->size));
	else
		look_end(look, fail(ETIMEDOUT));
}

ssize_t served_read_head(const char *path, void *ret, size_t size)
{
	struct look *look;
	ssize_t got;
	int fd = served_open(AT_FDCWD, path, true, 0);

	if (fd < 0)
		return -1;
	if (!served_possible(FILES | SERVED_READS)) {
		got = read_head(fd, ret, size);
		close(fd);
		return got;
	}
	if (served_is_late(SERVED_READS)) {
		close(fd);
		return fail(ETIMEDOUT);
	}
	look = look_new(fd, size, work_head);
	if (!look)
		return -1;
	if (served_possible(SERVED_READS))
		look->job.late = served_late_reads;
	return look_run(look, ret);
}
