#include "recorder/dryrun/effects.h"

#include "recorder/dryrun/places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PART_BYTES 65536

/* Fills as much of the part as there is.  -errno. */
static ssize_t read_part(int fd, char *part)
{
	size_t size = 0;

	while (size < PART_BYTES) {
		ssize_t got = read(fd, part + size, PART_BYTES - size);

		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		size += (size_t)got;
	}
	return (ssize_t)size;
}

static int compare_open(int a, int b, bool *ret_same)
{
	static __thread char part[2][PART_BYTES];
	ssize_t size[2];

	do {
		size[0] = read_part(a, part[0]);
		size[1] = read_part(b, part[1]);
		if (size[0] < 0 || size[1] < 0)
			return (int)(size[0] < 0 ? size[0] : size[1]);
		*ret_same = size[0] == size[1] && !memcmp(part[0], part[1], (size_t)size[0]);
	} while (*ret_same && size[0] == PART_BYTES);
	return 0;
}

int compare_content(const char *a, const char *b, bool *ret_same)
{
	int fd[2] = { open(a, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), -1 }, r;

	if (fd[0] < 0)
		return -errno;
	fd[1] = open(b, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	r = fd[1] < 0 ? -errno : compare_open(fd[0], fd[1], ret_same);
	close(fd[0]);
	if (fd[1] >= 0)
		close(fd[1]);
	return r;
}

static bool same_target(const char *a, const char *b)
{
	char target[2][PATH_MAX];
	ssize_t size[2] = { readlink(a, target[0], PATH_MAX), readlink(b, target[1], PATH_MAX) };

	return size[0] == size[1] && size[0] >= 0 && !memcmp(target[0], target[1], (size_t)size[0]);
}

bool compare_is_own_attribute(const char *name)
{
	return !strncmp(name, "user.overlay.", 13) || !strncmp(name, "trusted.overlay.", 16);
}

int compare_list_attributes(const char *path, struct buffer *ret)
{
	ssize_t size = llistxattr(path, NULL, 0);
	char *list;

	buffer_clear(ret);
	if (size <= 0)
		return size < 0 && errno != ENOTSUP ? -errno : 0;
	list = malloc((size_t)size);
	if (!list)
		return -ENOMEM;
	size = llistxattr(path, list, (size_t)size);
	if (size > 0)
		buffer_append(ret, list, (size_t)size);
	free(list);
	return size < 0 ? -errno : buffer_status(ret);
}

int compare_read_attribute(const char *path, const char *name, struct buffer *ret)
{
	static __thread char value[65536]; /* XATTR_SIZE_MAX */
	ssize_t size = lgetxattr(path, name, value, sizeof value);

	buffer_clear(ret);
	if (size < 0)
		return -errno;
	buffer_append(ret, value, (size_t)size);
	return buffer_status(ret);
}

/* Whether all that `a` has, `b` has, too; counts them. */
static bool has_all(const char *a, const char *b, size_t *ret_count)
{
	scoped(buffer) struct buffer names = { 0 };
	scoped(buffer) struct buffer value = { 0 };
	scoped(buffer) struct buffer other = { 0 };

	*ret_count = 0;
	if (compare_list_attributes(a, &names) < 0)
		return true; /* nobody may look */
	for (size_t at = 0; at < names.size; at += strlen(names.data + at) + 1) {
		const char *name = names.data + at;

		if (compare_is_own_attribute(name))
			continue;
		++*ret_count;
		if (compare_read_attribute(a, name, &value) < 0)
			continue;
		if (compare_read_attribute(b, name, &other) < 0 ||
		    !bytes_equal(buffer_bytes(&value), buffer_bytes(&other)))
			return false;
	}
	return true;
}

static bool same_attributes(const char *a, const char *b)
{
	size_t count[2];

	return has_all(a, b, &count[0]) && has_all(b, a, &count[1]) && count[0] == count[1];
}

int compare_made_mode(const char *upper)
{
	char text[16] = "";
	ssize_t size = lgetxattr(upper, PLACES_MADE(true), text, sizeof text - 1);

	if (size < 0)
		size = lgetxattr(upper, PLACES_MADE(false), text, sizeof text - 1);
	return size > 0 ? (int)strtol(text, NULL, 8) : -1;
}

bool compare_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

bool compare_is_opaque(const char *upper, bool by_user)
{
	char value = 0;

	return lgetxattr(upper, by_user ? "user.overlay.opaque" : "trusted.overlay.opaque", &value,
			 1) == 1 &&
	       value == 'y';
}

bool compare_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool compare_is_since(const struct timespec *time, const struct timespec *since)
{
	return time->tv_sec > since->tv_sec ||
	       (time->tv_sec == since->tv_sec && time->tv_nsec >= since->tv_nsec);
}

static unsigned compare_file(const char *upper, const struct stat *now, const char *real,
			     const struct stat *was)
{
	bool same_time = compare_same_time(&now->st_mtim, &was->st_mtim);
	bool same = false;

	/* What nobody may read is the same where it was last changed at the same time. */
	if (now->st_size == was->st_size && compare_content(upper, real, &same) == -EACCES)
		same = same_time;
	if (now->st_size != was->st_size || !same)
		return PART_CONTENT;
	return same_time ? 0 : PART_TIME;
}

static unsigned compare_rights(const struct stat *now, const struct stat *was)
{
	unsigned parts = 0;

	if (now->st_mode != was->st_mode)
		parts |= PART_MODE;
	if (now->st_uid != was->st_uid || now->st_gid != was->st_gid)
		parts |= PART_OWNER;
	return parts;
}

unsigned compare_parts(const char *upper, const struct stat *now, const char *real,
		       const struct stat *was)
{
	int made = S_ISDIR(now->st_mode) ? compare_made_mode(upper) : -1;
	unsigned parts = 0;

	if (S_ISREG(now->st_mode))
		parts = compare_file(upper, now, real, was);
	if (S_ISLNK(now->st_mode))
		return same_target(upper, real) ? 0 : PART_CONTENT;
	if (made >= 0)
		return (mode_t)made == (now->st_mode & 07777) ? 0 : PART_MODE;
	if (!same_attributes(upper, real))
		parts |= PART_ATTRIBUTES;
	return parts | compare_rights(now, was);
}
