#include "recorder/calls/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char deleted[] = " (deleted)";

/* The kernel marks the link of an unlinked file; a file may also be named so. */
static bool is_marked(const char *target, size_t size)
{
	const size_t mark = sizeof deleted - 1;

	return size > mark && target[0] == '/' && !strcmp(target + size - mark, deleted) &&
	       access(target, F_OK) != 0;
}

bool resolve_cut_deleted(struct buffer *name)
{
	if (!is_marked(name->data, name->size))
		return false;
	name->size -= sizeof deleted - 1;
	name->data[name->size] = '\0';
	return true;
}

/* Reads a link below /proc that stands for an object.  memfd_create(2) makes one outside of the
 * file system, which the link names as if it stood in the root. */
static int read_link(const char *path, struct buffer *out)
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
	return read_link(path, out);
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

/* A name below /proc/PID differs in every run; what is meant is "my own". */
static void make_symbolic(const struct process *process, pid_t tid, struct buffer *name)
{
	char start[64];

	if (name->size < 7 || memcmp(name->data, "/proc/", 6))
		return;
	snprintf(start, sizeof start, "/proc/%d/task/%d", process->tgid, tid);
	if (replace_start(name, start, "/proc/thread-self"))
		return;
	snprintf(start, sizeof start, "/proc/%d", process->tgid);
	if (replace_start(name, start, "/proc/self"))
		return;
	/* A link such as /etc/mtab led the recorder to its own folder. */
	snprintf(start, sizeof start, "/proc/%d", getpid());
	replace_start(name, start, "/proc/self");
}

/* Paths that mean something else in every process; the tracer must not follow them as itself. */
static void make_theirs(const struct process *process, pid_t tid, struct buffer *path)
{
	char theirs[64];

	snprintf(theirs, sizeof theirs, "/proc/%d/task/%d", process->tgid, tid);
	if (replace_start(path, "/proc/thread-self", theirs))
		return;
	snprintf(theirs, sizeof theirs, "/proc/%d", process->tgid);
	if (replace_start(path, "/proc/self", theirs))
		return;
	snprintf(theirs, sizeof theirs, "/proc/%d/fd", process->tgid);
	if (replace_start(path, "/dev/fd", theirs))
		return;
	for (int i = 0; i < 3; i++) {
		static const char *const standard[] = { "/dev/stdin", "/dev/stdout",
							"/dev/stderr" };

		snprintf(theirs, sizeof theirs, "/proc/%d/fd/%d", process->tgid, i);
		if (replace_start(path, standard[i], theirs))
			return;
	}
}

/* The folder that a relative path starts at, as the tracer can open it. */
static void make_start(pid_t tid, int directory, char ret[static 64])
{
	if (directory == AT_FDCWD)
		snprintf(ret, 64, "/proc/%d/cwd", tid);
	else
		snprintf(ret, 64, "/proc/%d/fd/%d", tid, directory);
}

/* Whether the path is "self" or "thread-self", or below, and starts at /proc. */
static bool is_self_in_proc(const char *start, struct bytes path)
{
	scoped(buffer) struct buffer folder = { 0 };

	if (!bytes_start_with(path, bytes_of("self")) &&
	    !bytes_start_with(path, bytes_of("thread-self")))
		return false;
	return read_link(start, &folder) == 0 &&
	       bytes_equal(buffer_bytes(&folder), bytes_of("/proc"));
}

/* The path as the tracer can open it: through /proc/TID where it is relative. */
static void make_reachable(const struct process *process, pid_t tid, struct bytes path,
			   const struct object *object, struct buffer *out)
{
	bool is_relative = !path.size || path.data[0] != '/';
	char start[64];

	buffer_clear(out);
	make_start(tid, object->directory, start);
	if (object->in_root) {
		buffer_add(out, path.size ? "" : ".");
	} else if (is_relative && is_self_in_proc(start, path)) {
		buffer_add(out, "/proc/");
		is_relative = false;
	} else if (is_relative) {
		buffer_printf(out, "%s/", start);
	}
	buffer_append(out, path.data, path.size);
	if (!is_relative && !object->in_root)
		make_theirs(process, tid, out);
}

/* Opens without any effect on the object: O_PATH neither reads, blocks nor triggers. */
static int open_object(const struct process *process, pid_t tid, const struct object *object,
		       const char *path, bool follow)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
		.resolve = RESOLVE_IN_ROOT,
	};
	char root[64];
	int base, fd;

	if (object->in_root)
		make_start(tid, object->directory, root);
	else if (!process->own_view || path[0] != '/' || !strncmp(path, "/proc/", 6))
		return open(path, (int)how.flags);
	else
		snprintf(root, sizeof root, "/proc/%d/root", tid);
	base = open(root, O_PATH | O_CLOEXEC);
	if (base < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
	close(base);
	return fd;
}

