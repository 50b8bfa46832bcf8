#include "core/audit.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/audit_text.h"
#include "reports/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTION_AGENT = 0x200,
	OPTION_AS_OF,
	OPTION_WINDOW,
	OPTION_UNUSED,
	OPTION_GRACE,
	OPTION_FAIL_ON,
	OPTION_DRIFT,
	OPTION_MACHINE,
	OPTION_JSON
};

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent that is audited", 0 },
	{ "as-of", OPTION_AS_OF, "TIME", 0, "the day of the audit (now)", 0 },
	{ "window", OPTION_WINDOW, "TIME", 0, "how far back it looks (90d)", 0 },
	{ "unused", OPTION_UNUSED, "TIME", 0, "what was not used for so long can go (30d)", 0 },
	{ "grace", OPTION_GRACE, "TIME", 0,
	  "what was granted again is not judged for so long (14d)", 0 },
	{ "fail-on", OPTION_FAIL_ON, "SEVERITY", 0,
	  "end with 3 on findings that are low, medium, high, critical, or worse", 0 },
	{ "drift", OPTION_DRIFT, "BY", 0,
	  "compare with the window before (window), or with the program's last version (version)",
	  0 },
	MACHINE_OPTION(OPTION_MACHINE),
	{ "json", OPTION_JSON, 0, 0, "print one JSON object", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	struct audit_options options;
	const char *db;
	enum severity fail_on;
	bool can_fail, is_json;
};

static int64_t take_duration(const char *arg, struct argp_state *state)
{
	int64_t duration_ns = command_take_duration(arg, state);

	if (duration_ns <= 0)
		argp_error(state, "a time must be longer than none: %s", arg);
	return duration_ns;
}

static void take_severity(struct request *request, const char *arg, struct argp_state *state)
{
	request->can_fail = true;
	if (severity_parse(arg, &request->fail_on) < 0)
		argp_error(state, "--fail-on %s: it is low, medium, high or critical", arg);
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->options.agent || !*request->options.agent)
		argp_error(state, "--agent NAME is missing");
	if (request->options.unused_ns > request->options.window_ns)
		argp_error(state, "--window is shorter than --unused");
}

static void take_drift(struct request *request, const char *arg, struct argp_state *state)
{
	request->options.drift_by_version = !strcmp(arg, "version");
	if (!request->options.drift_by_version && strcmp(arg, "window"))
		argp_error(state, "--drift %s: it is window or version", arg);
}

static bool parse_time(int key, const char *arg, struct argp_state *state)
{
	struct audit_options *options = &((struct request *)state->input)->options;

	switch (key) {
	case OPTION_AS_OF:
		options->as_of_ns = command_take_time(arg, state);
		return true;
	case OPTION_WINDOW:
		options->window_ns = take_duration(arg, state);
		return true;
	case OPTION_UNUSED:
		options->unused_ns = take_duration(arg, state);
		return true;
	case OPTION_GRACE:
		options->grace_ns = take_duration(arg, state);
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (parse_time(key, arg, state))
		return 0;
	switch (key) {
	case OPTION_AGENT:
		request->options.agent = arg;
		return 0;
	case OPTION_DRIFT:
		take_drift(request, arg, state);
		return 0;
	case OPTION_MACHINE:
		request->options.machine_entries = machine_take(arg, state);
		return 0;
	case OPTION_FAIL_ON:
		take_severity(request, arg, state);
		return 0;
	case OPTION_JSON:
		request->is_json = true;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "too many arguments; the agent is --agent NAME");
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
	.doc = "Hold what an agent is granted (`pare import`) against what it used in the recorded "
	       "runs: which permissions can go, which are too wide, and what else was found.\v"
	       "A permission is only called unused when the agent was active, and completely "
	       "recorded, for long enough.  Nothing is removed: it is proposed.",
};

static int print(const struct audit *audit, const struct request *request, struct error *err)
{
	struct terminal terminal = terminal_of(stdout);
	scoped(buffer) struct buffer text = { 0 };
	int r = 0;

	if (request->is_json)
		audit_add_json(audit, &text);
	else
		r = audit_add_text(audit, &terminal, &text);
	if (r || buffer_status(&text) < 0)
		return error_set(err, ENOMEM, "print the audit");
	return output_write(NULL, &text, err);
}

command command_audit;

int command_audit(int argc, char **argv, const struct house *house)
{
	scoped(audit) struct audit audit = { 0 };
	struct request request = { .options = { .as_of_ns = clock_now_ns(),
						.window_ns = 90 * 86400 * SECOND_NS,
						.unused_ns = 30 * 86400 * SECOND_NS,
						.grace_ns = 14 * 86400 * SECOND_NS } };
	struct store *store = NULL;
	struct error err = { 0 };
	int r;

	command_parse(&argp, argc, argv, &request);
	r = store_open(&store, request.db, STORE_READ, &err);
	r = r ? r : store_begin(store, &err);
	r = r ? r : house->audit(store, &request.options, &audit, &err);
	r = r ? r : print(&audit, &request, &err);
	store_close(store);
	if (r)
		return command_fail(&err);
	return request.can_fail && audit_count_findings(&audit, request.fail_on) ? COMMAND_NO
										 : COMMAND_DONE;
}
