#include "recorder/calls/names.h"

#include "core/clock.h"
#include "core/hash.h"
#include "recorder/calls/served.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX  40 /* as in the kernel: path_resolution(7) */
#define NODES_MAX  32768
#define TRUSTED_NS 100000000 /* another program may change it after that */

/* What was found under an absolute name without links on the way. */
struct node {
	int64_t looked_ns;
	uint64_t dev, ino;
	mode_t mode;  /* 0: nothing is there */
	char *target; /* of a symbolic link; owned */
	size_t size;
	UT_hash_handle hh;
	char name[];
};

struct names {
	pthread_mutex_t lock;
	char root[32];
	struct node *node;
	int64_t now_ns; /* of the walk that is under way */
};

struct walk {
	struct names *names;
	struct buffer done;	 /* resolved so far, "" is the root */
	struct buffer remaining; /* to come */
	bool follow;
	link_visit *visit;
	void *context;
	const struct node *node; /* of `done`; NULL: a folder that the kernel named */
	bool is_own;		 /* it came to what /proc/self leads to */
};

int names_open(struct names **ret, int root)
{
	struct names *names = calloc(1, sizeof *names);

	if (!names)
		return -ENOMEM;
	if (root >= 0)
		snprintf(names->root, sizeof names->root, "/proc/self/fd/%d", root);
	pthread_mutex_init(&names->lock, NULL);
	*ret = names;
	return 0;
}

const char *names_root(const struct names *names)
{
	return names->root;
}

static void drop(struct names *names, struct node *node)
{
	HASH_DEL(names->node, node);
	free(node->target);
	free(node);
}

static void drop_all(struct names *names)
{
	struct node *node = NULL, *next = NULL;

	HASH_ITER(hh, names->node, node, next)
	{
		drop(names, node);
	}
}

void names_forget_all(struct names *names)
{
	pthread_mutex_lock(&names->lock);
	drop_all(names);
	pthread_mutex_unlock(&names->lock);
}

void names_close(struct names *names)
{
	if (!names)
		return;
	drop_all(names);
	pthread_mutex_destroy(&names->lock);
	free(names);
}

static struct node *find(struct names *names, struct bytes name)
{
	struct node *node;

	HASH_FIND(hh, names->node, name.data, name.size, node);
	return node;
}

void names_forget(struct names *names, struct bytes name)
{
	struct node *node;

	pthread_mutex_lock(&names->lock);
	node = name.size ? find(names, name) : NULL;
	if (node)
		drop(names, node);
	pthread_mutex_unlock(&names->lock);
}

static struct node *add(struct names *names, struct bytes name)
{
	struct node *node;

	if (HASH_COUNT(names->node) >= NODES_MAX)
		drop_all(names);
	node = calloc(1, sizeof *node + name.size);
	if (!node)
		return NULL;
	memcpy(node->name, name.data, name.size);
	node->size = name.size;
	HASH_ADD_KEYPTR(hh, names->node, node->name, node->size, node);
	if (!node->hh.tbl) {
		free(node);
		return NULL;
	}
	return node;
}

static void look(const struct names *names, struct node *node, const char *path)
{
	char target[PATH_MAX], whole[PATH_MAX + 32];
	struct stat st;
	ssize_t size;

	free(node->target);
	node->target = NULL;
	node->mode = 0;
	node->dev = node->ino = 0;
	if (*names->root) {
		snprintf(whole, sizeof whole, "%s%s", names->root, path);
		path = whole;
	}
	if (served_stat(path, false, &st) < 0)
		return;
	node->mode = st.st_mode;
	node->dev = st.st_dev;
	node->ino = st.st_ino;
	if (!S_ISLNK(st.st_mode))
		return;
	size = served_read_link(path, target, sizeof target - 1);
	if (size > 0)
		node->target = strndup(target, (size_t)size);
}

/* NULL: no memory. */
static const struct node *node_of(struct names *names, const struct buffer *path)
{
	struct node *node = find(names, buffer_bytes(path));
	bool is_known = node && names->now_ns - node->looked_ns < TRUSTED_NS;

	if (!node)
		node = add(names, buffer_bytes(path));
	if (node && !is_known) {
		look(names, node, buffer_text(path));
		node->looked_ns = names->now_ns;
	}
	return node;
}

static void cut_last(struct walk *walk)
{
	while (walk->done.size && walk->done.data[--walk->done.size] != '/')
		;
	if (walk->done.data)
		walk->done.data[walk->done.size] = '\0';
	walk->node = NULL;
}

/* Takes the next component off; its size is 0 at the end. */
static struct bytes next_component(struct bytes *rest)
{
	struct bytes component;

	while (rest->size && rest->data[0] == '/') {
		rest->data++;
		rest->size--;
	}
	component = (struct bytes){ rest->data, 0 };
	while (component.size < rest->size && component.data[component.size] != '/')
		component.size++;
	rest->data += component.size;
	rest->size -= component.size;
	return component;
}

