/* Walks a path as namei does and names each symbolic link on it: path_resolution(7). */
#include "recorder/calls/resolve.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */

struct walk {
	struct buffer done;	 /* resolved so far, "" is the root */
	struct buffer remaining; /* components to come */
	size_t prefix;		 /* bytes of `done` that lead to the tracee's root */
};

static void walk_release(struct walk *walk)
{
	buffer_release(&walk->done);
	buffer_release(&walk->remaining);
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
	buffer_add_char(&joined, '/');
	buffer_append(&joined, buffer_text(&walk->remaining), walk->remaining.size);
	buffer_release(&walk->remaining);
	walk->remaining = joined;
}

static void walk_links(struct walk *walk, bool follow_last, link_visit *visit, void *context)
{
	char component[NAME_MAX + 1], target[PATH_MAX];

	for (int links = 0; links < LINKS_MAX && next_component(walk, component);) {
		ssize_t size;

		if (!strcmp(component, "."))
			continue;
		if (!strcmp(component, "..")) {
			drop_last(walk);
			continue;
		}
		buffer_add_char(&walk->done, '/');
		buffer_add(&walk->done, component);
		/* A slash behind the last component follows it all the same. */
		if (!follow_last && !walk->remaining.size)
			return;
		size = readlink(buffer_text(&walk->done), target, sizeof target);
		if (size <= 0)
			continue;
		visit(context, (struct bytes){ walk->done.data + walk->prefix,
					       walk->done.size - walk->prefix });
		follow(walk, target, (size_t)size);
		links++;
	}
}

/* False below /proc: magic links are not paths to anybody else. */
static bool walk_begin(struct walk *walk, const struct process *process, pid_t tid,
		       const struct object *object)
{
	resolve_absolute(tid, object, &walk->remaining);
	if (walk->remaining.size > 6 && !memcmp(walk->remaining.data, "/proc/", 6))
		return false;
	if (process->own_view) {
		buffer_printf(&walk->done, "/proc/%d/root", tid);
		walk->prefix = walk->done.size;
	}
	return true;
}

void resolve_links(const struct process *process, pid_t tid, const struct object *object,
		   link_visit *visit, void *context)
{
	struct walk walk = { 0 };

	if (walk_begin(&walk, process, tid, object))
		walk_links(&walk, object->follow, visit, context);
	walk_release(&walk);
}

static void visit_nothing(void *context, struct bytes link)
{
	(void)context;
	(void)link;
}

bool resolve_end(const struct process *process, pid_t tid, const struct object *object,
		 struct buffer *ret)
{
	struct walk walk = { 0 };
	bool found = walk_begin(&walk, process, tid, object);

	if (found) {
		walk_links(&walk, true, visit_nothing, NULL);
		buffer_clear(ret);
		buffer_add(ret, buffer_text(&walk.done) + walk.prefix);
	}
	walk_release(&walk);
	return found && ret->size;
}
