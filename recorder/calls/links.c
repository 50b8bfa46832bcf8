/* Walks a path as namei does and names each symbolic link on it: path_resolution(7). */
#include "recorder/calls/reach.h"
#include "recorder/calls/resolve.h"
#include "recorder/calls/served.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX	40 /* as in the kernel */
#define PROC_ROOT_INODE 1  /* include/linux/proc_fs.h */

struct walk {
	const struct process *process;
	pid_t tid;
	struct buffer done;	 /* resolved so far, "" is the root */
	struct buffer remaining; /* components to come */
	struct buffer root;	 /* the tracee's, as we see it; empty where it is ours */
	size_t prefix;		 /* bytes of `done` that lead there */
	bool is_own;		 /* it has come to what the tracee is to itself, in our /proc */
	link_visit *visit;	 /* NULL: nobody wants to know */
	void *context;
};

static void walk_cleanup(struct walk *walk)
{
	buffer_release(&walk->done);
	buffer_release(&walk->remaining);
	buffer_release(&walk->root);
}

/* Cuts the next component off; false at the end. */
static bool next_component(struct walk *walk, char component[static NAME_MAX + 1])
{
	const char *from = buffer_text(&walk->remaining);
	size_t size;

	from += strspn(from, "/");
	size = strcspn(from, "/");
	if (size == 0 || size > NAME_MAX)
		return false;
	memcpy(component, from, size);
	component[size] = '\0';
	from += size;
	walk->remaining.size -= (size_t)(from - walk->remaining.data);
	memmove(walk->remaining.data, from, walk->remaining.size + 1);
	return true;
}

static void drop_last(struct walk *walk)
{
	while (walk->done.size > walk->prefix && walk->done.data[--walk->done.size] != '/')
		;
	if (walk->done.data)
		walk->done.data[walk->done.size] = '\0';
}

/* Continues at the target of the link that `done` names. */
static void follow(struct walk *walk, const char *target, size_t size)
{
	struct buffer joined = { 0 };

	if (target[0] == '/') {
		walk->done.size = walk->prefix;
		if (walk->done.data)
			walk->done.data[walk->prefix] = '\0';
	} else {
		drop_last(walk);
	}
	buffer_append(&joined, target, size);
	buffer_append(&joined, buffer_text(&walk->remaining), walk->remaining.size);
	buffer_release(&walk->remaining);
	walk->remaining = joined;
}

/* Links in the root of /proc lead every process to itself: proc(5). */
static const char *const own_link[] = { "self", "thread-self", "mounts", "net" };

