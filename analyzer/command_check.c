#include "analyzer/check.h"
#include "analyzer/json_line.h"
#include "core/argv.h"
#include "analyzer/rates_print.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_AGENT = 0x200, OPTION_JSON };

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "replay the runs of this agent, not the policy's", 0 },
	{ "json", OPTION_JSON, 0, 0, "print one JSON object a line", 0 },
	{ "quiet", 'q', 0, 0, "no summary on standard error", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	const char *policy, *agent, *db;
	char **run; /* of argv */
	size_t run_count;
	bool is_json, is_quiet;
};

static void add_argument(struct request *request, char *arg)
{
	if (!request->policy)
		request->policy = arg;
	else
		request->run[request->run_count++] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		request->agent = arg;
		return 0;
	case OPTION_JSON:
		request->is_json = true;
		return 0;
	case 'q':
		request->is_quiet = true;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_ARG:
		add_argument(request, arg);
		return 0;
	case ARGP_KEY_END:
		if (!request->policy)
			argp_error(state, "which policy?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "POLICY.xml [RUN...]",
	.doc = "Replay recorded runs against a policy and say what it would have denied: all runs "
	       "of its agent, or the RUNs named.\v"
	       "Ends with 0 when nothing would have been denied, with 3 when something would.",
};

struct task {
	struct check check;
	struct store *store;
	const struct request *request;
	int64_t recording; /* runs left out because they are not over */
	struct error *err;
};

static int replay_finished(void *context, const struct run *run)
{
	struct task *task = context;

	if (run->state == RUN_RECORDING) {
		task->recording++;
		return 0;
	}
	return check_run(&task->check, task->store, run, task->err);
}

static int replay_agent(struct task *task, const char *agent)
{
	scoped(buffer) struct buffer safe = { 0 };
	struct run_filter filter = { .agent = agent };
	int r = store_each_run(task->store, &filter, replay_finished, task, task->err);

	if (r || task->check.runs)
		return r;
	return error_say(task->err, ENOENT, "check %s: agent %s has no finished run to replay%s",
			 task->request->policy, text_safe(bytes_of(agent), 60, &safe),
			 task->recording ? "; its runs are still being recorded"
					 : "; `pare runs` lists what there is");
}

static int replay_named(struct task *task, const char *which)
{
	scoped(run) struct run run = { 0 };
	int r = store_find_run(task->store, which, &run, task->err);

	return r ? r : check_run(&task->check, task->store, &run, task->err);
}

static int replay(struct task *task)
{
	const struct request *request = task->request;
	int r = 0;

	if (!request->run_count)
		return replay_agent(task,
				    request->agent ? request->agent : task->check.policy->agent);
	for (size_t i = 0; !r && i < request->run_count; i++)
		r = replay_named(task, request->run[i]);
	return r;
}

static const char *safe(struct bytes bytes, struct buffer *out)
{
	return text_safe(bytes, 0, out);
}

/* " with: a b", as words of a template; a blank within a word is escaped. */
static void write_arguments(struct bytes argv, struct buffer *out)
{
	size_t first = argv.size ? strnlen(argv.data, argv.size) + 1 : 0;

	if (!argv.size)
		return;
	buffer_add(out, " with");
	if (first >= argv.size)
		buffer_add(out, " ()");
	for (size_t at = first; at < argv.size;) {
		size_t size = strnlen(argv.data + at, argv.size - at);

		buffer_add_char(out, ' ');
		argv_write_word((struct bytes){ argv.data + at, size }, out);
		at += size + 1;
	}
}

static void print_nearest(FILE *out, const struct violation *violation)
{
	const struct rule *nearest = violation->nearest;

	if (!nearest) {
		fputs("    nearest: none, the policy has nothing like it\n", out);
		return;
	}
	fprintf(out, "    nearest: %s %s %s (%s)%s\n", resource_text(nearest->resource),
		action_text(nearest->action), nearest->pattern, nearest->id,
		violation->is_expired ? ", which had expired" : "");
	if (violation->nearest_argv)
		fprintf(out, "    nearest arguments: %s\n", violation->nearest_argv);
}

static void print_text(FILE *out, const struct violation *violation)
{
	scoped(buffer) struct buffer name = { 0 };
	scoped(buffer) struct buffer program = { 0 };
	scoped(buffer) struct buffer phase = { 0 }, arguments = { 0 };

	write_arguments(violation->argv, &arguments);
	fprintf(out, "%s %s %s%s by %s%s%s (%" PRId64 " time%s, %s)\n",
		resource_text(violation->resource), action_text(violation->action),
		safe(violation->name, &name), buffer_text(&arguments),
		safe(violation->program, &program), violation->phase.size ? " in phase " : "",
		safe(violation->phase, &phase), violation->count, violation->count == 1 ? "" : "s",
		outcome_text(violation->outcome));
	if (violation->is_misfit)
		fprintf(out, "    argument %s%s%.*s: allowed is %.*s\n",
			violation->path.size ? violation->path.data : "(all)",
			violation->value.size ? " is " : "", (int)violation->value.size,
			violation->value.data, (int)violation->allowed.size,
			violation->allowed.data);
	print_nearest(out, violation);
}

static json_t *json_of_bytes(struct bytes bytes)
{
	scoped(buffer) struct buffer text = { 0 };

	text_escape(bytes, TEXT_EXACT, &text);
	return json_stringn(buffer_text(&text), text.size);
}

/* A list, without the name the program was called by; null where they are not what is denied. */
static json_t *json_of_argv(struct bytes argv)
{
	json_t *list;

	if (!argv.size)
		return json_null();
	list = json_array();
	for (size_t at = strnlen(argv.data, argv.size) + 1; at < argv.size;) {
		size_t size = strnlen(argv.data + at, argv.size - at);

		json_array_append_new(list, json_of_bytes((struct bytes){ argv.data + at, size }));
		at += size + 1;
	}
	return list;
}

static json_t *json_of_rule(const struct rule *rule)
{
	if (!rule)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s}", "id", rule->id, "resource",
			 resource_text(rule->resource), "action", action_text(rule->action),
			 "pattern", rule->pattern);
}

