#include "analyzer/grants/grants.h"
#include "analyzer/grants/keep.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/file.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCE_MIB 64

enum { OPTION_FROM = 0x200, OPTION_AGENT, OPTION_GRANTED };

static const struct argp_option option[] = {
	{ "from", OPTION_FROM, "FORMAT", 0, "the enforcer's format; `--from help` lists them", 0 },
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent that holds the grants", 0 },
	{ "granted", OPTION_GRANTED, "TIME", 0,
	  "since when it holds them (the time FILE was last changed)", 0 },
	{ "output", 'o', "FILE", 0, "write what is allowed to FILE, as a policy, and keep nothing",
	  0 },
	COMMAND_ROOT_OPTIONS("where FILE has its folder"),
	{ "quiet", 'q', 0, 0, "do not say what was read", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	const char *from, *agent, *file, *output, *db;
	int64_t granted_ns; /* 0: not said */
	struct roots roots;
	bool is_quiet;
};

static void list_formats(void)
{
	for (const struct importer_row *row = importer_row; row->name; row++)
		printf("%-13s %s\n", row->name, row->help);
	exit(COMMAND_DONE);
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->from)
		argp_error(state, "--from FORMAT is missing; `--from help` lists the formats");
	if (!request->file)
		argp_error(state, "FILE is missing; - is standard input");
	if (!request->agent || !*request->agent)
		argp_error(state, "--agent NAME is missing: whose grants are these?");
}

static bool parse_special(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_FROM:
		request->from = arg;
		if (!strcmp(arg, "help"))
			list_formats();
		return true;
	case OPTION_GRANTED:
		request->granted_ns = command_take_time(arg, state);
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (parse_special(key, arg, state) || command_take_root(key, arg, &request->roots, state))
		return 0;
	switch (key) {
	case OPTION_AGENT:
		request->agent = arg;
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case 'q':
		request->is_quiet = true;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "one file at a time");
		request->file = arg;
		return 0;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "FILE",
	.doc = "Read what an enforcer grants an agent today, from the enforcer's own "
	       "configuration, and keep it, so that it can be audited.\v"
	       "What FILE grants holds from --granted on, until the same FILE is imported with "
	       "another.  What could not be read, or means something else there, is listed.",
};

