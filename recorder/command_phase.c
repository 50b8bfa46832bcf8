#include "core/command.h"
#include "core/error.h"
#include "recorder/obstacle.h"
#include "recorder/tally_phase.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static error_t parse(int key, char *text, struct argp_state *state)
{
	const char **name = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*name)
			argp_error(state, "one NAME");
		*name = text;
		return 0;
	case ARGP_KEY_END:
		if (!*name || !**name)
			argp_error(state, "which phase?");
		else if (strlen(*name) > PHASE_SIZE_MAX)
			argp_error(state, "the name is longer than %d bytes", PHASE_SIZE_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "NAME",
	.doc = "From within what `pare record` runs: what follows belongs to the phase NAME, until "
	       "the next.  The recorder sees that this was executed; nothing else is done.",
};

int command_phase(int argc, char **argv, const struct house *house)
{
	struct process_status own;
	const char *name = NULL;
	struct error err = { 0 };

	(void)house;
	command_parse(&argp, argc, argv, &name);
	process_status_read(&own, 0);
	if (own.tracer)
		return COMMAND_DONE;
	error_say(&err, ESRCH,
		  "begin phase %s: nobody records this; `pare record` runs a command "
		  "that may begin phases",
		  name);
	return command_fail(&err);
}
