#include "recorder/record.h"

#include "core/command.h"
#include "core/error.h"
#include "core/policy.h"
#include "recorder/calls/calls.h"
#include "recorder/confine/confine.h"
#include "recorder/confine/wall.h"
#include "recorder/trace/trace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_TIMEOUT = 0x200, OPTION_WORKSPACE, OPTION_PHASE, OPTION_CONFIRM, OPTION_JSON };

static const struct argp_option option[] = {
	{ "phase", OPTION_PHASE, "NAME", 0, "the phase that the run is in", 1 },
	{ "workspace", OPTION_WORKSPACE, "DIR", 0,
	  "the folder that $WS stands for (default: the current one)", 1 },
	{ "confirm", OPTION_CONFIRM, "yes|no|ask", 0,
	  "rules that want a person's word: ask once each on the terminal (the default where there "
	  "is one), else no",
	  1 },
	{ "quiet", 'q', 0, 0, "say nothing but what was denied", 2 },
	{ "json", OPTION_JSON, 0, 0, "report one JSON object a line", 2 },
	{ "output", 'o', "FILE", 0, "write the report there, not to standard error", 2 },
	{ "timeout", OPTION_TIMEOUT, "T", 0,
	  "end the whole tree after T (90s, 15m, 2h), where the policy's limit of time does not",
	  4 },
	COMMAND_DB_OPTION,
	{ 0 }
};

struct verify {
	struct record_options record;
	const char *policy, *output;
	enum confirm confirm;
	bool is_json;
};

static void parse_confirm(struct argp_state *state, const char *text, enum confirm *ret)
{
	if (!strcmp(text, "yes"))
		*ret = CONFIRM_YES;
	else if (!strcmp(text, "no"))
		*ret = CONFIRM_NO;
	else if (!strcmp(text, "ask"))
		*ret = CONFIRM_ASK;
	else
		argp_error(state, "--confirm '%s': yes, no or ask", text);
}

