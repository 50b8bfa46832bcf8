/* Goes along a path as namei does, one component after the other, so that it is known which file
 * system is asked: path_resolution(7). */
#include "recorder/calls/served_private.h"

#include "core/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */

struct walk {
	struct look *look;
	int root, at;
	struct buffer remaining;
	int links;
};

static void walk_cleanup(struct walk *walk)
{
	if (walk->root >= 0)
		close(walk->root);
	if (walk->at >= 0)
		close(walk->at);
	buffer_release(&walk->remaining);
}

static int fail(int code)
{
	errno = code;
	return -1;
}

static int go_to(struct walk *walk, int fd)
{
	if (fd < 0)
		return -1;
	close(walk->at);
	walk->at = fd;
	return 0;
}

static int copy_of(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static int open_folder(const char *path)
{
	return open(path, O_PATH | O_CLOEXEC);
}

static int begin(struct walk *walk)
{
	struct look *look = walk->look;
	bool in_root = look->resolve & RESOLVE_IN_ROOT;

	walk->root = in_root ? copy_of(look->fd) : open_folder("/");
	if (look->path[0] == '/')
		walk->at = copy_of(walk->root);
	else
		walk->at = look->fd == AT_FDCWD ? open_folder(".") : copy_of(look->fd);
	buffer_add(&walk->remaining, look->path);
	if (!look->path[0])
		return fail(ENOENT);
	return walk->root < 0 || walk->at < 0 ? -1 : 0;
}

/* Cuts the next component off; false at the end. */
static bool next_component(struct walk *walk, char ret[static NAME_MAX + 2])
{
	const char *from = buffer_text(&walk->remaining);
	size_t size, all = walk->remaining.size;

	from += strspn(from, "/");
	size = strcspn(from, "/");
	if (!size)
		return false;
	if (size > NAME_MAX)
		size = NAME_MAX + 1; /* the kernel refuses that */
	memcpy(ret, from, size);
	ret[size] = '\0';
	from += strcspn(from, "/");
	walk->remaining.size = all - (size_t)(from - walk->remaining.data);
	memmove(walk->remaining.data, from, walk->remaining.size + 1);
	return true;
}

static bool is_same(int one, int other)
{
	struct stat a, b;

	return served_fstat(one, &a) == 0 && served_fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int go_up(struct walk *walk)
{
	if (is_same(walk->at, walk->root))
		return 0;
	return go_to(walk, openat(walk->at, "..", O_PATH | O_CLOEXEC));
}

/* Links below /proc lead where no text says, and never to what has to be asked. */
static bool is_in_proc(const struct walk *walk)
{
	struct statfs fs;

	return fstatfs(walk->at, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static int follow_in_proc(struct walk *walk, const char *component)
{
	uint64_t resolve = walk->look->resolve & ~(uint64_t)RESOLVE_IN_ROOT;

	if (walk->look->resolve & RESOLVE_IN_ROOT)
		resolve |= RESOLVE_NO_MAGICLINKS;
	return go_to(walk, served_openat(walk->at, component, true, resolve));
}

/* Goes on at what the link says. */
static int follow(struct walk *walk, int link)
{
	struct buffer joined = { 0 };
	char target[PATH_MAX];
	ssize_t size = served_ask(walk->look, link) ? readlinkat(link, "", target, sizeof target)
						    : fail(ETIMEDOUT);

	if (size <= 0)
		return fail(size < 0 ? errno : ENOENT);
	if (++walk->links > LINKS_MAX)
		return fail(ELOOP);
	buffer_append(&joined, target, (size_t)size);
	buffer_append(&joined, buffer_text(&walk->remaining), walk->remaining.size);
	buffer_release(&walk->remaining);
	walk->remaining = joined;
	return target[0] == '/' ? go_to(walk, copy_of(walk->root)) : 0;
}

static bool is_followed(const struct walk *walk, int fd)
{
	bool stays = !walk->remaining.size && !walk->look->follow;
	struct stat st;

	return !stays && served_fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
}

static int step(struct walk *walk, const char *component)
{
	bool is_asked = served_ask(walk->look, walk->at);
	int r, fd = served_openat(walk->at, component, false, is_asked ? 0 : RESOLVE_CACHED);

	if (fd < 0)
		return fail(errno == EAGAIN && !is_asked ? ETIMEDOUT : errno);
	if (!is_followed(walk, fd))
		return go_to(walk, fd);
	r = is_asked && is_in_proc(walk) ? follow_in_proc(walk, component) : follow(walk, fd);
	close(fd);
	return r;
}

static int take(struct walk *walk, const char *component)
{
	if (!strcmp(component, "."))
		return 0;
	return strcmp(component, "..") ? step(walk, component) : go_up(walk);
}

static int check_folder(const struct walk *walk)
{
	struct stat st;

	if (!walk->remaining.size)
		return 0;
	return served_fstat(walk->at, &st) == 0 && S_ISDIR(st.st_mode) ? 0 : fail(ENOTDIR);
}

static int walk_all(struct walk *walk)
{
	char component[NAME_MAX + 2];

	if (begin(walk) < 0)
		return -1;
	while (next_component(walk, component))
		if (take(walk, component) < 0)
			return -1;
	return check_folder(walk);
}

void served_walk(struct look *look)
{
	scoped(walk) struct walk walk = { .look = look, .root = -1, .at = -1 };

	look->result = walk_all(&walk);
	look->code = errno;
	if (look->result < 0)
		return;
	look->result = walk.at;
	walk.at = -1;
}
