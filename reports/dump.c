#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "core/store_event.h"
#include "reports/hosts.h"
#include "reports/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH_BYTES (size_t)(64 * 1024)

struct dump_options {
	const char *db, *output;
	char **run;
	size_t run_count;
	bool events;
};

/* What is the same in many lines is encoded once. */
struct dump {
	FILE *file;
	struct buffer out, run, image;
	struct connections connections;
	const struct events *events; /* NULL: accesses are dumped as they are counted */
	int64_t image_seq;	     /* of what `image` holds */
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct dump_options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = argument;
		return 0;
	case 'o':
		options->output = argument;
		return 0;
	case 'e':
		options->events = true;
		return 0;
	case ARGP_KEY_ARG:
		options->run[options->run_count++] = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which RUN? `pare runs` lists them; `last` is the last one");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void add_time(const char *key, int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	json_key(key, out);
	json_text(clock_format(time_ns, text), out);
}

static void encode_image(struct dump *dump, const struct image *image)
{
	struct buffer *out = &dump->image;

	buffer_clear(out);
	json_key("pid", out);
	json_number(image->pid, out);
	json_key("image", out);
	json_number(image->seq, out);
	json_key("program", out);
	json_bytes(image->program, out);
	json_key("argv", out);
	json_arguments(image->argv, out);
	json_key("cwd", out);
	json_bytes(image->cwd, out);
	dump->image_seq = image->seq;
}

static void add_object(const struct access *access, struct buffer *out)
{
	json_key("resource", out);
	json_text(resource_text(access->resource), out);
	json_key("action", out);
	json_text(action_text(access->action), out);
	json_key("name", out);
	json_bytes(access->name, out);
	json_key("requested", out);
	json_bytes(access->requested.data ? access->requested : access->name, out);
}

/* The errno's name, which unlike its number is the same on every machine. */
static void add_error(int error, struct buffer *out)
{
	const char *name = error ? strerrorname_np(error) : "";

	json_key("errno", out);
	if (name)
		json_text(name, out);
	else
		buffer_printf(out, "\"%d\"", error);
}

static void add_use(const struct access *access, struct buffer *out)
{
	json_key("outcome", out);
	json_text(outcome_text(access->outcome), out);
	add_error(access->error, out);
	json_key("count", out);
	json_number(access->count, out);
	json_key("bytes", out);
	json_number(access->bytes, out);
	add_time("first", access->first_ns, out);
	add_time("last", access->last_ns, out);
	json_key("via", out);
	json_text(via_text(access->via), out);
	json_key("own", out);
	json_bool(access->own, out);
	json_key("peer", out);
	json_bytes(access->peer, out);
	json_key("call", out);
	if (access->call)
		json_number(access->call, out);
	else
		json_none(out);
}

static void add_connection(const struct dump *dump, const struct access *access, struct buffer *out)
{
	struct connection connection;

	if (connections_of(&dump->connections, access, &connection))
		hosts_add_facts(&connection, out);
}

static int flush(struct dump *dump)
{
	struct buffer *out = &dump->out;

	if (buffer_status(out) || dump->run.failed || dump->image.failed)
		return -ENOMEM;
	if (fwrite(buffer_text(out), 1, out->size, dump->file) < out->size)
		return -errno;
	buffer_clear(out);
	return 0;
}

static int add_line(struct dump *dump, const struct access *access, const struct image *image)
{
	struct buffer *out = &dump->out;

	if (image->seq != dump->image_seq)
		encode_image(dump, image);
	buffer_append(out, dump->run.data, dump->run.size);
	json_key("phase", out);
	json_bytes(access->phase, out);
	buffer_add_char(out, ',');
	buffer_append(out, dump->image.data, dump->image.size);
	add_object(access, out);
	add_use(access, out);
	add_connection(dump, access, out);
	buffer_append(out, "}\n", 2);
	return out->size < FLUSH_BYTES ? 0 : flush(dump);
}

static int add_access(void *context, const struct access *access, const struct image *image)
{
	struct dump *dump = context;
	const struct event *event;
	size_t count = 0;
	int rc = 0;

	if (!dump->events)
		return add_line(dump, access, image);
	event = events_of(dump->events, access->seq, &count);
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct access single = *access;

		single.count = event[i].count;
		single.first_ns = single.last_ns = event[i].time_ns;
		rc = add_line(dump, &single, image);
	}
	return rc;
}

