#include "core/error.h"
#include "recorder/dryrun/command.h"

static const struct argp_option option[] = { COMMAND_DB_OPTION, { 0 } };

static error_t parse(int key, char *text, struct argp_state *state)
{
	return left_parse(key, text, state, state->input);
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
	struct left_request request = { 0 };
	struct error err = { 0 };
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	r = left_open(&left, request.db, request.run, false, &err);
	if (r == 0)
		r = left_remove(&left, &err);
	return r < 0 ? command_fail(&err) : COMMAND_DONE;
}
