#include "analyzer/review/changes.h"
#include "analyzer/review/deciding.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_AGENT = 0x200, OPTION_REASON, OPTION_AT };

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent whose policy goes back", 0 },
	{ "reason", OPTION_REASON, "TEXT", 0, "why", 0 },
	{ "output", 'o', "FILE", 0, "write the policy to FILE", 0 },
	{ "at", OPTION_AT, "TIME", 0, "the time that is stored (for tests)", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	const char *agent, *version, *reason, *output, *db;
	int64_t now_ns;
};

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->agent)
		argp_error(state, "--agent NAME is missing");
	if (!request->version)
		argp_error(state, "which VERSION? `pare history` lists them");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		request->agent = arg;
		return 0;
	case OPTION_REASON:
		request->reason = arg;
		return 0;
	case OPTION_AT:
		request->now_ns = command_take_time(arg, state);
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "one version at a time");
		request->version = arg;
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
	.args_doc = "VERSION",
	.doc = "Put a policy that was in force before back into force, at once.\v"
	       "It becomes a new version, which says that nobody has reviewed it.  The policy is "
	       "written to standard output or FILE: `pare export` makes of it what the enforcer "
	       "reads.",
};

/* Only what was in force once comes back. */
static int find(const struct versions *versions, const struct request *request, size_t *ret,
		struct error *err)
{
	int r = versions_find(versions, request->version, ret, err);

	if (r || versions->version[*ret].state == VERSION_SUPERSEDED)
		return r;
	return error_say(err, EINVAL,
			 "rollback to version %zu: it is %s; only one that was in force "
			 "before comes back",
			 *ret + 1, version_state_text(versions->version[*ret].state));
}

/* What that does to what the agent holds, for it does so at once. */
static int print_changes(const struct versions *versions, size_t number, struct error *err)
{
	const struct version *version = &versions->version[number];
	const struct version *before =
		versions->in_force < 0 ? NULL : &versions->version[versions->in_force];
	scoped(diff) struct diff changes = { 0 };
	int r = changes_find(&changes, before ? &before->policy : NULL, &version->policy, err);

	if (!r)
		changes_print(stderr, &changes, before ? before->digest : NULL, version->digest);
	return r;
}

static int settle(const struct deciding *deciding, struct versions *versions)
{
	int r;

	versions_release(versions);
	r = versions_read(versions, deciding->store, deciding->agent, deciding->now_ns,
			  deciding->err);
	return r ? r : decide_settle(deciding);
}

static int restore(struct store *store, const struct request *request, struct buffer *document,
		   char digest[static DIGEST_HEX_SIZE], struct error *err)
{
	scoped(versions) struct versions versions = { 0 };
	struct deciding deciding = { .store = store,
				     .versions = &versions,
				     .agent = request->agent,
				     .reviewer = login_name(),
				     .login = login_name(),
				     .reason = request->reason ? request->reason : "rollback",
				     .now_ns = request->now_ns,
				     .err = err };
	int r = store_begin(store, err);

	r = r ? r : versions_read(&versions, store, request->agent, request->now_ns, err);
	r = r ? r : find(&versions, request, &deciding.version, err);
	r = r ? r : print_changes(&versions, deciding.version, err);
	r = r ? r : decide_restore(&deciding, document, digest);
	r = r ? r : settle(&deciding, &versions);
	r = r ? r : store_commit(store, err);
	if (r)
		store_rollback(store);
	return r;
}

command command_rollback;

int command_rollback(int argc, char **argv, const struct house *house)
{
	struct request request = { .now_ns = clock_now_ns() };
	scoped(buffer) struct buffer document = { 0 };
	char digest[DIGEST_HEX_SIZE];
	struct store *store = NULL;
	struct error err = { 0 };
	int r;

	(void)house;
	command_parse(&argp, argc, argv, &request);
	r = store_open(&store, request.db, STORE_WRITE, &err);
	r = r ? r : restore(store, &request, &document, digest, &err);
	store_close(store);
	r = r ? r : output_write(request.output, &document, &err);
	if (r)
		return command_fail(&err);
	fprintf(stderr, "pare: version %s is in force as %.12s; nobody has reviewed it\n",
		request.version, digest);
	return COMMAND_DONE;
}