static bool is_root_of_proc(const char *path)
{
	struct statfs fs;
	struct stat st;

	return served_statfs(path, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
	       served_stat(path, true, &st) == 0 && st.st_ino == PROC_ROOT_INODE;
}

static bool is_own_link(const struct walk *walk, const char *component)
{
	for (size_t i = 0; i < sizeof own_link / sizeof *own_link; i++)
		if (!strcmp(component, own_link[i]))
			return is_root_of_proc(walk->done.size ? walk->done.data : "/");
	return false;
}

/* The end, as our /proc has it, with all that is still to come. */
static void end_at_own(struct walk *walk, const char *component)
{
	buffer_clear(&walk->done);
	buffer_printf(&walk->done, "/proc/%d", walk->process->tgid);
	if (!strcmp(component, "thread-self"))
		buffer_printf(&walk->done, "/task/%d", walk->tid);
	else if (strcmp(component, "self"))
		buffer_printf(&walk->done, "/%s", component);
	buffer_append(&walk->done, walk->remaining.data, walk->remaining.size);
	walk->prefix = 0;
	walk->is_own = true;
}

static void visit_link(struct walk *walk)
{
	scoped(buffer) struct buffer name = { 0 };

	if (!walk->visit)
		return;
	buffer_append(&name, walk->root.data, walk->root.size);
	buffer_append(&name, walk->done.data + walk->prefix, walk->done.size - walk->prefix);
	walk->visit(walk->context, buffer_bytes(&name));
}

/* A slash behind the last component follows it all the same. */
static bool is_last(const struct walk *walk)
{
	return !walk->remaining.size;
}

/* Goes on to a component that is a name.  False at the end of the walk. */
static bool take_component(struct walk *walk, const char *component, bool follow_last, int *links)
{
	char target[PATH_MAX];
	bool stays = !follow_last && is_last(walk);
	ssize_t size;

	if (!stays && is_own_link(walk, component)) {
		end_at_own(walk, component);
		return false;
	}
	buffer_add_char(&walk->done, '/');
	buffer_add(&walk->done, component);
	if (stays)
		return false;
	size = served_read_link(buffer_text(&walk->done), target, sizeof target);
	if (size <= 0)
		return true;
	visit_link(walk);
	follow(walk, target, (size_t)size);
	return ++*links < LINKS_MAX;
}

static void walk_links(struct walk *walk, bool follow_last)
{
	char component[NAME_MAX + 1];
	int links = 0;

	while (next_component(walk, component)) {
		if (!strcmp(component, "."))
			continue;
		if (!strcmp(component, ".."))
			drop_last(walk);
		else if (!take_component(walk, component, follow_last, &links))
			return;
	}
}

static bool is_below(struct bytes path, struct bytes folder)
{
	return bytes_start_with(path, folder) &&
	       (path.size == folder.size || path.data[folder.size] == '/');
}

static bool is_relative(const struct object *object)
{
	return !object->requested.size || object->requested.data[0] != '/' || object->in_root;
}

/* At the tracee's root, or at ours for a folder outside of that. */
static void begin_at_root(struct walk *walk, const struct object *object, struct bytes absolute)
{
	if (walk->process->own_view && resolve_proc_link(walk->tid, "root", &walk->root) == 0) {
		size_t size = walk->root.size > 1 ? walk->root.size : 0;

		buffer_printf(&walk->done, "/proc/%d/root", walk->tid);
		walk->root.size = size;
		/* The folder has been named as we see it. */
		if (is_relative(object) && !is_below(absolute, buffer_bytes(&walk->root))) {
			buffer_clear(&walk->done);
			buffer_clear(&walk->root);
		} else if (is_relative(object)) {
			absolute.data += size;
			absolute.size -= size;
		}
	}
	buffer_append(&walk->remaining, absolute.data, absolute.size);
}

/* At the folder that is "/" to this path, and that nothing leads above: openat2(2). */
static void begin_in_folder(struct walk *walk, const struct object *object, struct bytes path)
{
	char start[32] = "cwd";

	if (object->directory != AT_FDCWD)
		snprintf(start, sizeof start, "fd/%d", object->directory);
	if (resolve_proc_link(walk->tid, start, &walk->root) < 0)
		walk->visit = NULL;
	if (walk->root.size == 1)
		buffer_clear(&walk->root);
	buffer_printf(&walk->done, "/proc/%d/%s", walk->tid, start);
	buffer_append(&walk->remaining, path.data, path.size);
}

static void walk_begin(struct walk *walk, const struct object *object, struct bytes path,
		       struct bytes absolute)
{
	if (object->in_root)
		begin_in_folder(walk, object, path);
	else
		begin_at_root(walk, object, absolute);
	walk->prefix = walk->done.size;
}

void resolve_links(const struct process *process, pid_t tid, const struct object *object,
		   struct bytes absolute, link_visit *visit, void *context)
{
	scoped(walk) struct walk walk = { process, tid, .visit = visit, .context = context };

	/* Magic links are not paths to anybody else. */
	if (bytes_start_with(absolute, bytes_of("/proc/")))
		return;
	walk_begin(&walk, object, buffer_bytes(&object->requested), absolute);
	walk_links(&walk, object->follow);
}

bool resolve_end(const struct reach *reach, struct bytes absolute, struct buffer *ret,
		 size_t *ret_root_size)
{
	scoped(walk) struct walk walk = { reach->process, reach->tid, .visit = NULL };
	bool is_folder = reach->path.size && reach->path.data[reach->path.size - 1] == '/';

	walk_begin(&walk, reach->object, reach->path, absolute);
	walk_links(&walk, reach->follow || is_folder);
	buffer_clear(ret);
	buffer_append(ret, walk.done.data, walk.done.size);
	if (ret->size == walk.prefix)
		buffer_add_char(ret, '/');
	*ret_root_size = walk.prefix;
	return walk.is_own;
}
