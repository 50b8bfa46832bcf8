#include "core/command.h"
#include "core/error.h"
#include "reports/companions/companions.h"
#include "reports/companions/folder.h"
#include "reports/machine.h"
#include "reports/companions/several.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OPTION_AGENT = 0x200,
	OPTION_AS_OF,
	OPTION_QUARTER,
	OPTION_FORMAT,
	OPTION_BASELINE,
	OPTION_REDACT,
	OPTION_MACHINE,
	OPTION_OSCAL_XSD
};

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0,
	  "the agent (needless when there is only one); several, or all: a folder for each, and an "
	  "overview",
	  0 },
	{ "as-of", OPTION_AS_OF, "TIME", 0,
	  "the day of the report: only runs that had started by then (default: the time of the "
	  "newest evidence)",
	  0 },
	{ "quarter", OPTION_QUARTER, "2026Q4", 0,
	  "what was used in that quarter (UTC), seen from its end, or from now where it has not "
	  "ended",
	  0 },
	{ "format", OPTION_FORMAT, "FORMAT", 0,
	  "html (the default), another that `--format help` lists, or all", 0 },
	{ "baseline", OPTION_BASELINE, "TIME", 0,
	  "the day of the audit that findings are new since, in SARIF (the first of the window)",
	  0 },
	{ "oscal-xsd", OPTION_OSCAL_XSD, "FILE", 0,
	  "write OSCAL only where it is as this schema of NIST's says", 0 },
	MACHINE_OPTION(OPTION_MACHINE),
	{ "redact", OPTION_REDACT, 0, 0,
	  "write what others may see: names of files, hosts, variables and people become tokens, "
	  "others in each report",
	  0 },
	{ "output", 'o', "FILE|DIR", 0,
	  "write it to FILE; several files, or all, to the folder DIR", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	struct edition_request edition;
	struct quarter quarter;
	const char *db, *format, *output;
	const char **agent;
	size_t agent_count;
	bool all_agents;
};

static void take_agent(struct request *request, const char *arg, struct argp_state *state)
{
	const char **grown = reallocarray(request->agent, request->agent_count + 1, sizeof *grown);

	if (!grown)
		argp_failure(state, COMMAND_FAILED, ENOMEM, "read the command line");
	request->agent = grown;
	grown[request->agent_count++] = arg;
	request->edition.agent = arg;
	request->all_agents = request->all_agents || !strcmp(arg, "all");
}

static bool wants_several(const struct request *request)
{
	return request->all_agents || request->agent_count > 1;
}

static void list_formats(void)
{
	for (const struct companion_row *row = companion_row; row->name; row++)
		printf("%-8s %-22s %s\n", row->format, row->file, row->help);
	exit(COMMAND_DONE);
}

static void take_format(struct request *request, const char *arg, struct argp_state *state)
{
	if (!strcmp(arg, "help"))
		list_formats();
	if (!companion_count(arg, false))
		argp_error(state, "--format %s: no such format; `--format help` lists them", arg);
	request->format = arg;
}

static void take_quarter(struct request *request, const char *arg, struct argp_state *state)
{
	if (quarter_parse(arg, &request->quarter))
		argp_error(state, "--quarter %s: it is a year and a quarter, as 2026Q4", arg);
	request->edition.quarter = &request->quarter;
}

/* What is several files needs a folder, and a page a file. */
static void check_output(const struct request *request, size_t count, struct argp_state *state)
{
	if (request->output)
		return;
	if (wants_several(request))
		argp_error(state, "several agents are several files: name a folder with -o");
	if (count > 1)
		argp_error(state, "--format %s is several files: name a folder with -o",
			   request->format);
	if (!strcmp(request->format, "html") && isatty(STDOUT_FILENO))
		argp_error(state, "name a file with -o: a page is no use on a terminal");
}

static void check(const struct request *request, struct argp_state *state)
{
	size_t count = companion_count(request->format, request->edition.is_redacted);

	if (!count)
		argp_error(state, "--format %s cannot be redacted", request->format);
	if (request->edition.quarter && request->edition.as_of_ns != INT64_MAX)
		argp_error(state, "--quarter says the day already: leave --as-of out");
	check_output(request, count, state);
}

static bool parse_day(int key, const char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AS_OF:
		request->edition.as_of_ns = command_take_time(arg, state);
		return true;
	case OPTION_QUARTER:
		take_quarter(request, arg, state);
		return true;
	case OPTION_BASELINE:
		request->edition.baseline_ns = command_take_time(arg, state);
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		take_agent(request, arg, state);
		return 0;
	case OPTION_FORMAT:
		take_format(request, arg, state);
		return 0;
	case OPTION_OSCAL_XSD:
		request->edition.oscal_schema = arg;
		return 0;
	case OPTION_MACHINE:
		request->edition.machine_entries = machine_take(arg, state);
		return 0;
	case OPTION_REDACT:
		request->edition.is_redacted = true;
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_END:
		check(request, state);
		return 0;
	default:
		return parse_day(key, arg, state) ? 0 : ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "Write what an agent did, what it is granted and what was found: as a page for "
	       "people, and as files for other programs.\v"
	       "The same evidence and the same day give the same bytes.",
};

/* A launch is reviewed before anything is granted. */
static void tell_what_is_missing(const struct request *request, const struct edition *edition)
{
	if (edition->audit_reason.code == ENOENT && !strcmp(request->format, "all"))
		fprintf(stderr, "pare: %s; what needs an audit is left out\n",
			edition->audit_reason.text);
}

static int report(const struct request *request, const struct house *house, struct error *err)
{
	scoped(edition) struct edition edition = { 0 };
	int r = edition_open(&edition, request->db, house, &request->edition, err);

	if (r)
		return r;
	/* Text is as wide and as colourful as where it goes; a file is always the same. */
	if (!request->output || !strcmp(request->output, "-"))
		edition.terminal = terminal_of(stdout);
	if (companion_count(request->format, edition.redactor) > 1 ||
	    folder_is_there(request->output)) {
		tell_what_is_missing(request, &edition);
		return folder_write(&edition, request->format, request->output, err);
	}
	return folder_write_one(&edition, request->format, request->output, err);
}

static int report_several(const struct request *request, const struct house *house,
			  struct error *err)
{
	struct several_request several = {
		.db = request->db,
		.format = request->format,
		.path = request->output,
		.agent = request->agent,
		.agent_count = request->all_agents ? 0 : request->agent_count,
		.all = request->all_agents,
		.edition = request->edition,
	};

	return several_write(&several, house, err);
}

int command_report(int argc, char **argv, const struct house *house)
{
	struct request request = { .edition = { .as_of_ns = INT64_MAX, .baseline_ns = INT64_MIN },
				   .format = "html" };
	struct error err = { 0 };
	int r;

	command_parse(&argp, argc, argv, &request);
	r = wants_several(&request) ? report_several(&request, house, &err)
				    : report(&request, house, &err);
	free(request.agent);
	return r ? command_fail(&err) : COMMAND_DONE;
}
