#include "analyzer/executions.h"

#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An image has executed a program, or tried to run a script. */
struct execution {
	int64_t image, seq;
	char *name, *called; /* resolved, and as it was asked for */
};

static bool grow(struct executions *executions)
{
	size_t capacity = executions->capacity ? executions->capacity * 2 : 32;
	struct execution *grown;

	if (executions->count < executions->capacity)
		return true;
	grown = reallocarray(executions->noted, capacity, sizeof *grown);
	if (!grown)
		return false;
	executions->noted = grown;
	executions->capacity = capacity;
	return true;
}

void executions_note(struct executions *executions, const struct access *access)
{
	struct bytes called = access->requested.data ? access->requested : access->name;
	struct execution *noted;

	if (access->resource != RESOURCE_PROGRAM || access->action != ACTION_EXEC ||
	    access->outcome != OUTCOME_OK)
		return;
	if (!grow(executions)) {
		executions->failed = true;
		return;
	}
	noted = &executions->noted[executions->count++];
	noted->image = access->image;
	noted->seq = access->seq;
	noted->name = strndup(access->name.data, access->name.size);
	noted->called = strndup(called.data, called.size);
	executions->failed = executions->failed || !noted->name || !noted->called;
}

static int compare(const void *a, const void *b)
{
	const struct execution *one = a, *other = b;

	int order;

	if (one->image != other->image)
		return one->image < other->image ? -1 : 1;
	order = strcmp(one->name, other->name);
	return order ? order : one->seq < other->seq ? -1 : one->seq > other->seq;
}

/* The first that the image executed. */
static size_t find_first(const struct executions *executions, int64_t image)
{
	size_t low = 0, high = executions->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (executions->noted[middle].image < image)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const char *base_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* Takes the last component off, or puts one behind. */
static void go(struct buffer *path, struct bytes component)
{
	const char *slash = memrchr(buffer_text(path), '/', path->size);

	if (bytes_equal(component, bytes_of(".."))) {
		path->size = slash ? (size_t)(slash - path->data) : 0;
	} else if (component.size && !bytes_equal(component, bytes_of("."))) {
		buffer_add_char(path, '/');
		buffer_append(path, component.data, component.size);
	}
}

/* Where a program is that was called like that, unless there are links on the way; nothing where
 * it was searched for. */
static void write_place(const struct image *image, const char *called, struct buffer *out)
{
	if (!strchr(called, '/'))
		return;
	if (*called != '/' && image->cwd.size > 1)
		buffer_append(out, image->cwd.data, image->cwd.size);
	while (*called) {
		size_t size = strcspn(called, "/");

		go(out, (struct bytes){ called, size });
		called += size + (called[size] == '/');
	}
}

/* Whether it was executed under that name, and is not what runs. */
static bool may_be_script(const struct execution *noted, const struct image *image,
			  const char *called)
{
	return !bytes_equal(bytes_of(noted->name), image->program) &&
	       (!strcmp(base_of(noted->name), base_of(called)) ||
		!strcmp(base_of(noted->called), base_of(called)));
}

/* The script that runs, or NULL; of several that are called alike, the one that was there. */
static const struct execution *find_script(const struct executions *executions,
					   const struct image *image, const char *called,
					   struct buffer *place)
{
	int64_t by = image->parent ? image->parent : image->seq;
	const struct execution *script = NULL;

	write_place(image, called, place);
	for (size_t i = find_first(executions, by); i < executions->count; i++) {
		const struct execution *noted = &executions->noted[i];

		if (noted->image != by)
			break;
		if (!may_be_script(noted, image, called))
			continue;
		if (!script || bytes_equal(bytes_of(noted->name), buffer_bytes(place)))
			script = noted;
	}
	return script;
}

/* A name that the image was called by; NULL: nobody knows. */
static const char *called_of(const struct image *image)
{
	return image->argv.size && !image->argv.data[image->argv.size - 1] ? image->argv.data
									   : NULL;
}

int64_t executions_seq(const struct executions *executions, const struct image *image)
{
	scoped(buffer) struct buffer place = { 0 };
	int64_t by = image->parent ? image->parent : image->seq;
	const char *called = called_of(image);
	const struct execution *script =
		called ? find_script(executions, image, called, &place) : NULL;

	if (script)
		return script->seq;
	for (size_t i = find_first(executions, by); i < executions->count; i++) {
		const struct execution *noted = &executions->noted[i];

		if (noted->image != by)
			break;
		if (bytes_equal(bytes_of(noted->name), image->program))
			return noted->seq;
	}
	return 0;
}

/* As the kernel hands them to an interpreter. */
static void add_script(const struct image *image, const char *script, struct buffer *out)
{
	struct bytes rest = image->argv;
	size_t first = strlen(rest.data) + 1;

	buffer_append(out, image->program.data, image->program.size);
	buffer_append(out, "", 1);
	buffer_append(out, script, strlen(script) + 1);
	buffer_append(out, rest.data + first, rest.size - first);
}

static int keep_program(struct executions *executions, const struct image *image)
{
	size_t seq = (size_t)image->seq;
	char **grown = executions->program;

	if (image->seq < 0 || seq > (size_t)INT32_MAX)
		return 0;
	if (seq >= executions->programs) {
		grown = reallocarray(grown, seq * 2 + 16, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		memset(grown + executions->programs, 0,
		       (seq * 2 + 16 - executions->programs) * sizeof *grown);
		executions->program = grown;
		executions->programs = seq * 2 + 16;
	}
	free(grown[seq]);
	grown[seq] = strndup(image->program.data, image->program.size);
	return grown[seq] ? 0 : -ENOMEM;
}

struct reading {
	struct executions *executions;
	execution_visit *visit;
	void *context;
	struct error *err;
};

static struct bytes program_by(const struct executions *executions, const struct image *image)
{
	int64_t by = image->parent ? image->parent : image->seq;

	if (by < 0 || (size_t)by >= executions->programs)
		return bytes_of("");
	return bytes_of(executions->program[by] ? executions->program[by] : "");
}

static int read_image(void *context, const struct image *image)
{
	struct reading *reading = context;
	scoped(buffer) struct buffer argv = { 0 }, place = { 0 };
	const char *called = called_of(image);
	const struct execution *script =
		called ? find_script(reading->executions, image, called, &place) : NULL;
	int r = keep_program(reading->executions, image);

	if (script)
		add_script(image, script->name, &argv);
	if (r < 0 || buffer_status(&argv) < 0 || buffer_status(&place) < 0)
		return error_set(reading->err, ENOMEM, "read what was executed");
	return reading->visit(reading->context, image, script ? buffer_bytes(&argv) : image->argv,
			      program_by(reading->executions, image));
}

int executions_each(struct executions *executions, struct store *store, int64_t run,
		    execution_visit *visit, void *context, struct error *err)
{
	struct reading reading = { executions, visit, context, err };

	if (executions->failed)
		return error_set(err, ENOMEM, "read what was executed");
	if (executions->count)
		qsort(executions->noted, executions->count, sizeof *executions->noted, compare);
	return store_each_image(store, run, read_image, &reading, err);
}

void executions_release(struct executions *executions)
{
	for (size_t i = 0; i < executions->count; i++) {
		free(executions->noted[i].name);
		free(executions->noted[i].called);
	}
	for (size_t i = 0; i < executions->programs; i++)
		free(executions->program[i]);
	free(executions->noted);
	free(executions->program);
	*executions = (struct executions){ 0 };
}