static const struct importer_row *find(const char *name)
{
	for (const struct importer_row *row = importer_row; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static int refuse(const char *name)
{
	scoped(buffer) struct buffer safe = { 0 };

	fprintf(stderr,
		"pare: import from %s: no such format; `pare import --from help` lists them\n",
		text_safe(bytes_of(name), 60, &safe));
	return COMMAND_USAGE;
}

/* ---- what is read ---- */

struct import {
	struct buffer text;
	struct granted grants;
	char name[PATH_MAX]; /* resolved; "-" */
	int64_t changed_ns;  /* when the file was changed last; of standard input now */
};

static void import_cleanup(struct import *import)
{
	buffer_release(&import->text);
	granted_release(&import->grants);
}

static int read_standard_input(struct buffer *out, struct error *err)
{
	char chunk[1 << 16];
	size_t size;

	while ((size = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
		buffer_append(out, chunk, size);
		if (out->size > (size_t)SOURCE_MIB << 20)
			return error_set(err, EFBIG, "read standard input");
	}
	if (ferror(stdin))
		return error_set(err, errno, "read standard input");
	return buffer_status(out) < 0 ? error_set(err, ENOMEM, "read standard input") : 0;
}

static int read_source(struct import *import, const char *file, struct error *err)
{
	scoped(buffer) struct buffer safe = { 0 };
	struct stat status;

	import->changed_ns = clock_now_ns();
	if (!strcmp(file, "-")) {
		memcpy(import->name, "-", 2);
		return read_standard_input(&import->text, err);
	}
	if (!realpath(file, import->name) || stat(import->name, &status))
		return error_set(err, errno, "read %s", text_safe(bytes_of(file), 100, &safe));
	import->changed_ns = status.st_mtim.tv_sec * SECOND_NS + status.st_mtim.tv_nsec;
	return file_read(file, SOURCE_MIB, &import->text, err);
}

static int set_text(char **ret, const char *text)
{
	free(*ret);
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

/* Both policies say whose they are, and where they come from. */
static int label(struct import *import, const struct request *request, struct error *err)
{
	struct policy *const policy[] = { &import->grants.allowed, &import->grants.denied };

	for (size_t i = 0; i < 2; i++)
		if (set_text(&policy[i]->agent, request->agent) < 0 ||
		    set_text(&policy[i]->granted_by, request->from) < 0)
			return error_set(err, ENOMEM, "keep the grants");
	return granted_finish(&import->grants, err);
}

static int read_grants(struct import *import, const struct importer_row *row,
		       const struct request *request, struct error *err)
{
	struct source source = { .name = request->file, .roots = request->roots };
	int r = read_source(import, request->file, err);

	if (r < 0)
		return r;
	source.text = (struct bytes){ buffer_text(&import->text), import->text.size };
	r = row->read(&source, &import->grants, err);
	return r < 0 ? r : label(import, request, err);
}

/* ---- what is said of it ---- */

static void print_note(const struct note *note, FILE *out)
{
	scoped(buffer) struct buffer text = { 0 }, reason = { 0 };

	fprintf(out, "%-8s ", note_kind_text(note->kind));
	if (note->line)
		fprintf(out, "line %d: ", note->line);
	if (note->text)
		fprintf(out, "%s: ", text_safe(bytes_of(note->text), 120, &text));
	fprintf(out, "%s\n", text_safe(bytes_of(note->reason), 0, &reason));
}

static void print_governed(unsigned governs, FILE *out)
{
	const char *before = "; nothing else of ";

	for (const struct word *word = resource_word; word->code; word++) {
		if (!(governs & 1u << word->code))
			continue;
		fprintf(out, "%s%s", before, word->text);
		before = ", ";
	}
}

static void print_summary(const struct import *import, const struct request *request, bool is_known)
{
	scoped(buffer) struct buffer agent = { 0 };
	const struct granted *grants = &import->grants;
	FILE *out = request->output ? stderr : stdout;
	size_t unread = 0;

	if (request->is_quiet)
		return;
	for (size_t i = 0; i < grants->note_count; i++) {
		unread += grants->note[i].kind == NOTE_UNREAD;
		print_note(&grants->note[i], out);
	}
	fprintf(out, "agent %s: %zu permissions granted",
		text_safe(bytes_of(request->agent), 60, &agent), grants->allowed.count);
	print_governed(grants->governs, out);
	if (grants->denied.count)
		fprintf(out, "; %zu denied whatever else allows them", grants->denied.count);
	if (unread)
		fprintf(out, "; %zu parts were not read", unread);
	fprintf(out, "%s\n", is_known ? "; the same as before" : "");
}

/* ---- where it goes ---- */

static int keep(const struct import *import, const struct request *request, bool *ret_known,
		struct error *err)
{
	struct store *store = NULL;
	struct stored_grants as = { .agent = request->agent,
				    .format = request->from,
				    .source = bytes_of(import->name),
				    .grantor = login_name(),
				    .granted_ns = request->granted_ns ? request->granted_ns
								      : import->changed_ns,
				    .imported_ns = clock_now_ns() };
	int r = store_open(&store, request->db, STORE_WRITE, err);

	if (r)
		return r;
	r = granted_keep(&import->grants, store, &as, err);
	store_close(store);
	*ret_known = r > 0;
	return r < 0 ? r : 0;
}

static int write_policy(const struct import *import, const char *path, struct error *err)
{
	scoped(buffer) struct buffer document = { 0 };
	int r = policy_write(&import->grants.allowed, &document, err);

	return r ? r : output_write(path, &document, err);
}

command command_import;

int command_import(int argc, char **argv, const struct house *house)
{
	scoped(import) struct import import = { 0 };
	struct request request = { 0 };
	const struct importer_row *row;
	struct error err = { 0 };
	bool is_known = false;
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	row = find(request.from);
	if (!row)
		return refuse(request.from);
	r = read_grants(&import, row, &request, &err);
	if (!r)
		r = request.output ? write_policy(&import, request.output, &err)
				   : keep(&import, &request, &is_known, &err);
	if (r)
		return command_fail(&err);
	print_summary(&import, &request, is_known);
	return COMMAND_DONE;
}