static json_t *json_of_misfit(const struct violation *violation)
{
	if (!violation->is_misfit)
		return json_null();
	/* They are escaped already. */
	return json_pack("{s:s%, s:s%, s:s%}", "path", violation->path.data, violation->path.size,
			 "value", violation->value.data, violation->value.size, "allowed",
			 violation->allowed.data, violation->allowed.size);
}

static int print_json(FILE *out, const struct violation *violation)
{
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];
	json_t *object = json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:s?, s:o, s:s, s:I, s:I, s:s, s:s, s:b, s:o, s:o}",
		"resource", resource_text(violation->resource), "action",
		action_text(violation->action), "name", json_of_bytes(violation->name), "program",
		json_of_bytes(violation->program), "argv", json_of_argv(violation->argv),
		"nearest_argv", violation->nearest_argv, "phase", json_of_bytes(violation->phase),
		"outcome", outcome_text(violation->outcome), "count", (json_int_t)violation->count,
		"runs", (json_int_t)violation->runs, "first",
		clock_format(violation->first_ns, first), "last",
		clock_format(violation->last_ns, last), "expired", violation->is_expired, "nearest",
		json_of_rule(violation->nearest), "argument", json_of_misfit(violation));

	return json_line(out, object);
}

static int print_all(struct task *task, FILE *out)
{
	int r = 0;

	check_sort(&task->check);
	for (const struct violation *at = task->check.violation; !r && at; at = at->hh.next) {
		if (task->request->is_json)
			r = print_json(out, at);
		else
			print_text(out, at);
	}
	if (!r)
		r = limits_print(out, task->check.taken, task->request->is_json);
	if (!r)
		r = rates_print(out, &task->check.rates, task->request->is_json);
	if (!r && (fflush(out) || ferror(out)))
		r = -EIO;
	return r ? error_set(task->err, -r, "print the violations") : 0;
}

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void summarize(const struct task *task)
{
	const struct check *check = &task->check;
	unsigned violations = HASH_COUNT(check->violation);
	size_t exceeded = check->rates.count + limits_exceeded(check->taken);

	fprintf(stderr, "%" PRId64 " run%s, %" PRId64 " distinct accesses: ", check->runs,
		plural(check->runs), check->accesses);
	if (violations)
		fprintf(stderr, "%u violation%s", violations, plural(violations));
	else
		fputs("the policy would have denied nothing", stderr);
	if (exceeded)
		fprintf(stderr, "; %zu limit%s exceeded", exceeded, plural((int64_t)exceeded));
	if (check->confirms)
		fprintf(stderr, "; %" PRId64 " would have asked a person", check->confirms);
	if (check->attempts)
		fprintf(stderr, "; outside it, %" PRId64 " attempt%s that came to nothing",
			check->attempts, plural(check->attempts));
	if (task->recording)
		fprintf(stderr, "; %" PRId64 " run%s still being recorded left out",
			task->recording, plural(task->recording));
	fputc('\n', stderr);
}

static int run_request(const struct request *request, const struct policy *policy,
		       struct store *store)
{
	struct error err = { 0 };
	struct task task = {
		.check = { .policy = policy }, .store = store, .request = request, .err = &err
	};
	int status = COMMAND_DONE;

	if (replay(&task) || print_all(&task, stdout))
		status = command_fail(&err);
	else if (check_found(&task.check))
		status = COMMAND_NO;
	if (status != COMMAND_FAILED && !request->is_quiet)
		summarize(&task);
	check_release(&task.check);
	return status;
}

int command_check(int argc, char **argv, const struct house *house)
{
	scoped(policy) struct policy policy = { 0 };
	struct request request = { .run = calloc((size_t)argc, sizeof *request.run) };
	struct error err = { 0 };
	struct store *store = NULL;
	int status;

	(void)house;
	if (!request.run)
		return COMMAND_FAILED;
	command_parse(&argp, argc, argv, &request);
	if (policy_read(&policy, request.policy, &err) ||
	    store_open(&store, request.db, STORE_READ, &err))
		status = command_fail(&err);
	else
		status = run_request(&request, &policy, store);
	store_close(store);
	free(request.run);
	return status;
}
