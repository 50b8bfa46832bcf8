#include "recorder/calls/resolve.h"

#include "recorder/calls/reach.h"
#include "recorder/calls/served.h"
#include "recorder/obstacle.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char deleted[] = " (deleted)";

/* The kernel marks the link of an unlinked file; a file may also be named so. */
static bool is_marked(const char *target, size_t size)
{
	const size_t mark = sizeof deleted - 1;
	struct stat st;

	return size > mark && target[0] == '/' && !strcmp(target + size - mark, deleted) &&
	       served_stat(target, false, &st) < 0;
}

bool resolve_cut_deleted(struct buffer *name)
{
	if (!is_marked(name->data, name->size))
		return false;
	name->size -= sizeof deleted - 1;
	name->data[name->size] = '\0';
	return true;
}

int resolve_read_link(const char *path, struct buffer *out)
{
	static const char memory[] = "/memfd:";
	char target[PATH_MAX * 2];
	ssize_t size = readlink(path, target, sizeof target - 1);
	size_t skip = 0;

	if (size < 0)
		return -errno;
	target[size] = '\0';
	if (is_marked(target, (size_t)size)) {
		size -= (ssize_t)sizeof deleted - 1;
		skip = !strncmp(target, memory, sizeof memory - 1);
	}
	buffer_clear(out);
	buffer_append(out, target + skip, (size_t)size - skip);
	return buffer_status(out);
}

int resolve_proc_link(pid_t tid, const char *what, struct buffer *out)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", tid, what);
	return resolve_read_link(path, out);
}

/* Replaces `from` at the start of name, where a slash or the end follows it. */
static bool replace_start(struct buffer *name, const char *from, const char *to)
{
	size_t size = strlen(from);
	struct buffer made = { 0 };

	if (name->size < size || memcmp(name->data, from, size) ||
	    (name->size > size && name->data[size] != '/'))
		return false;
	buffer_add(&made, to);
	buffer_add(&made, name->data + size);
	buffer_release(name);
	*name = made;
	return true;
}

/* Where the run began. */
static pid_t thread_number(pid_t tid)
{
	struct process_status status;

	return process_status_read(&status, tid) ? status.inner : 0;
}

static bool make_own(pid_t process, pid_t thread, struct buffer *name)
{
	char start[64];

	snprintf(start, sizeof start, "/proc/%d/task/%d", process, thread);
	if (replace_start(name, start, "/proc/thread-self"))
		return true;
	snprintf(start, sizeof start, "/proc/%d", process);
	return replace_start(name, start, "/proc/self");
}

/* A name below /proc/PID differs in every run; what is meant is "my own". */
static void make_symbolic(const struct process *process, pid_t tid, struct buffer *name)
{
	if (name->size < 7 || memcmp(name->data, "/proc/", 6))
		return;
	/* As we have looked it up, or as the kernel has named it there. */
	if (!make_own(process->tgid, tid, name) && process->run_root)
		make_own(process->number, thread_number(tid), name);
}

/* Fills the object from an O_PATH descriptor of ours, which is closed. */
static void fill_from(int fd, struct object *object)
{
	struct stat st;

	if (served_fstat(fd, &st) == 0) {
		object->exists = true;
		object->dev = st.st_dev;
		object->ino = st.st_ino;
		object->mode = st.st_mode;
	}
	close(fd);
}

/* Takes the last component off what is folded so far. */
static size_t without_last(const char *path, size_t size)
{
	while (size > 0 && path[--size] != '/')
		;
	return size;
}

static bool is_no_name(struct bytes component)
{
	return component.size == 1 || bytes_equal(component, bytes_of("/.")) ||
	       bytes_equal(component, bytes_of("/.."));
}

/* Folds "//", "." and ".." without looking: the last resort for a path that leads nowhere. */
static void fold(struct buffer *path)
{
	char *text = path->data;
	size_t to = 0;

	for (size_t from = 0, next; from < path->size; from = next) {
		struct bytes component = { text + from, 1 };

		for (next = from + 1; next < path->size && text[next] != '/'; next++)
			component.size++;
		if (bytes_equal(component, bytes_of("/..")))
			to = without_last(text, to);
		if (is_no_name(component))
			continue;
		memmove(text + to, component.data, component.size);
		to += component.size;
	}
	if (to == 0 && path->size)
		text[to++] = '/';
	path->size = to;
	if (text)
		text[to] = '\0';
}

int resolve_absolute(const struct process *process, pid_t tid, const struct object *object,
		     struct buffer *out)
{
	scoped(buffer) struct buffer base = { 0 };
	char start[64];
	struct bytes path = buffer_bytes(&object->requested);
	int r;

	buffer_clear(out);
	if (!path.size || path.data[0] != '/' || object->in_root) {
		snprintf(start, sizeof start, "/proc/%d/cwd", tid);
		if (object->directory != AT_FDCWD)
			snprintf(start, sizeof start, "/proc/%d/fd/%d", tid, object->directory);
		r = resolve_read_link(start, &base);
		if (r == 0 && resolve_link_is_detached(process, tid, start, &base))
			r = -ENAMETOOLONG;
		if (r < 0)
			return r;
		buffer_append(out, base.data, base.size);
		buffer_add_char(out, '/');
	}
	buffer_append(out, path.data, path.size);
	return buffer_status(out);
}

