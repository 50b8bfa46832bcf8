#include "recorder/dryrun/apply.h"

#include "recorder/dryrun/copy.h"
#include "recorder/dryrun/places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool is_among(const char *name, const struct buffer *names)
{
	for (size_t at = 0; at < names->size; at += strlen(names->data + at) + 1)
		if (!strcmp(names->data + at, name))
			return true;
	return false;
}

static int copy_attribute(const char *from, const char *to, const char *name)
{
	scoped(buffer) struct buffer value = { 0 };
	int r;

	if (compare_is_own_attribute(name))
		return 0;
	r = compare_read_attribute(from, name, &value);
	if (r == 0 && lsetxattr(to, name, buffer_text(&value), value.size, 0) < 0)
		r = -errno;
	return r;
}

static int copy_attributes(const char *from, const char *to)
{
	scoped(buffer) struct buffer wanted = { 0 };
	scoped(buffer) struct buffer there = { 0 };
	int r = compare_list_attributes(from, &wanted);

	if (r == 0)
		r = compare_list_attributes(to, &there);
	for (size_t at = 0; r == 0 && at < there.size; at += strlen(there.data + at) + 1)
		if (!is_among(there.data + at, &wanted) && lremovexattr(to, there.data + at) < 0)
			r = -errno;
	for (size_t at = 0; r == 0 && at < wanted.size; at += strlen(wanted.data + at) + 1)
		r = copy_attribute(from, to, wanted.data + at);
	return r;
}

static int copy_times(const struct stat *now, const char *to)
{
	const struct timespec times[2] = { now->st_atim, now->st_mtim };

	return utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int copy_owner(const struct stat *now, const char *to)
{
	struct stat st;

	if (lstat(to, &st) < 0)
		return -errno;
	if (st.st_uid == now->st_uid && st.st_gid == now->st_gid)
		return 0;
	return lchown(to, now->st_uid, now->st_gid) < 0 ? -errno : 0;
}

/* The owner before the mode: chown(2) takes bits of it. */
static int copy_metadata(const struct effect *effect, const char *to)
{
	const struct stat *now = &effect->now;
	bool is_made = S_ISDIR(now->st_mode) && compare_made_mode(effect->upper) >= 0;
	int r = is_made ? 0 : copy_owner(now, to);

	if (r == 0 && !S_ISLNK(now->st_mode) &&
	    fchmodat(AT_FDCWD, to, now->st_mode & 07777, AT_SYMLINK_NOFOLLOW) < 0)
		r = -errno;
	if (r == 0 && !is_made && !S_ISLNK(now->st_mode))
		r = copy_attributes(effect->upper, to);
	return r == 0 ? copy_times(now, to) : r;
}

int apply_metadata(const struct effect *effect)
{
	return copy_metadata(effect, effect->path);
}

static int open_upper(const struct effect *effect)
{
	const int how = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = open(effect->upper, how);

	/* The agent has made it unreadable to its own user. */
	if (fd < 0 && errno == EACCES &&
	    fchmodat(AT_FDCWD, effect->upper, effect->now.st_mode | 0400, AT_SYMLINK_NOFOLLOW) ==
		    0) {
		fd = open(effect->upper, how);
		fchmodat(AT_FDCWD, effect->upper, effect->now.st_mode & 07777, AT_SYMLINK_NOFOLLOW);
	}
	return fd;
}

static int copy_content(const struct effect *effect, const char *to)
{
	int r, out, in = open_upper(effect);

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	r = out < 0 ? -errno : copy_bytes(in, out);
	close(in);
	if (out >= 0 && close(out) < 0 && r == 0)
		r = -errno;
	return r;
}

static int make(const struct effect *effect, const char *to, const char *twin)
{
	int r;

	if (twin)
		return link(twin, to) < 0 ? -errno : 0;
	if (S_ISREG(effect->now.st_mode))
		r = copy_content(effect, to);
	else if (S_ISLNK(effect->now.st_mode))
		r = copy_link(effect->upper, to);
	else if (S_ISFIFO(effect->now.st_mode) || S_ISSOCK(effect->now.st_mode))
		r = mknod(to, (effect->now.st_mode & S_IFMT) | 0600, 0) < 0 ? -errno : 0;
	else
		r = -ENOTSUP;
	return r == 0 ? copy_metadata(effect, to) : r;
}

/* What has another type cannot be renamed over; a folder not at all. */
static int clear_way(const struct effect *effect)
{
	struct stat st;

	if (lstat(effect->path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? places_remove(effect->path) : 0;
}

/* Under another name beside it first, so that nobody ever sees half of it. */
int apply_file(const struct effect *effect, const char *twin)
{
	char beside[PATH_MAX];
	int size = (int)(strrchr(effect->path, '/') - effect->path);
	int r;

	if (snprintf(beside, sizeof beside, "%.*s/.pare-%d-%jx", size, effect->path, getpid(),
		     (uintmax_t)effect->now.st_ino) >= PATH_MAX)
		return -ENAMETOOLONG;
	unlink(beside);
	r = make(effect, beside, twin);
	if (r == 0)
		r = clear_way(effect);
	if (r == 0 && rename(beside, effect->path) < 0)
		r = -errno;
	unlink(beside); /* rename(2) leaves two names of one file both */
	return r;
}

int apply_folder(const struct effect *effect)
{
	struct stat st;

	if (lstat(effect->path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		if (unlink(effect->path) < 0)
			return -errno;
	}
	/* Its own mode comes when all in it is made. */
	return mkdir(effect->path, 0700) < 0 ? -errno : 0;
}

int apply_deleted(const struct effect *effect)
{
	int r = 0;

	if (S_ISDIR(effect->real.st_mode))
		r = places_remove(effect->path);
	else if (unlink(effect->path) < 0)
		r = -errno;
	return r == -ENOENT ? 0 : r;
}
