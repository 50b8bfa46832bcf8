#include "analyzer/agents.h"
#include "analyzer/evidence.h"
#include "analyzer/excess.h"
#include "analyzer/explain.h"
#include "analyzer/hints.h"
#include "analyzer/presets.h"
#include "analyzer/propose.h"
#include "core/command.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So much evidence is not looked at once more only to compare. */
#define COMPARED_ATOMS 100000
#define COMPARED_MAX   8

enum {
	OPTION_AGENT = 0x200,
	OPTION_TASK,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_PRESET,
	OPTION_PROTECT
};

static const struct argp_option option[] = {
	{ "agent", OPTION_AGENT, "NAME", 0, "the agent (needless when there is only one)", 0 },
	{ "task", OPTION_TASK, "NAME", 0, "only runs of this task; may be given again", 0 },
	{ "since", OPTION_SINCE, "TIME", 0, "only runs that started then or later", 0 },
	{ "until", OPTION_UNTIL, "TIME", 0, "only runs that started before", 0 },
	{ "preset", OPTION_PRESET, "NAME", 0,
	  "literal: exactly what was used; balanced (the default): and names made likewise, where "
	  "that foretells the next run; workspace: and more so in the workspace",
	  0 },
	{ "protect", OPTION_PROTECT, "FILE", 0,
	  "further objects to protect, a line each (~/.config/pare/protected)", 0 },
	{ "output", 'o', "FILE", 0, "write the policy to FILE", 0 },
	{ "quiet", 'q', 0, 0, "do not explain the policy", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct request {
	struct propose_options options;
	const char **task;
	const char *db, *output;
	bool is_quiet;
};

static void request_cleanup(struct request *request)
{
	free(request->task);
}

static void check_preset(const char *name, struct argp_state *state)
{
	if (!preset_find(name))
		argp_error(state,
			   "--preset %s: no such preset; literal, balanced and workspace are",
			   name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_AGENT:
		request->options.agent = arg;
		return 0;
	case OPTION_TASK:
		request->task[request->options.task_count++] = arg;
		return 0;
	case OPTION_SINCE:
		request->options.since_ns = command_take_time(arg, state);
		return 0;
	case OPTION_UNTIL:
		request->options.until_ns = command_take_time(arg, state);
		return 0;
	case OPTION_PRESET:
		check_preset(arg, state);
		request->options.preset = arg;
		return 0;
	case OPTION_PROTECT:
		request->options.protect = arg;
		return 0;
	case 'o':
		request->output = arg;
		return 0;
	case 'q':
		request->is_quiet = true;
		return 0;
	case COMMAND_DB:
		request->db = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option,
	.parser = parse,
	.doc = "Propose the smallest policy that fits what was recorded: each permission that was "
	       "used, exactly, and no other.\v"
	       "The policy is XML.  It goes to standard output or FILE and is kept in the "
	       "database; what it rests on is explained on standard error.",
};

/* A proposal on its way out. */
struct proposal {
	struct evidence evidence;
	struct leftover leftover;
	struct hints hints;
	struct excess excess;
	struct compared compared[COMPARED_MAX];
	size_t compared_count;
	struct policy policy;
	struct buffer document;
};

static void proposal_cleanup(struct proposal *proposal)
{
	evidence_release(&proposal->evidence);
	hints_release(&proposal->hints);
	excess_release(&proposal->excess);
	policy_release(&proposal->policy);
	buffer_release(&proposal->document);
}

/* What the others would have given. */
static int compare(struct proposal *proposal, const char *chosen, struct error *err)
{
	int r = 0;

	if (HASH_COUNT(proposal->evidence.atom) > COMPARED_ATOMS)
		return 0;
	for (const struct preset *at = preset_row; at->name && r == 0; at++) {
		struct compared *compared = &proposal->compared[proposal->compared_count];
		struct policy_quality quality = { 0 };

		if (!strcmp(at->name, chosen) || proposal->compared_count == COMPARED_MAX)
			continue;
		r = preset_try(at, &proposal->evidence, &compared->permissions, &quality, err);
		compared->preset = at->name;
		compared->runs_tried = quality.runs_tried;
		compared->runs_denied = quality.runs_denied;
		proposal->compared_count += r == 0;
	}
	return r;
}

static int find_hints(struct proposal *proposal, struct store *store,
		      const struct propose_options *options, struct error *err)
{
	int r;

	proposal->hints = (struct hints){
		.evidence = &proposal->evidence, .store = store, .options = options, .err = err
	};
	r = hints_find(&proposal->hints);
	return r < 0 ? error_set(err, -r, "look for what was not needed") : r;
}

static int make(struct proposal *proposal, struct store *store, const struct request *request,
		struct error *err)
{
	const struct propose_options *options = &request->options;
	int r = evidence_collect(&proposal->evidence, store, options, err);

	if (r)
		return r;
	proposal->leftover = leftover_of(&proposal->evidence);
	if (!request->is_quiet)
		r = find_hints(proposal, store, options, err);
	if (!r && !request->is_quiet)
		r = compare(proposal, options->preset, err);
	if (!r)
		r = propose_from(&proposal->evidence, store, options, &proposal->policy, err);
	if (!r && !request->is_quiet &&
	    excess_count(&proposal->policy, &proposal->evidence, &proposal->excess) < 0)
		r = error_set(err, ENOMEM, "look at what the policy admits");
	return r ? r : policy_write(&proposal->policy, &proposal->document, err);
}

static int keep_in(struct store *store, const struct proposal *proposal, const char *digest,
		   struct error *err)
{
	struct stored_policy stored = {
		.agent = proposal->policy.agent,
		.digest = digest,
		.parent = proposal->policy.parent ? proposal->policy.parent : "",
		.created_ns = proposal->policy.created_ns,
		.document = buffer_bytes(&proposal->document),
		.author = login_name(),
	};
	int r = store_begin(store, err);

	if (!r)
		r = store_add_policy(store, &stored, err);
	if (!r)
		r = store_commit(store, err);
	if (r)
		store_rollback(store);
	return r;
}

/* Opened for writing only now: a proposal can be made from a store that nobody may change. */
static int keep(const struct proposal *proposal, const char *db, char digest[DIGEST_HEX_SIZE],
		struct error *err)
{
	struct store *store;
	int r = policy_digest(&proposal->policy, digest, err);

	if (!r)
		r = store_open(&store, db, STORE_WRITE, err);
	if (r)
		return r;
	r = keep_in(store, proposal, digest, err);
	store_close(store);
	return r;
}

/* The store's own reason for refusing a read-only folder depends on the file it missed first. */
static bool is_read_only(const char *path, const struct error *err)
{
	return err->code == EROFS || err->code == EACCES || err->code == EPERM ||
	       (access(path, W_OK) < 0 && errno != ENOENT);
}

static void say_next(const char *path)
{
	scoped(buffer) struct buffer safe = { 0 };

	if (!path || !strcmp(path, "-")) {
		fputs("next: keep it with -o POLICY.xml; then `pare show POLICY.xml`\n", stderr);
		return;
	}
	text_safe(bytes_of(path), 0, &safe);
	fprintf(stderr, "next: `pare show %s` lists it; `pare check %s last` after another run\n",
		buffer_text(&safe), buffer_text(&safe));
}

static void explain_all(const struct proposal *proposal)
{
	explain(stderr, &proposal->policy, &proposal->evidence, &proposal->leftover);
	explain_excess(stderr, &proposal->policy, &proposal->excess);
	hints_print(stderr, &proposal->hints);
	explain_presets(stderr, proposal->compared, proposal->compared_count);
}

/* Prints, keeps, explains; what was printed stays good when it could not be kept. */
static int deliver(const struct proposal *proposal, const struct request *request, const char *db)
{
	char digest[DIGEST_HEX_SIZE];
	struct error err = { 0 };

	if (output_write(request->output, &proposal->document, &err))
		return command_fail(&err);
	fflush(stdout);
	if (!request->is_quiet)
		explain_all(proposal);
	if (keep(proposal, db, digest, &err)) {
		if (!is_read_only(db, &err))
			return command_fail(&err);
		fprintf(stderr, "pare: not kept in the database: %s\n", err.text);
	} else if (!request->is_quiet) {
		fprintf(stderr, "kept as version %.12s\n", digest);
	}
	if (!request->is_quiet)
		say_next(request->output);
	return COMMAND_DONE;
}

static int run_request(struct request *request, struct store *store)
{
	scoped(agents) struct agents agents = { 0 };
	scoped(proposal) struct proposal proposal = { 0 };
	struct error err = { 0 };

	if (agents_list(&agents, store, &err))
		return command_fail(&err);
	if (agents_choose(&agents, request->options.agent, &request->options.agent, &err)) {
		command_fail(&err);
		return err.code == EINVAL ? COMMAND_USAGE : COMMAND_FAILED;
	}
	if (make(&proposal, store, request, &err))
		return command_fail(&err);
	return deliver(&proposal, request, store_path(store));
}

int command_propose(int argc, char **argv, const struct house *house)
{
	scoped(request) struct request request = { .options.preset = "balanced" };
	struct error err = { 0 };
	struct store *store;
	int status;

	(void)house;
	request.task = calloc((size_t)argc, sizeof *request.task);
	if (!request.task)
		return COMMAND_FAILED;
	request.options.task = request.task;
	command_parse(&argp, argc, argv, &request);
	if (store_open(&store, request.db, STORE_READ, &err))
		return command_fail(&err);
	status = run_request(&request, store);
	store_close(store);
	return status;
}
