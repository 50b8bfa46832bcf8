#include "core/command.h"
#include "core/error.h"
#include "core/store.h"
#include "reports/html/page.h"
#include "reports/html/sections.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_AGENT = 0x200, OPTION_AS_OF, OPTION_FORMAT };

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent (needless when there is only one)", 0 },
	{ "as-of", OPTION_AS_OF, "TIME", 0,
	  "only runs that had started by then (default: the time of the newest evidence)", 0 },
	{ "format", OPTION_FORMAT, "FORMAT", 0, "html (the default)", 0 },
	{ "output", 'o', "FILE", 0, "write the report to FILE", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	struct report_request report;
	const char *db, *output;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		request->report.agent = arg;
		return 0;
	case OPTION_AS_OF:
		request->report.as_of_ns = command_take_time(arg, state);
		return 0;
	case OPTION_FORMAT:
		if (strcmp(arg, "html"))
			argp_error(state, "--format %s: not in this version; only html is", arg);
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_END:
		if (!request->output && isatty(STDOUT_FILENO))
			argp_error(state, "name a file with -o: a page is no use on a terminal");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "Write what an agent did, and the policy that would be enough for it, as one page "
	       "of "
	       "HTML that needs nothing else.\v"
	       "The same evidence and the same --as-of give the same bytes.",
};

static int write_page(struct page *page, const char *path, struct error *err)
{
	struct output *output;
	int status = output_open(&output, path, err);

	if (status)
		return status;
	status = page_write(page, output_file(output));
	if (status) {
		output_abandon(output);
		return error_set(err, -status, "write %s", path ? path : "standard output");
	}
	return output_commit(output, err);
}

static int report(const struct request *request, const struct house *house, struct error *err)
{
	__attribute__((cleanup(report_model_cleanup))) struct report_model model = { 0 };
	scoped(page) struct page *page = NULL;
	struct store *store;
	int status = store_open(&store, request->db, STORE_READ, err);

	if (status)
		return status;
	status = report_model_load(&model, store, house, &request->report, err);
	store_close(store);
	if (!status)
		status = report_page(&model, &page, err);
	return status ? status : write_page(page, request->output, err);
}

int command_report(int argc, char **argv, const struct house *house)
{
	struct request request = { .report.as_of_ns = INT64_MAX };
	struct error err = { 0 };

	command_parse(&argp, argc, argv, &request);
	return report(&request, house, &err) ? command_fail(&err) : COMMAND_DONE;
}