/* Goes on at the target of the link that `done` names. */
static void follow(struct walk *walk, const char *target, struct bytes rest)
{
	struct buffer joined = { 0 };

	if (target[0] == '/')
		buffer_clear(&walk->done);
	else
		cut_last(walk);
	buffer_add(&joined, target);
	buffer_append(&joined, rest.data, rest.size);
	buffer_release(&walk->remaining);
	walk->remaining = joined;
	walk->node = NULL;
}

static void step(struct walk *walk, struct bytes component)
{
	buffer_add_char(&walk->done, '/');
	buffer_append(&walk->done, component.data, component.size);
	walk->node = node_of(walk->names, &walk->done);
}

static bool is_dots(struct bytes component, size_t count)
{
	return component.size == count && !memcmp(component.data, "..", count);
}

/* Links in the root of /proc lead every process to itself: the end, as the process would name it,
 * with all that is still to come. */
static bool ends_at_own(struct walk *walk, struct bytes component, struct bytes rest)
{
	static const char *const own[] = { "self", "thread-self", "mounts", "net" };
	size_t i = 0;

	if (!bytes_equal(buffer_bytes(&walk->done), bytes_of("/proc")))
		return false;
	while (i < sizeof own / sizeof *own && !bytes_equal(component, bytes_of(own[i])))
		i++;
	if (i == sizeof own / sizeof *own || (!rest.size && !walk->follow))
		return false;
	buffer_add(&walk->done, i < 2 ? "/" : "/self/");
	buffer_add(&walk->done, own[i]);
	buffer_append(&walk->done, rest.data, rest.size);
	walk->is_own = true;
	return true;
}

/* One run over what remains; true when a link gave more to go through. */
static bool walk_rest(struct walk *walk)
{
	struct bytes rest = buffer_bytes(&walk->remaining), component;

	while ((component = next_component(&rest)).size) {
		if (is_dots(component, 1))
			continue;
		if (is_dots(component, 2)) {
			cut_last(walk);
			continue;
		}
		if (ends_at_own(walk, component, rest))
			return false;
		step(walk, component);
		if (!walk->node || !walk->node->target || (!rest.size && !walk->follow))
			continue;
		if (walk->visit)
			walk->visit(walk->context, buffer_bytes(&walk->done));
		follow(walk, walk->node->target, rest);
		return true;
	}
	return false;
}

/* False where links lead round and round. */
static bool walk_object(struct walk *walk, const struct object *object, bool follow)
{
	struct bytes requested = buffer_bytes(&object->requested);
	int links = 0;

	walk->names->now_ns = clock_monotonic_ns();
	walk->follow = follow;
	buffer_clear(&walk->done);
	buffer_clear(&walk->remaining);
	walk->node = NULL;
	if (requested.size && requested.data[0] != '/')
		buffer_append(&walk->done, object->base.data, object->base.size);
	if (walk->done.size == 1)
		buffer_clear(&walk->done);
	buffer_append(&walk->remaining, requested.data, requested.size);
	while (walk_rest(walk) && ++links < LINKS_MAX)
		;
	return links < LINKS_MAX;
}

static void walk_release(struct walk *walk)
{
	buffer_release(&walk->done);
	buffer_release(&walk->remaining);
}

static void look_at_end(struct walk *walk)
{
	if (!walk->node)
		walk->node = node_of(walk->names, &walk->done);
}

static void set_absolute(struct object *object)
{
	struct bytes requested = buffer_bytes(&object->requested);

	buffer_clear(&object->absolute);
	if (requested.size && requested.data[0] != '/') {
		buffer_append(&object->absolute, object->base.data, object->base.size);
		buffer_add_char(&object->absolute, '/');
	}
	buffer_append(&object->absolute, requested.data, requested.size);
}

bool names_resolve(struct names *names, struct object *object)
{
	struct walk walk = { .names = names };

	set_absolute(object);

	pthread_mutex_lock(&names->lock);
	if (!walk_object(&walk, object, object->follow))
		walk_object(&walk, object, false);
	if (!walk.done.size)
		buffer_add_char(&walk.done, '/');
	look_at_end(&walk);
	buffer_clear(&object->name);
	buffer_append(&object->name, walk.done.data, walk.done.size);
	object->exists = walk.node && walk.node->mode;
	object->dev = walk.node ? walk.node->dev : 0;
	object->ino = walk.node ? walk.node->ino : 0;
	object->mode = walk.node ? walk.node->mode : 0;
	pthread_mutex_unlock(&names->lock);
	walk_release(&walk);
	return !walk.is_own;
}

void names_links(struct names *names, const struct object *object, link_visit *visit, void *context)
{
	struct walk walk = { .names = names, .visit = visit, .context = context };

	pthread_mutex_lock(&names->lock);
	walk_object(&walk, object, object->follow);
	pthread_mutex_unlock(&names->lock);
	walk_release(&walk);
}