/* Where the last component before `end` begins; `end` may stand behind slashes. */
static size_t component_start(const char *path, size_t end)
{
	while (end > 0 && path[end - 1] == '/')
		end--;
	while (end > 0 && path[end - 1] != '/')
		end--;
	return end;
}

/* Resolves the nearest folder that exists, and appends what is missing below it.  Returns how much
 * of the path that folder is, or -1. */
static ssize_t resolve_in_folder(const struct reach *whole, struct buffer *name)
{
	struct reach reach = *whole;
	struct bytes path = whole->path;
	int fd = -1;

	reach.follow = true;
	while (fd < 0 && reach.path.size > 0) {
		reach.path.size = component_start(path.data, reach.path.size);
		fd = reach_open(&reach, name);
	}
	if (fd < 0)
		return -1;
	close(fd);
	if (!name->size)
		return -1;
	buffer_add_char(name, '/');
	buffer_append(name, path.data + reach.path.size, path.size - reach.path.size);
	fold(name);
	return (ssize_t)reach.path.size;
}

/* Nothing is there: name the place where it would be. */
static ssize_t resolve_missing(const struct reach *reach, struct buffer *name)
{
	ssize_t found = resolve_in_folder(reach, name);

	if (found < 0) {
		resolve_absolute(reach->process, reach->tid, reach->object, name);
		fold(name);
	}
	return found;
}

/* Whether what follows the first `found` bytes is there: a link that leads nowhere, with us. */
static bool is_dangling(const struct reach *reach, size_t found)
{
	scoped(buffer) struct buffer ignored = { 0 };
	struct reach link = *reach;
	const char *rest = reach->path.data + found;
	int fd;

	link.path.size = found + strcspn(rest, "/");
	link.follow = false;
	if (!reach->follow &&
	    link.path.size + strspn(reach->path.data + link.path.size, "/") == reach->path.size)
		return false;
	fd = reach_open(&link, &ignored);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Names a path in the tracee's root, or in that of openat2(2), of which the last part may be
 * missing. */
static void name_place(const struct reach *reach, const char *path, struct buffer *name)
{
	scoped(buffer) struct buffer place = { 0 };
	struct object end = { .directory = reach->object->directory,
			      .in_root = reach->object->in_root };
	struct reach there = *reach;

	buffer_add(&end.requested, path);
	buffer_add(&end.absolute, path);
	there.object = &end;
	there.path = buffer_bytes(&end.requested);
	if (resolve_in_folder(&there, &place) >= 0) {
		buffer_clear(name);
		buffer_append(name, place.data, place.size);
	}
	buffer_release(&end.requested);
	buffer_release(&end.absolute);
}

/* A link is there, but not what it points to: name the place where that would be. */
static void resolve_dangling(const struct reach *reach, struct buffer *name)
{
	scoped(buffer) struct buffer end = { 0 };
	size_t root_size;

	if (!resolve_end(reach, buffer_bytes(&reach->object->absolute), &end, &root_size)) {
		name_place(reach, buffer_text(&end) + root_size, name);
		return;
	}
	buffer_clear(name);
	buffer_append(name, end.data, end.size);
}

bool resolve_has_no_path(const struct buffer *name)
{
	return name->size && name->data[0] != '/' &&
	       !bytes_start_with(buffer_bytes(name), bytes_of("memfd:"));
}

/* Names what the path leads to, or would.  An O_PATH descriptor of ours, or -1. */
static int find(const struct reach *reach, struct object *object)
{
	int fd = reach_open(reach, &object->name);
	bool is_absent = fd < 0 && errno == ENOENT;
	ssize_t found = -1;

	if (fd < 0 || resolve_has_no_path(&object->name))
		found = resolve_missing(reach, &object->name);
	if (is_absent && found >= 0 && is_dangling(reach, (size_t)found))
		resolve_dangling(reach, &object->name);
	return is_absent ? reach_open_own(reach, &object->name) : fd;
}

void resolve_path(const struct process *process, pid_t tid, struct object *object)
{
	const struct reach reach = { process, tid, object, buffer_bytes(&object->requested),
				     object->follow };
	int start = resolve_absolute(process, tid, object, &object->absolute);
	int fd = find(&reach, object);

	object->exists = false;
	object->dev = object->ino = object->mode = 0;
	object->unnamed = !object->name.size && (fd >= 0 || start == -ENAMETOOLONG);
	if (fd >= 0)
		fill_from(fd, object);
	make_symbolic(process, tid, &object->name);
}

int resolve_descriptor(const struct process *process, pid_t tid, int descriptor,
		       struct object *object)
{
	char path[64];
	struct stat st;
	int r;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, descriptor);
	r = resolve_read_link(path, &object->name);
	object->unnamed = r == -ENAMETOOLONG ||
			  (r == 0 && resolve_link_is_detached(process, tid, path, &object->name));
	if (object->unnamed)
		buffer_clear(&object->name);
	else if (r < 0)
		return r;
	object->exists = true;
	object->dev = object->ino = object->mode = 0;
	if (served_stat(path, true, &st) == 0) {
		object->dev = st.st_dev;
		object->ino = st.st_ino;
		object->mode = st.st_mode;
	}
	make_symbolic(process, tid, &object->name);
	return 0;
}