/* Fills the object from an O_PATH descriptor of ours, which is closed. */
static int fill_from(int fd, struct object *object)
{
	char link[40];
	struct stat st;
	int r;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	r = read_link(link, &object->name);
	if (r == 0 && fstat(fd, &st) == 0) {
		object->exists = true;
		object->dev = st.st_dev;
		object->ino = st.st_ino;
		object->mode = st.st_mode;
	}
	close(fd);
	return r;
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

void resolve_absolute(pid_t tid, const struct object *object, struct buffer *out)
{
	scoped(buffer) struct buffer base = { 0 };
	char what[32] = "cwd";
	struct bytes path = buffer_bytes(&object->requested);

	buffer_clear(out);
	if (!path.size || path.data[0] != '/' || object->in_root) {
		if (object->directory != AT_FDCWD)
			snprintf(what, sizeof what, "fd/%d", object->directory);
		if (resolve_proc_link(tid, what, &base) == 0)
			buffer_append(out, base.data, base.size);
		buffer_add_char(out, '/');
	}
	buffer_append(out, path.data, path.size);
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

/* Resolves the nearest folder that exists, and appends what is missing below it. */
static bool resolve_in_folder(const struct process *process, pid_t tid, struct object *object)
{
	scoped(buffer) struct buffer folder = { 0 };
	struct bytes path = buffer_bytes(&object->requested);
	size_t start = path.size;
	int fd = -1;

	while (fd < 0 && start > 0) {
		start = component_start(path.data, start);
		make_reachable(process, tid, (struct bytes){ path.data, start }, object, &folder);
		fd = open_object(process, tid, object, buffer_text(&folder), true);
	}
	if (fd < 0 || fill_from(fd, object) < 0)
		return false;
	object->exists = false;
	object->dev = object->ino = object->mode = 0;
	buffer_add_char(&object->name, '/');
	buffer_append(&object->name, path.data + start, path.size - start);
	fold(&object->name);
	return true;
}

/* Nothing is there: name the place where it would be. */
static void resolve_missing(const struct process *process, pid_t tid, struct object *object)
{
	if (resolve_in_folder(process, tid, object))
		return;
	resolve_absolute(tid, object, &object->name);
	fold(&object->name);
}

/* A link is there, but not what it points to: name the place where that would be. */
static void resolve_dangling(const struct process *process, pid_t tid, struct object *object,
			     const char *path)
{
	struct object end = { .directory = AT_FDCWD };
	int fd = open_object(process, tid, object, path, false);

	if (fd < 0)
		return;
	close(fd);
	if (!object->in_root && resolve_end(process, tid, object, &end.requested) &&
	    resolve_in_folder(process, tid, &end)) {
		buffer_release(&object->name);
		object->name = end.name;
		end.name = (struct buffer){ 0 };
	}
	buffer_release(&end.requested);
	buffer_release(&end.name);
}

/* A namespace, a pipe, a socket: links of /proc lead to it, but its own name is no path.  What
 * memfd_create(2) made has the name that it was given. */
static bool has_no_path(const struct object *object)
{
	return object->name.size && object->name.data[0] != '/' &&
	       !bytes_start_with(buffer_bytes(&object->name), bytes_of("memfd:"));
}

void resolve_path(const struct process *process, pid_t tid, struct object *object)
{
	scoped(buffer) struct buffer path = { 0 };
	bool is_absent, is_found;
	int fd;

	object->exists = false;
	object->dev = object->ino = object->mode = 0;
	make_reachable(process, tid, buffer_bytes(&object->requested), object, &path);
	fd = open_object(process, tid, object, buffer_text(&path), object->follow);
	is_absent = fd < 0 && errno == ENOENT;
	is_found = fd >= 0 && fill_from(fd, object) == 0;
	if (!is_found || has_no_path(object))
		resolve_missing(process, tid, object);
	object->exists = is_found;
	if (is_absent && object->follow)
		resolve_dangling(process, tid, object, buffer_text(&path));
	make_symbolic(process, tid, &object->name);
}

int resolve_descriptor(const struct process *process, pid_t tid, int descriptor,
		       struct object *object)
{
	char path[64];
	struct stat st;
	int r;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", tid, descriptor);
	r = read_link(path, &object->name);
	if (r < 0)
		return r;
	object->exists = true;
	object->dev = object->ino = object->mode = 0;
	if (stat(path, &st) == 0) {
		object->dev = st.st_dev;
		object->ino = st.st_ino;
		object->mode = st.st_mode;
	}
	make_symbolic(process, tid, &object->name);
	return 0;
}
