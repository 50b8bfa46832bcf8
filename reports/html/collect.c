#include "reports/html/collect.h"

#include "core/error.h"
#include "core/text.h"
#include "reports/redact/redact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int64_t count_add(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

void *array_grow(void *item, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 16;

	if (count == *room) {
		item = reallocarray(item, more, size);
		if (!item)
			return NULL;
		*room = more;
	}
	memset((char *)item + count * size, 0, size);
	return item;
}

char *report_safe_text(const struct report_model *model, struct bytes in, unsigned *ret_flags)
{
	scoped(buffer) struct buffer out = { 0 }, told = { 0 };

	redact(model->redactor, in, &told);
	*ret_flags = text_escape(buffer_bytes(&told), TEXT_SAFE, &out);
	return buffer_status(&told) || buffer_status(&out) ? NULL : strdup(buffer_text(&out));
}

/* The same of a pattern, which is text already. */
static char *safe_pattern(const struct report_model *model, const struct buffer *pattern)
{
	scoped(buffer) struct buffer told = { 0 };

	redact(model->redactor, buffer_bytes(pattern), &told);
	return buffer_status(&told) ? NULL : strdup(buffer_text(&told));
}

static int safe_flags(struct bytes in, unsigned *ret)
{
	scoped(buffer) struct buffer ignored = { 0 };

	*ret = text_escape(in, TEXT_SAFE, &ignored);
	return buffer_status(&ignored);
}

/* A command line on one line: arguments end with a NUL. */
static char *command_text(const struct report_model *model, struct bytes argv, unsigned *ret_flags)
{
	scoped(buffer) struct buffer line = { 0 };
	size_t size = argv.size && !argv.data[argv.size - 1] ? argv.size - 1 : argv.size;

	buffer_append(&line, argv.data, size);
	for (size_t i = 0; i < line.size; i++)
		if (!line.data[i])
			line.data[i] = ' ';
	return buffer_status(&line) ? NULL
				    : report_safe_text(model, buffer_bytes(&line), ret_flags);
}

static int program_number(struct collector *c, struct bytes name, size_t *ret)
{
	struct report_model *model = c->model;
	struct program *program;

	if (keys_number(&c->program, name, ret))
		return -ENOMEM;
	if (*ret < model->program_count)
		return 0;
	program = array_grow(model->program, *ret, &c->program_room, sizeof *program);
	if (!program)
		return -ENOMEM;
	model->program = program;
	model->program_count = *ret + 1;
	program += *ret;
	program->name = report_safe_text(model, name, &program->flags);
	program->in_run = calloc(model->run_count, sizeof *program->in_run);
	return program->name && program->in_run ? 0 : -ENOMEM;
}

static int image_program(struct collector *c, int64_t seq, size_t *ret)
{
	if (seen_image(c, seq, ret))
		return 0;
	return program_number(c, (struct bytes){ "", 0 }, ret);
}

static int collect_image(void *context, const struct image *image)
{
	struct collector *c = context;
	struct program *program;
	size_t number;

	if (program_number(c, image->program, &number) || see_image(c, image->seq, number))
		return error_set(c->err, ENOMEM, "add up the programs");
	program = &c->model->program[number];
	program->starts++;
	program->in_run[c->run] = 1;
	if (program->last_run != c->run + 1)
		program->runs++;
	program->last_run = c->run + 1;
	if (program->example)
		return 0;
	program->example = command_text(c->model, image->argv, &program->example_flags);
	return program->example ? 0 : error_set(c->err, ENOMEM, "add up the programs");
}

