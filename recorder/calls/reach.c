#include "recorder/calls/reach.h"

#include "recorder/calls/resolve.h"
#include "recorder/calls/served.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* O_PATH neither reads, blocks nor triggers. */
static int open_plain(const struct reach *reach, const char *path)
{
	return served_open(AT_FDCWD, path, reach->follow, 0);
}

/* Below folder `base`, as openat2(2) does with RESOLVE_... `how`. */
static int open_below(const struct reach *reach, const char *base, const char *path, uint64_t how)
{
	int fd, code, folder = open(base, O_PATH | O_CLOEXEC);

	if (folder < 0)
		return -1;
	fd = served_open(folder, path, reach->follow, how);
	code = errno;
	close(folder);
	errno = code;
	return fd;
}

/* In our own root.  A magic link that is found on the way may be ours: it is not followed. */
static int open_unmagic(const struct reach *reach, const char *path)
{
	int fd = served_open(AT_FDCWD, path, reach->follow, RESOLVE_NO_MAGICLINKS);

	/* Linux 5.6; older containers refuse what they do not know. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_plain(reach, path);
	return fd;
}

static bool is_relative(const struct reach *reach)
{
	return !reach->path.size || reach->path.data[0] != '/';
}

/* The folder that a relative path starts at, as the tracer can open it. */
static void make_start(const struct reach *reach, char ret[static 64])
{
	if (reach->object->directory == AT_FDCWD)
		snprintf(ret, 64, "/proc/%d/cwd", reach->tid);
	else
		snprintf(ret, 64, "/proc/%d/fd/%d", reach->tid, reach->object->directory);
}

static void make_root(const struct reach *reach, char ret[static 64])
{
	snprintf(ret, 64, "/proc/%d/root", reach->tid);
}

static const char *rest_behind(const char *path, const char *start)
{
	size_t size = strlen(start);

	return !strncmp(path, start, size) && (!path[size] || path[size] == '/') ? path + size
										 : NULL;
}

/* Whether the path says itself that it is about the process; then `ret` is that by number. */
static bool name_own(const struct reach *reach, const char *path, struct buffer *ret)
{
	const char *rest = rest_behind(path, "/proc/self");

	buffer_clear(ret);
	if (rest) {
		buffer_printf(ret, "/proc/%d%s", reach->process->tgid, rest);
		return true;
	}
	rest = rest_behind(path, "/proc/thread-self");
	if (rest)
		buffer_printf(ret, "/proc/%d/task/%d%s", reach->process->tgid, reach->tid, rest);
	return rest;
}

/* As the tracer finds it, with one call where that will do. */
static int open_first(const struct reach *reach, const char *path)
{
	scoped(buffer) struct buffer made = { 0 };
	char base[64];

	make_start(reach, base);
	if (reach->object->in_root)
		return open_below(reach, base, *path ? path : ".", RESOLVE_IN_ROOT);
	if (is_relative(reach)) {
		if (served_possible(SERVED_FILES | SERVED_AWAY))
			return open_below(reach, base, *path ? path : ".", 0);
		buffer_printf(&made, "%s/%s", base, path);
		return open_plain(reach, buffer_text(&made));
	}
	make_root(reach, base);
	if (reach->process->own_view)
		return open_below(reach, base, path, RESOLVE_IN_ROOT);
	if (name_own(reach, path, &made))
		return open_plain(reach, buffer_text(&made));
	return open_unmagic(reach, path);
}

/* A pipe, a socket, a namespace has no path: `otherwise` is its name, where that is given. */
static void read_name(int fd, struct buffer *name, const char *otherwise)
{
	char link[32];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	if (resolve_read_link(link, name) < 0)
		buffer_clear(name);
	if (!otherwise || !resolve_has_no_path(name))
		return;
	buffer_clear(name);
	buffer_add(name, otherwise);
}

/* Whether it is known where a relative path starts: not when that is too deep. */
static bool is_located(const struct reach *reach)
{
	return reach->object->absolute.size;
}

/* The absolute path, without slashes at the end. */
static struct bytes absolute_path(const struct reach *reach)
{
	const struct buffer *whole = &reach->object->absolute;
	struct bytes path = buffer_bytes(whole);

	path.size -= reach->object->requested.size - reach->path.size;
	while (path.size > 1 && path.data[path.size - 1] == '/')
		path.size--;
	return path;
}

/* Whether the name is that path; "." in it leads nowhere. */
static bool is_same(const struct buffer *name, struct bytes path)
{
	size_t at = 0;

	for (size_t i = 0; i < path.size; i++) {
		bool ends = i + 2 >= path.size || path.data[i + 2] == '/';

		if (path.data[i] == '/' && i + 1 < path.size && path.data[i + 1] == '.' && ends) {
			i++;
			continue;
		}
		if (at == name->size || name->data[at++] != path.data[i])
			return false;
	}
	return at == name->size;
}

/* Whether our own number is a component of the name. */
static bool has_own_number(const struct buffer *name)
{
	const char *at = buffer_text(name);

	while ((at = strchr(at, '/'))) {
		size_t digits = strspn(++at, "0123456789");

		if (digits && (!at[digits] || at[digits] == '/') &&
		    strtol(at, NULL, 10) == getpid())
			return true;
	}
	return false;
}

/* A relative path has been opened by way of /proc, so that magic links were followed. */
static bool follows_magic(const struct reach *reach, const char *path)
{
	char base[64];
	int fd;

	make_start(reach, base);
	fd = open_below(reach, base, *path ? path : ".", RESOLVE_NO_MAGICLINKS);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == ELOOP;
}

/* Whether links on the way may have led to what is ours, or into our root.  Where the name is the
 * path itself there were none. */
static bool is_doubtful(const struct reach *reach, const char *path, const struct buffer *name)
{
	if (has_own_number(name) || reach->object->in_root)
		return has_own_number(name);
	if (!is_relative(reach) || (is_located(reach) && is_same(name, absolute_path(reach))))
		return false;
	return reach->process->own_view || follows_magic(reach, path);
}

/* A magic link is on the way, or, below a root of its own, above it. */
static bool is_stopped(const struct reach *reach, int code)
{
	return !reach->object->in_root && (code == ELOOP || code == EXDEV);
}

/* Walks to the end of the links as the tracee does.  Returns the descriptor that is right. */
static int open_by_walk(const struct reach *reach, const char *path, int first, struct buffer *name)
{
	scoped(buffer) struct buffer end = { 0 };
	size_t root_size;
	bool is_own = resolve_end(reach, absolute_path(reach), &end, &root_size);
	int fd;

	if (is_own || (reach->process->own_view && !reach->object->in_root))
		fd = open_plain(reach, buffer_text(&end));
	else if (first >= 0 || is_relative(reach)) /* which open_first() did not refuse */
		return first;
	else
		fd = open_plain(reach, path);
	if (first >= 0)
		close(first);
	if (fd >= 0)
		read_name(fd, name, is_own ? buffer_text(&end) : NULL);
	return fd;
}

static int open_and_name(const struct reach *reach, struct buffer *name)
{
	scoped(buffer) struct buffer path = { 0 };
	int fd;

	buffer_append(&path, reach->path.data, reach->path.size);
	fd = open_first(reach, buffer_text(&path));
	if (fd >= 0)
		read_name(fd, name, NULL);
	if (!(fd < 0 ? is_stopped(reach, errno) : is_doubtful(reach, buffer_text(&path), name)))
		return fd;
	if (is_located(reach))
		return open_by_walk(reach, buffer_text(&path), fd, name);
	buffer_clear(name);
	return fd;
}

int reach_open(const struct reach *reach, struct buffer *name)
{
	int fd = open_and_name(reach, name), code = errno;

	if (fd >= 0 && resolve_is_detached(reach->process, reach->tid, fd, name))
		buffer_clear(name);
	errno = code;
	return fd;
}

int reach_open_own(const struct reach *reach, struct buffer *name)
{
	scoped(buffer) struct buffer path = { 0 };
	char own[64];
	int fd;

	snprintf(own, sizeof own, "/proc/%d/", reach->process->tgid);
	if (!bytes_start_with(buffer_bytes(name), bytes_of(own)))
		return -1;
	buffer_append(&path, name->data, name->size);
	fd = open_plain(reach, buffer_text(&path));
	if (fd >= 0)
		read_name(fd, name, buffer_text(&path));
	return fd;
}
