#include "core/command.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"
#include "reports/policy_text.h"
#include "reports/summary.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct show_options {
	const char *db, *what;
	bool json, bare;
};

/* A run's id has neither a slash nor a suffix. */
static bool is_policy(const char *what)
{
	size_t size = strlen(what);

	return strchr(what, '/') || (size > 4 && !strcmp(what + size - 4, ".xml")) ||
	       access(what, F_OK) == 0;
}

static void check_options(const struct show_options *options, struct argp_state *state)
{
	if (!options->what)
		argp_error(state, "show what?  A RUN (`pare runs` lists them) or a POLICY.xml");
	else if (options->json && is_policy(options->what))
		argp_error(state, "--json is for a run; a policy is a document already");
	else if (options->bare && !is_policy(options->what))
		argp_error(state, "--bare is for a policy");
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct show_options *options = state->input;

	switch (key) {
	case COMMAND_DB:
		options->db = argument;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case 'b':
		options->bare = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->what)
			argp_error(state, "one RUN or POLICY.xml at a time");
		options->what = argument;
		return 0;
	case ARGP_KEY_END:
		check_options(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int show_run(struct store *store, const struct show_options *options, FILE *out,
		    struct error *err)
{
	scoped(run) struct run run = { 0 };
	int rc = store_begin(store, err); /* all numbers from one moment */

	if (rc == 0)
		rc = store_find_run(store, options->what, &run, err);
	if (rc == 0)
		rc = options->json ? summarize_json(store, &run, out, err)
				   : summarize(store, &run, out, err);
	store_rollback(store);
	return rc;
}

static int show_from_store(const struct show_options *options, FILE *out, struct error *err)
{
	struct store *store;
	int rc = store_open(&store, options->db, STORE_READ, err);

	if (rc < 0)
		return rc;
	rc = show_run(store, options, out, err);
	store_close(store);
	return rc;
}

static int show_policy(const struct show_options *options, FILE *out, struct error *err)
{
	scoped(policy) struct policy policy = { 0 };
	scoped(buffer) struct buffer text = { 0 };
	struct terminal terminal = terminal_of(out);
	int rc = policy_read(&policy, options->what, err);

	if (rc < 0)
		return rc;
	policy_add_text(&policy, &terminal, options->bare, &text);
	rc = buffer_status(&text);
	if (rc == 0 && fwrite(text.data, 1, text.size, out) < text.size)
		rc = -errno;
	return rc < 0 ? error_set(err, -rc, "write the policy") : 0;
}

static int show(const struct show_options *options, struct error *err)
{
	struct output *output;
	int rc = output_open(&output, NULL, err);

	if (rc < 0)
		return rc;
	rc = is_policy(options->what) ? show_policy(options, output_file(output), err)
				      : show_from_store(options, output_file(output), err);
	if (rc == 0)
		return output_commit(output, err);
	output_abandon(output);
	return rc;
}

static const struct argp_option option[] = {
	{ "json", 'j', NULL, 0, "a run's numbers as one line of JSON", 0 },
	{ "bare", 'b', NULL, 0, "a policy without the evidence behind each permission", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

int command_show(int argc, char **argv, const struct house *house)
{
	static const struct argp argp = {
		option,
		parse_option,
		"RUN | POLICY.xml",
		"Shows what a run did, or a policy one permission a line, sorted, fit for "
		"diff(1).\v"
		"A RUN is an id, the start of one, or `last`.  An existing file and a name with a "
		"slash or .xml at its end is a policy.",
		NULL,
		NULL,
		NULL
	};
	struct show_options options = { 0 };
	struct error err = { 0 };
	int rc;

	(void)house;
	command_parse(&argp, argc, argv, &options);
	rc = show(&options, &err);
	return rc < 0 ? command_fail(&err) : COMMAND_DONE;
}