/* The object that the name stands for. */
static int name_object(struct collector *c, const struct access *access, size_t *ret)
{
	struct report_model *model = c->model;
	char kind = (char)access->resource;
	struct object *object;

	buffer_clear(&c->text);
	pattern_of_name(&c->roots, access->resource, access->name, &c->text);
	if (buffer_status(&c->text))
		return -ENOMEM;
	buffer_clear(&c->key);
	buffer_append(&c->key, &kind, 1);
	buffer_append(&c->key, c->text.data, c->text.size);
	if (buffer_status(&c->key) || keys_number(&c->object, buffer_bytes(&c->key), ret))
		return -ENOMEM;
	if (*ret < model->object_count)
		return 0;
	object = array_grow(model->object, *ret, &c->object_room, sizeof *object);
	if (!object)
		return -ENOMEM;
	model->object = object;
	model->object_count = *ret + 1;
	object += *ret;
	object->resource = access->resource;
	object->name =
		safe_flags(access->name, &object->flags) ? NULL : safe_pattern(model, &c->text);
	object->own = true;
	return object->name ? 0 : -ENOMEM;
}

/* The same, remembered for as long as names mean the same. */
static int object_number(struct collector *c, const struct access *access, size_t *ret)
{
	int status;

	if (seen_object(c, access->key, ret))
		return 0;
	status = name_object(c, access, ret);
	return status ? status : see_object(c, access->key, *ret);
}

static int use_number(struct collector *c, size_t object, enum action action, size_t *ret)
{
	struct report_model *model = c->model;
	struct use *use;

	if (model->object[object].use[action]) {
		*ret = model->object[object].use[action] - 1;
		return 0;
	}
	*ret = model->use_count;
	use = array_grow(model->use, *ret, &c->use_room, sizeof *use);
	if (!use)
		return -ENOMEM;
	model->use = use;
	model->use_count = *ret + 1;
	model->object[object].use[action] = (uint32_t)model->use_count;
	use[*ret] = (struct use){ .object = object, .action = action, .own = true };
	return 0;
}

/* What was attempted and not seen to end may have happened: it counts as if it had, so that no
 * need is missed. */
static enum outcome outcome_of(const struct access *access)
{
	if (access->outcome < OUTCOME_OK || access->outcome >= OUTCOME_UNKNOWN)
		return OUTCOME_OK;
	return access->outcome;
}

static void add_tally(struct tally *tally, size_t run, const struct access *access)
{
	if (tally->last_run != run + 1)
		tally->runs++;
	tally->last_run = run + 1;
	if (!tally->count || access->first_ns < tally->first_ns)
		tally->first_ns = access->first_ns;
	if (!tally->count || access->last_ns > tally->last_ns)
		tally->last_ns = access->last_ns;
	tally->count = count_add(tally->count, access->count);
}

static void add_object(struct collector *c, struct object *object, const struct access *access)
{
	enum outcome outcome = outcome_of(access);

	add_tally(&object->tally[outcome], c->run, access);
	object->actions[outcome] |= ACTION_BIT(access->action);
	object->bytes = count_add(object->bytes, access->bytes);
	object->own = object->own && access->own;
}

static void add_use(struct collector *c, struct use *use, size_t program,
		    const struct access *access)
{
	enum outcome outcome = outcome_of(access);

	if (outcome == OUTCOME_OK && !use->tally[OUTCOME_OK].runs)
		use->first_run = c->run;
	use->program = program;
	add_tally(&use->tally[outcome], c->run, access);
	use->own = use->own && access->own;
	if (access->error)
		use->error = access->error;
}

static int link_number(struct collector *c, size_t program, size_t use, size_t *ret)
{
	struct report_model *model = c->model;
	size_t pair[2] = { program, use }, number = model->use[use].link;
	struct link *link;

	if (number && model->link[number - 1].program == program) {
		*ret = number - 1;
		return 0;
	}
	if (keys_number(&c->link, (struct bytes){ (char *)pair, sizeof pair }, &number))
		return -ENOMEM;
	if (number == model->link_count) {
		link = array_grow(model->link, number, &c->link_room, sizeof *link);
		if (!link)
			return -ENOMEM;
		model->link = link;
		model->link_count++;
		link[number] = (struct link){ .program = program, .use = use };
	}
	model->use[use].link = number + 1;
	*ret = number;
	return 0;
}

static int add_link(struct collector *c, size_t program, size_t use, const struct access *access)
{
	enum outcome outcome = outcome_of(access);
	struct link *link;
	size_t number;

	if (link_number(c, program, use, &number))
		return -ENOMEM;
	link = &c->model->link[number];
	if (outcome == OUTCOME_OK)
		link->ok = count_add(link->ok, access->count);
	else if (outcome == OUTCOME_DENIED)
		link->denied = count_add(link->denied, access->count);
	return 0;
}

