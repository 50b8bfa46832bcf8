#include "core/command.h"
#include "core/error.h"
#include "recorder/dryrun/command.h"

#include <errno.h>

static const struct argp_option option[] = { COMMAND_DB_OPTION, { 0 } };

struct request {
	const char *db, *run;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case COMMAND_DB:
		request->db = text;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "too many arguments");
		request->run = text;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "of which run?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "RUN",
	.doc = "Forget what a dry run did.  The run itself, what it accessed, stays recorded.",
};

int command_discard(int argc, char **argv, const struct house *house)
{
	scoped(left) struct left left = { 0 };
	struct request request = { 0 };
	struct error err = { 0 };
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	r = left_open(&left, request.db, request.run, false, &err);
	if (r == 0)
		r = left_remove(&left, &err);
	return r < 0 ? command_fail(&err) : COMMAND_DONE;
}
