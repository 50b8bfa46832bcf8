#include "core/command.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/text.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/limits.h"

#include <stdlib.h>
#include <string.h>

enum { OPTION_TO = 0x200, OPTION_LOSSES, OPTION_STRICT, OPTION_JSON };

static const struct argp_option option[] = {
	{ "to", OPTION_TO, "FORMAT", 0, "the enforcer's format; `--to help` lists them", 0 },
	{ "output", 'o', "FILE", 0, "write to FILE", 0 },
	{ "losses", OPTION_LOSSES, 0, 0,
	  "instead of the policy, print where the format says something else than it", 0 },
	{ "strict", OPTION_STRICT, 0, 0,
	  "write nothing and end with 3 where the format widens or drops a rule", 0 },
	{ "json", OPTION_JSON, 0, 0, "with --losses: print them as JSON", 0 },
	COMMAND_ROOT_OPTIONS("in formats that have no name for it"),
	{ 0 },
};

struct request {
	const char *to, *output, *policy;
	bool losses, strict, json;
	struct roots roots;
};

static void list_formats(void)
{
	for (const struct exporter_row *row = exporter_row; row->name; row++)
		printf("%-13s %s\n", row->name, row->help);
	exit(COMMAND_DONE);
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->to)
		argp_error(state, "--to FORMAT is missing; `--to help` lists the formats");
	if (!request->policy)
		argp_error(state, "POLICY.xml is missing");
	if (request->json && !request->losses)
		argp_error(state, "--json goes with --losses; a policy as JSON is --to json");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (command_take_root(key, arg, &request->roots, state))
		return 0;
	switch (key) {
	case OPTION_TO:
		request->to = arg;
		if (!strcmp(arg, "help"))
			list_formats();
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case OPTION_LOSSES:
		request->losses = true;
		return 0;
	case OPTION_STRICT:
		request->strict = true;
		return 0;
	case OPTION_JSON:
		request->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "one policy at a time");
		request->policy = arg;
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
	.args_doc = "POLICY.xml",
	.doc = "Write a policy in an enforcer's own format.\v"
	       "No format can say all that a policy says.  --losses lists, rule by rule, where it "
	       "is narrowed (more is denied), widened (more is allowed), dropped, or needs another "
	       "program's help; a rule that is not listed is exact.",
};

static const struct exporter_row *find(const char *name)
{
	for (const struct exporter_row *row = exporter_row; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static int refuse(const char *name)
{
	scoped(buffer) struct buffer safe = { 0 };

	fprintf(stderr, "pare: export to %s: no such format; `pare export --to help` lists them\n",
		text_safe(bytes_of(name), 60, &safe));
	return COMMAND_USAGE;
}

static int print(const struct buffer *text, const char *path)
{
	struct error err = { 0 };

	return output_write(path, text, &err) ? command_fail(&err) : COMMAND_DONE;
}

static int print_losses(const struct losses *losses, const struct request *request)
{
	scoped(buffer) struct buffer text = { 0 };
	struct error err = { 0 };
	int r = 0;

	if (request->json)
		r = losses_write_json(losses, &text);
	else
		losses_write(losses, "", &text);
	if (!r)
		r = buffer_status(&text);
	if (r) {
		error_set(&err, -r, "list the losses");
		return command_fail(&err);
	}
	return print(&text, request->output);
}

/* Says on standard error that the format is not exact, so that nobody takes it to be. */
static bool warn(const struct losses *losses, const struct request *request)
{
	size_t widened = losses_count(losses, LOSS_WIDENED);
	size_t dropped = losses_count(losses, LOSS_DROPPED);

	if (!widened && !dropped)
		return false;
	fprintf(stderr, "pare: %s cannot say all of the policy: %zu widened, %zu dropped%s\n",
		request->to, widened, dropped, request->losses ? "" : "; --losses lists them");
	return true;
}

static int deliver(const struct buffer *text, const struct losses *losses,
		   const struct request *request)
{
	bool warned = warn(losses, request);
	int status;

	if (request->losses) {
		status = print_losses(losses, request);
		if (status)
			return status;
	}
	if (request->strict && warned)
		return COMMAND_NO;
	return request->losses ? COMMAND_DONE : print(text, request->output);
}

command command_export;

int command_export(int argc, char **argv, const struct house *house)
{
	scoped(policy) struct policy policy = { 0 };
	scoped(losses) struct losses losses = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct request request = { 0 };
	const struct exporter_row *row;
	struct error err = { 0 };

	(void)house;
	command_parse(&argp, argc, argv, &request);
	row = find(request.to);
	if (!row)
		return refuse(request.to);
	if (policy_read(&policy, request.policy, &err))
		return command_fail(&err);
	if (policy_bind(&policy, &request.roots, &err))
		return command_fail(&err);
	limit_losses(&policy.limits, row->limits, &losses);
	if (row->write(&policy, &text, &losses, &err))
		return command_fail(&err);
	return deliver(&text, &losses, &request);
}