/* A database can hold anything: an action that has no row counts as none, which reads "?". */
static int collect_access(void *context, const struct access *row)
{
	struct access known = *row, *access = &known;
	struct collector *c = context;
	struct report_model *model = c->model;
	size_t program, object, use;

	if ((unsigned)row->action >= ACTION_LIMIT || !(c->actions & ACTION_BIT(row->action)))
		known.action = 0;
	if (image_program(c, access->image, &program) || object_number(c, access, &object) ||
	    use_number(c, object, access->action, &use) || add_link(c, program, use, access))
		return error_set(c->err, ENOMEM, "add up run %s", model->run[c->run].run.id);
	add_object(c, &model->object[object], access);
	add_use(c, &model->use[use], program, access);
	model->accesses = count_add(model->accesses, access->count);
	if (access->outcome == OUTCOME_UNKNOWN)
		model->unknown = count_add(model->unknown, access->count);
	if (access->last_ns > model->last_ns)
		model->last_ns = access->last_ns;
	return 0;
}

static int new_gap(struct collector *c, size_t number, const struct gap *row)
{
	struct report_model *model = c->model;
	struct report_gap *gap = array_grow(model->gap, number, &c->gap_room, sizeof *gap);

	if (!gap)
		return -ENOMEM;
	model->gap = gap;
	model->gap_count = number + 1;
	gap += number;
	gap->kind = row->kind;
	gap->detail = report_safe_text(model, row->detail, &gap->flags);
	return gap->detail ? 0 : -ENOMEM;
}

static int collect_gap(void *context, const struct gap *row)
{
	struct collector *c = context;
	struct report_gap *gap;
	char kind = (char)row->kind;
	size_t number;

	buffer_clear(&c->key);
	buffer_append(&c->key, &kind, 1);
	buffer_append(&c->key, row->detail.data, row->detail.size);
	if (buffer_status(&c->key) || keys_number(&c->gap, buffer_bytes(&c->key), &number) ||
	    (number == c->model->gap_count && new_gap(c, number, row)))
		return error_set(c->err, ENOMEM, "add up the gaps");
	gap = &c->model->gap[number];
	gap->count = count_add(gap->count, row->count);
	if (gap->last_run != c->run + 1)
		gap->runs++;
	gap->last_run = c->run + 1;
	c->model->gaps++;
	return 0;
}

static void set_roots(struct collector *collector, const struct run *run)
{
	struct roots roots = roots_of_run(run);
	bool same = collector->era > 0;

	for (int i = ROOT_WORKSPACE; i <= ROOT_TMP; i++)
		same = same && bytes_equal(root_folder(&roots, (enum root_kind)i),
					   root_folder(&collector->roots, (enum root_kind)i));
	collector->roots = roots;
	collector->era += !same;
	for (const struct word *word = action_word; word->code; word++)
		collector->actions |= ACTION_BIT(word->code);
}

int collect_run(struct collector *collector, size_t number)
{
	struct report_run *row = &collector->model->run[number];
	const struct run *run = &row->run;
	int status;

	row->command = command_text(collector->model, run->command, &row->command_flags);
	if (!row->command)
		return error_set(collector->err, ENOMEM, "read run %s", run->id);
	collector->run = number;
	set_roots(collector, run);
	forget_images(collector);
	status = store_each_image(collector->store, run->key, collect_image, collector,
				  collector->err);
	if (!status)
		status = store_each_need(collector->store, run->key, collect_access, collector,
					 collector->err);
	if (!status)
		status = store_each_gap(collector->store, run->key, collect_gap, collector,
					collector->err);
	return status;
}

void collector_release(struct collector *collector)
{
	keys_release(&collector->object);
	keys_release(&collector->program);
	keys_release(&collector->link);
	keys_release(&collector->gap);
	buffer_release(&collector->key);
	buffer_release(&collector->text);
	free(collector->seen);
	free(collector->image);
}
