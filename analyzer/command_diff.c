#include "analyzer/diff.h"
#include "analyzer/diff_print.h"
#include "analyzer/protect.h"
#include "core/command.h"
#include "core/error.h"

#include <errno.h>

enum { OPTION_JSON = 0x200, OPTION_PROTECT };

static const struct argp_option option[] = {
	{ "json", OPTION_JSON, 0, 0, "print one JSON object a line", 0 },
	{ "protect", OPTION_PROTECT, "FILE", 0,
	  "further protected objects, a line each (~/.config/pare/protected)", 0 },
	{ "quiet", 'q', 0, 0, "no summary on standard error", 0 },
	{ 0 },
};

struct request {
	const char *path[2], *protect;
	size_t count;
	bool is_json, is_quiet;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_JSON:
		request->is_json = true;
		return 0;
	case OPTION_PROTECT:
		request->protect = arg;
		return 0;
	case 'q':
		request->is_quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		if (request->count == 2)
			argp_error(state, "two policies, not more");
		request->path[request->count++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (request->count < 2)
			argp_error(state, "which two policies?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "OLD.xml NEW.xml",
	.doc = "Say what a policy allows that another does not, and what no longer, by the names "
	       "that rules admit: each with a name that only one of the two admits.\v"
	       "A line begins with + added, > widened (more names, or on fewer conditions), < "
	       "narrowed, - removed, and first of all ! where NEW reaches something protected "
	       "that OLD did not.  Ends with 0 when NEW allows nothing more, with 3 when it does.",
};

static int print_all(const struct request *request, const struct diff *diff, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < diff->count && r == 0; i++) {
		if (request->is_json)
			r = change_print_json(stdout, &diff->change[i]);
		else
			change_print(stdout, &diff->change[i]);
	}
	if (r == 0 && (fflush(stdout) || ferror(stdout)))
		r = -EIO;
	return r < 0 ? error_set(err, -r, "print the differences") : 0;
}

static int run_request(const struct request *request, const struct policy policy[static 2])
{
	scoped(diff) struct diff diff = { 0 };
	struct protection *protection = NULL;
	struct error err = { 0 };
	int status = COMMAND_DONE;

	if (protection_open(&protection, request->protect, &err) ||
	    diff_policies(&diff, &policy[0], &policy[1], protection, &err) ||
	    print_all(request, &diff, &err))
		status = command_fail(&err);
	else if (diff_adds(&diff))
		status = COMMAND_NO;
	if (status != COMMAND_FAILED && !request->is_quiet)
		diff_summarize(stderr, &diff);
	protection_close(protection);
	return status;
}

int command_diff(int argc, char **argv, const struct house *house)
{
	struct policy policy[2] = { 0 };
	struct request request = { 0 };
	struct error err = { 0 };
	int status;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	if (policy_read_two(policy, request.path, &err))
		return command_fail(&err);
	status = run_request(&request, policy);
	policy_release(&policy[0]);
	policy_release(&policy[1]);
	return status;
}
