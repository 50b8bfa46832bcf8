#include "core/error.h"
#include "recorder/dryrun/command.h"

#include <errno.h>
#include <stdlib.h>

enum { OPTION_DIFF = 0x200, OPTION_JSON };

static const struct argp_option option[] = {
	{ "diff", OPTION_DIFF, 0, 0, "show what files would contain (diff -u)", 1 },
	{ "json", OPTION_JSON, 0, 0, "one JSON object a line", 1 },
	COMMAND_DB_OPTION,
	{ 0 }
};

struct request {
	struct left_request of;
	bool diff, json;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_DIFF:
		request->diff = true;
		return 0;
	case OPTION_JSON:
		request->json = true;
		return 0;
	default:
		return left_parse(key, text, state, &request->of);
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.args_doc = "RUN",
	.doc = "Say what a dry run (`pare record --dry-run`) would have changed: + created, ~ "
	       "changed, - deleted, m other attributes.  `pare apply` makes it real, `pare "
	       "discard` "
	       "forgets it.\vExit status: 0; 1 where that cannot be told.",
};

int command_effects(int argc, char **argv, const struct house *house)
{
	scoped(left) struct left left = { 0 };
	struct request request = { 0 };
	struct error err = { 0 };
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	r = left_open(&left, request.of.db, request.of.run, true, &err);
	if (r == 0 && request.json)
		r = print_effects_json(&left.effects, stdout);
	else if (r == 0 && request.diff)
		r = print_diffs(&left.effects, stdout, &err);
	else if (r == 0) {
		print_effects(&left, stdout);
		print_conflicts(&left.effects, NULL, 0, stdout);
	}
	if (fflush(stdout) != 0 && r == 0)
		r = error_set(&err, errno, "print the effects");
	return r < 0 ? command_fail(&err) : COMMAND_DONE;
}