static int dump_accesses(struct dump *dump, struct store *store, const struct run *run,
			 bool as_events, struct error *err)
{
	scoped(events) struct events events = { 0 };
	int rc = as_events ? events_read(&events, store, run->key, err) : 0;

	if (rc < 0)
		return rc;
	if (as_events && !events.count)
		fprintf(stderr,
			"pare: run %.12s was recorded without --events; each line is one distinct "
			"access with its count\n",
			run->id);
	dump->events = events.count ? &events : NULL;
	rc = store_each_access(store, run->key, add_access, dump, err);
	if (rc == 0)
		rc = flush(dump);
	return rc < 0 ? error_set(err, -rc, "write the dump") : 0;
}

static int dump_run(struct dump *dump, struct store *store, const struct run *run, bool as_events,
		    struct error *err)
{
	int rc;

	dump->image_seq = -1;
	buffer_clear(&dump->run);
	json_open('{', &dump->run);
	json_key("run", &dump->run);
	json_text(run->id, &dump->run);
	json_key("agent", &dump->run);
	json_text(run->agent, &dump->run);
	json_key("task", &dump->run);
	json_text(run->task, &dump->run);
	connections_release(&dump->connections);
	rc = connections_read(&dump->connections, store, run->key, err);
	if (rc < 0)
		return rc;
	return dump_accesses(dump, store, run, as_events, err);
}

/* Finds every run before the first line goes out, so that a mistyped one gives no half result. */
static int find_runs(struct store *store, const struct dump_options *options, struct run *ret,
		     struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < options->run_count && rc == 0; i++)
		rc = store_find_run(store, options->run[i], &ret[i], err);
	return rc;
}

static int dump_runs(struct store *store, const struct dump_options *options, FILE *file,
		     struct error *err)
{
	struct run *run = calloc(options->run_count, sizeof *run);
	struct dump dump = { .file = file };
	int rc = run ? find_runs(store, options, run, err) : error_set(err, ENOMEM, "dump");

	for (size_t i = 0; i < options->run_count && rc == 0; i++)
		rc = dump_run(&dump, store, &run[i], options->events, err);
	for (size_t i = 0; run && i < options->run_count; i++)
		run_release(&run[i]);
	free(run);
	connections_release(&dump.connections);
	buffer_release(&dump.out);
	buffer_release(&dump.run);
	buffer_release(&dump.image);
	return rc;
}

static int dump_store(struct store *store, const struct dump_options *options, struct error *err)
{
	struct output *output;
	int rc = output_open(&output, options->output, err);

	if (rc < 0)
		return rc;
	rc = store_begin(store, err);
	if (rc == 0)
		rc = dump_runs(store, options, output_file(output), err);
	store_rollback(store);
	if (rc == 0)
		return output_commit(output, err);
	output_abandon(output);
	return rc;
}

static int dump_with(const struct dump_options *options, struct error *err)
{
	struct store *store;
	int rc = store_open(&store, options->db, STORE_READ, err);

	if (rc < 0)
		return rc;
	rc = dump_store(store, options, err);
	store_close(store);
	return rc;
}

static const struct argp_option option[] = {
	{ "output", 'o', "FILE", 0, "write to FILE, whole or not at all", 0 },
	{ "events", 'e', NULL, 0, "single events, where they were recorded", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

int command_dump(int argc, char **argv, const struct house *house)
{
	static const struct argp argp = {
		option,
		parse_option,
		"RUN...",
		"Prints what runs did as JSON lines, one distinct access a line.\v"
		"A RUN is an id, the start of one, or `last`.  Names are the bytes as UTF-8 where "
		"they are valid, else with \\xNN escapes; a backslash is doubled.  A host that "
		"was connected to has who named it (source), what DNS was asked for (question), "
		"the "
		"proxy before it (relay), and bytes sent and received; null is none or not known.",
		NULL,
		NULL,
		NULL
	};
	struct dump_options options = { .run = calloc((size_t)argc, sizeof(char *)) };
	struct error err = { 0 };
	int rc;

	(void)house;
	if (!options.run) {
		error_set(&err, ENOMEM, "read the command line");
		return command_fail(&err);
	}
	command_parse(&argp, argc, argv, &options);
	rc = dump_with(&options, &err);
	free(options.run);
	return rc < 0 ? command_fail(&err) : COMMAND_DONE;
}