static error_t parse_rest(int key, char *text, struct argp_state *state)
{
	struct verify *request = state->input;

	switch (key) {
	case OPTION_TIMEOUT:
		request->record.timeout_ns = command_take_duration(text, state);
		return 0;
	case OPTION_CONFIRM:
		parse_confirm(state, text, &request->confirm);
		return 0;
	case ARGP_KEY_ARGS:
		request->policy = state->argv[state->next];
		request->record.argv = state->argv + state->next + 1;
		if (*request->record.argv && !strcmp(*request->record.argv, "--"))
			request->record.argv++;
		if (!*request->record.argv)
			argp_error(state, "which command shall be run under it?");
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which policy, and which command?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct verify *request = state->input;

	switch (key) {
	case OPTION_PHASE:
		request->record.phase = text;
		return 0;
	case OPTION_WORKSPACE:
		request->record.workspace = text;
		return 0;
	case 'q':
		request->record.quiet = true;
		return 0;
	case 'o':
		request->output = text;
		return 0;
	case OPTION_JSON:
		request->is_json = true;
		return 0;
	case COMMAND_DB:
		request->record.db = text;
		return 0;
	default:
		return parse_rest(key, text, state);
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "POLICY.xml [--] COMMAND [ARG...]",
	.doc = "Run COMMAND under a policy, and report every denial with the rule that came "
	       "nearest "
	       "and the smallest change that would allow it.\vThe run is recorded only where --db "
	       "says so.  Exit status: COMMAND's own, 128 + the signal that ended it; 125 when "
	       "pare "
	       "failed, 126 when COMMAND could not be executed, 127 when it was not found.",
};

static int fail(const struct error *err)
{
	command_fail(err);
	return STATUS_PARE_FAILED;
}

/* ---- the report ---- */

struct advice {
	const struct house *house;
	const struct roots *roots;
	struct buffer *out;
};

/* What a program is given the name of it shall read, if it does nothing worse. */
static void advise_on_path(void *context, struct bytes path)
{
	const struct advice *advice = context;

	if (!advice->out->size)
		advice->house->protects(RESOURCE_FILE, ACTION_READ, path, advice->out);
}

static void protects(void *context, const struct denial *denial, struct buffer *out)
{
	struct advice *advice = context;

	if (!advice->house->protects)
		return;
	advice->house->protects(denial->resource, denial->action, denial->name, out);
	advice->out = out;
	denial_each_path(denial, advice->roots, advise_on_path, advice);
}

static void summarize(const struct verify *request, const struct denials *denials)
{
	unsigned count = HASH_COUNT(denials->denial);

	if (request->record.quiet)
		return;
	if (count)
		fprintf(stderr, "pare: the policy denied %u thing%s\n", count,
			count == 1 ? "" : "s");
	else
		fputs("pare: the policy denied nothing\n", stderr);
}

static int report(const struct verify *request, const struct roots *roots, struct confine *confine,
		  const struct house *house, struct error *err)
{
	struct advice advice = { house, roots, NULL };
	const struct denial_report how = { roots, confine_limits(confine), protects, &advice };
	const struct denials *denials = confine_denials(confine);
	struct output *output = NULL;
	FILE *out = stderr;
	int r = 0;

	if (request->output && output_open(&output, request->output, err) < 0)
		return -EIO;
	if (output)
		out = output_file(output);
	if (request->is_json)
		r = denials_print_json(denials, &how, out);
	else
		denials_print(denials, &how, out);
	if (r < 0) {
		output_abandon(output);
		return error_set(err, -r, "report what was denied");
	}
	summarize(request, denials);
	return output ? output_commit(output, err) : 0;
}

/* ---- the run ---- */

static int run_in(struct verify *request, struct launch *launch, struct store *store,
		  struct run *run, struct error *err)
{
	struct trace_result result = { 0 };
	int status, r = store_begin(store, err);

	if (r == 0)
		r = store_add_run(store, run, err);
	if (r == 0)
		r = store_commit(store, err);
	if (r == 0)
		r = record_run(&request->record, launch, store, run, &result, err);
	if (r < 0)
		return fail(err);
	if (result.ended_by_us)
		fputs("pare: the run was ended: by a signal, --timeout or the policy's limit of "
		      "time\n",
		      stderr);
	status = record_explain_failure(launch, err);
	return status ? status : result.status;
}

static void say_missing(const struct verify *request, const struct wall *wall)
{
	scoped(buffer) struct buffer text = { 0 };

	if (request->record.quiet)
		return;
	wall_write_missing(wall, &text);
	fprintf(stderr, "pare: %s\n", buffer_text(&text));
}

static int run_confined(struct verify *request, const struct policy *policy,
			const struct house *house, struct store *store, struct launch *launch,
			struct wall *wall)
{
	struct run_identity identity = { 0 };
	struct confine_options options = { .policy = policy, .phase = request->record.phase };
	struct error err = { 0 };
	struct confine *confine = NULL;
	int status = 0, r = run_identify(&identity, &request->record, &launch->key, &err);

	options.roots = roots_of_run(&identity.run);
	options.confirm = request->confirm;
	options.key = &launch->key;
	if (r == 0)
		r = wall_open(wall, policy, &options.roots, &err);
	if (r == 0)
		r = confine_open(&confine, &options, &err);
	if (r == 0) {
		say_missing(request, wall);
		launch->wall = wall;
		request->record.confine = confine;
		status = run_in(request, launch, store, &identity.run, &err);
		r = report(request, &options.roots, confine, house, &err);
	}
	confine_close(confine);
	wall_close(wall);
	run_identity_release(&identity);
	return r < 0 ? fail(&err) : status;
}

/* ---- where the run is kept meanwhile ---- */

static int make_folder(char ret[static PATH_MAX], struct error *err)
{
	const char *folder = getenv("TMPDIR");

	snprintf(ret, PATH_MAX, "%s/pare-verify.XXXXXX", folder && *folder ? folder : "/tmp");
	return mkdtemp(ret) ? 0 : error_set(err, errno, "make a folder %s", ret);
}

static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	rmdir(path);
}

/* The key that has made the fingerprints which stand in the policy for secrets, if it is here;
 * else those fit nothing. */
static int load_key(struct launch *launch, const char *recordings, const struct store *store,
		    struct error *err)
{
	scoped(buffer) struct buffer key = { 0 };
	struct error none = { 0 };

	buffer_printf(&key, "%s.key", recordings);
	if (access(buffer_text(&key), R_OK) == 0 &&
	    secret_key_load(&launch->key, recordings, &none) == 0)
		return 0;
	return secret_key_load(&launch->key, store_path(store), err);
}

/* A new kernel is tested where recordings are, if there are any; there is their key, too. */
static int look_at_recordings(const struct verify *request, struct launch *launch,
			      const struct store *store, struct error *err)
{
	struct error none = { 0 };
	struct store *own = NULL;
	const char *path = store_path(store);
	int r;

	if (!request->record.db && store_open(&own, NULL, STORE_READ, &none) == 0)
		path = store_path(own);
	r = record_check_system(&request->record, launch->table, path, err);
	if (r == 0)
		r = load_key(launch, path, store, err);
	store_close(own);
	return r;
}

static int run_with_store(struct verify *request, const struct policy *policy,
			  const struct house *house, struct launch *launch, const char *database)
{
	struct call_table *table = malloc(sizeof *table);
	struct wall wall = { -1, 0 };
	struct error err = { 0 };
	struct store *store = NULL;
	int status;

	if (!table) {
		error_set(&err, ENOMEM, "verify");
		return fail(&err);
	}
	call_table_fill(table);
	if (policy->limits.tasks)
		call_table_add_tasks(table);
	if (policy->limits.file_bytes)
		call_table_add_limits(table);
	launch->table = table;
	if (store_open(&store, database, STORE_WRITE, &err) < 0 ||
	    look_at_recordings(request, launch, store, &err) < 0)
		status = fail(&err);
	else
		status = run_confined(request, policy, house, store, launch, &wall);
	store_close(store);
	free(table);
	return status;
}

static int run_request(struct verify *request, const struct policy *policy,
		       const struct house *house, struct launch *launch)
{
	char folder[PATH_MAX], database[PATH_MAX + 16];
	struct error err = { 0 };
	int status;

	if (request->record.db)
		return run_with_store(request, policy, house, launch, request->record.db);
	if (make_folder(folder, &err) < 0)
		return fail(&err);
	snprintf(database, sizeof database, "%s/pare.db", folder);
	status = run_with_store(request, policy, house, launch, database);
	remove_folder(folder);
	return status;
}

int command_verify(int argc, char **argv, const struct house *house)
{
	scoped(policy) struct policy policy = { 0 };
	struct verify request = { .record = { .strict = true } };
	struct launch launch = { 0 };
	struct error err = { 0 };
	int status, r;

	request.confirm = isatty(STDIN_FILENO) ? CONFIRM_ASK : CONFIRM_NO;
	argp_err_exit_status = STATUS_PARE_FAILED;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &request);
	if (policy_read(&policy, request.policy, &err) < 0)
		return fail(&err);
	request.record.agent = policy.agent;
	launch.limits.file_bytes = policy.limits.file_bytes;
	launch.limits.files_by_tracer = true;
	r = launch_find(request.record.argv[0], &launch.path, &err);
	if (r < 0) {
		command_fail(&err);
		return r == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
	}
	launch.argv = request.record.argv;
	record_take_signals(&launch);
	status = run_request(&request, &policy, house, &launch);
	free(launch.path);
	return status;
}
