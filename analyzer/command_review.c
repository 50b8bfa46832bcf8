#include "analyzer/review/deciding.h"
#include "core/clock.h"
#include "core/command.h"
#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_NS (86400 * SECOND_NS)

enum {
	OPTION_REVIEWER = 0x200,
	OPTION_APPROVE,
	OPTION_REJECT,
	OPTION_PIN,
	OPTION_UNTIL,
	OPTION_REASON,
	OPTION_NOTICE,
	OPTION_AT
};

static const struct argp_option option[] = {
	{ "reviewer", OPTION_REVIEWER, "NAME", 0, "who decides", 0 },
	{ "approve", OPTION_APPROVE, "RULE", 0, "RULE may come into force; all: every rule", 0 },
	{ "reject", OPTION_REJECT, "RULE", 0, "RULE may not; all: the policy may not", 0 },
	{ "pin", OPTION_PIN, "RULE", 0, "RULE is kept, though it may not be used", 0 },
	{ "until", OPTION_UNTIL, "TIME", 0, "when the pin ends", 0 },
	{ "reason", OPTION_REASON, "TEXT", 0, "why", 0 },
	{ "notice", OPTION_NOTICE, "TIME", 0,
	  "so long before it takes something away it is announced (7d)", 0 },
	{ "at", OPTION_AT, "TIME", 0, "the time that is stored (for tests)", 0 },
	COMMAND_DB_OPTION,
	{ 0 },
};

struct wish {
	enum ruling ruling;
	const char *rule;
};

struct request {
	const char *policy, *db, *reviewer, *reason;
	struct wish *wish;
	size_t wish_count;
	int64_t until_ns, notice_ns, now_ns;
};

static void request_cleanup(struct request *request)
{
	free(request->wish);
}

static bool has_pin(const struct request *request)
{
	for (size_t i = 0; i < request->wish_count; i++)
		if (request->wish[i].ruling == RULING_PINNED)
			return true;
	return false;
}

static void check(const struct request *request, struct argp_state *state)
{
	if (!request->policy)
		argp_error(state, "which policy?");
	if (!request->wish_count)
		return;
	if (!request->reviewer || !*request->reviewer)
		argp_error(state, "--reviewer NAME is missing: who decides?");
	if (!request->reason || !*request->reason)
		argp_error(state, "--reason TEXT is missing: why?");
	if (has_pin(request) && request->until_ns <= request->now_ns)
		argp_error(state, "--pin needs --until TIME, which is still to come");
}

static void wish_for(struct request *request, enum ruling ruling, const char *rule)
{
	request->wish[request->wish_count++] = (struct wish){ ruling, rule };
}

static bool parse_wish(int key, char *arg, struct request *request)
{
	switch (key) {
	case OPTION_APPROVE:
		wish_for(request, RULING_APPROVED, arg);
		return true;
	case OPTION_REJECT:
		wish_for(request, RULING_REJECTED, arg);
		return true;
	case OPTION_PIN:
		wish_for(request, RULING_PINNED, arg);
		return true;
	default:
		return false;
	}
}

static bool parse_when(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case OPTION_UNTIL:
		request->until_ns = command_take_time(arg, state);
		return true;
	case OPTION_NOTICE:
		request->notice_ns = command_take_duration(arg, state);
		return true;
	case OPTION_AT:
		request->now_ns = command_take_time(arg, state);
		return true;
	default:
		return false;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	if (parse_wish(key, arg, request) || parse_when(key, arg, state))
		return 0;
	switch (key) {
	case OPTION_REVIEWER:
		request->reviewer = arg;
		return 0;
	case OPTION_REASON:
		request->reason = arg;
		return 0;
	case COMMAND_DB:
		request->db = arg;
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
	.doc = "Decide on a policy, rule by rule or as a whole, and keep the decision; without "
	       "--approve, --reject or --pin say what there is to decide.\v"
	       "A policy whose every rule is approved comes into force: at once, or, where it "
	       "takes "
	       "away what the agent holds, after the notice.  A decision is about this very "
	       "document: another version has to be reviewed anew.  Whoever granted or proposed it "
	       "may not review it.",
};

/* ---- the policy in the store ---- */

struct review {
	struct store *store;
	struct versions versions;
	struct policy policy;
	struct buffer document;
	char digest[DIGEST_HEX_SIZE];
	struct deciding deciding;
	struct error *err;
};

static void review_cleanup(struct review *review)
{
	store_close(review->store);
	versions_release(&review->versions);
	policy_release(&review->policy);
	buffer_release(&review->document);
}

/* Of a policy that nobody has kept the author is who owns the file. */
static const char *owner_of(const char *path)
{
	struct stat status;
	const struct passwd *entry = stat(path, &status) ? NULL : getpwuid(status.st_uid);

	return entry ? entry->pw_name : "";
}

static int keep_policy(struct review *review, const char *path)
{
	const struct stored_policy stored = {
		.agent = review->policy.agent,
		.digest = review->digest,
		.parent = review->policy.parent ? review->policy.parent : "",
		.created_ns = review->policy.created_ns ? review->policy.created_ns
							: review->deciding.now_ns,
		.document = buffer_bytes(&review->document),
		.author = owner_of(path)
	};

	return store_add_policy(review->store, &stored, review->err);
}

/* What is decided on: in the store, and read again with all that was decided. */
static int open_review(struct review *review, const struct request *request)
{
	int r = policy_read(&review->policy, request->policy, review->err);

	r = r ? r : policy_write(&review->policy, &review->document, review->err);
	r = r ? r : policy_digest(&review->policy, review->digest, review->err);
	r = r ? r : store_open(&review->store, request->db, STORE_WRITE, review->err);
	r = r ? r : store_begin(review->store, review->err);
	r = r ? r : keep_policy(review, request->policy);
	r = r ? r
	      : versions_read(&review->versions, review->store, review->policy.agent,
			      request->now_ns, review->err);
	r = r ? r
	      : versions_find(&review->versions, review->digest, &review->deciding.version,
			      review->err);
	review->deciding.store = review->store;
	review->deciding.versions = &review->versions;
	review->deciding.agent = review->policy.agent;
	return r;
}

/* ---- what is decided ---- */

static const struct rule *find_rule(const struct policy *policy, const char *id)
{
	for (size_t i = 0; i < policy->count; i++)
		if (!strcmp(policy->rule[i].id, id))
			return &policy->rule[i];
	return NULL;
}

static int decide_each(struct review *review, const struct wish *wish)
{
	int r = 0;

	for (size_t i = 0; i < review->policy.count && !r; i++) {
		const char *id = review->policy.rule[i].id;

		if (!versions_decided(&review->versions, review->deciding.version, id))
			r = decide_rule(&review->deciding, id, wish->ruling, 0);
	}
	return r;
}

static int decide(struct review *review, const struct wish *wish, int64_t until_ns)
{
	scoped(buffer) struct buffer safe = { 0 };
	int r = decide_check(&review->deciding, wish->rule, wish->ruling);

	if (r)
		return r;
	if (!strcmp(wish->rule, "all") && wish->ruling == RULING_REJECTED)
		return decide_reject(&review->deciding);
	if (!strcmp(wish->rule, "all") && wish->ruling == RULING_APPROVED)
		return decide_each(review, wish);
	if (!find_rule(&review->policy, wish->rule))
		return error_say(review->err, ENOENT,
				 "review: rule %s: there is none in this policy; `pare review` "
				 "lists them",
				 text_safe(bytes_of(wish->rule), 60, &safe));
	return decide_rule(&review->deciding, wish->rule, wish->ruling,
			   wish->ruling == RULING_PINNED ? until_ns : 0);
}

static int read_again(struct review *review)
{
	versions_release(&review->versions);
	return versions_read(&review->versions, review->store, review->policy.agent,
			     review->deciding.now_ns, review->err);
}

/* All rules are approved now, and the policy is not yet. */
static bool is_complete(const struct review *review)
{
	const struct version *version = &review->versions.version[review->deciding.version];

	return version->state == VERSION_PROPOSED &&
	       !versions_undecided(&review->versions, review->deciding.version);
}

static bool only_pins(const struct request *request)
{
	for (size_t i = 0; i < request->wish_count; i++)
		if (request->wish[i].ruling != RULING_PINNED)
			return false;
	return true;
}

static int apply(struct review *review, const struct request *request)
{
	int r = 0;

	for (size_t i = 0; i < request->wish_count && !r; i++)
		r = decide(review, &request->wish[i], request->until_ns);
	r = r ? r : read_again(review);
	if (!r && is_complete(review))
		r = decide_approve(&review->deciding);
	r = r ? r : read_again(review);
	r = r || only_pins(request) ? r : decide_settle(&review->deciding);
	return r ? r : store_commit(review->store, review->err);
}

/* ---- the command ---- */

/* COMMAND_NO where who would review is not independent. */
static int refuse_reviewer(struct review *review, const struct request *request, bool *ret_failed)
{
	scoped(buffer) struct buffer name = { 0 };
	const char *did = reviewer_is_grantor(&review->deciding, ret_failed);

	if (*ret_failed || !did)
		return COMMAND_DONE;
	fprintf(stderr, "pare: review %.12s: %s %s: somebody else must review it\n", review->digest,
		text_safe(bytes_of(request->reviewer), 60, &name), did);
	return COMMAND_NO;
}

static int run(struct review *review, const struct request *request)
{
	bool failed = false;
	int status = COMMAND_DONE;

	if (open_review(review, request))
		return command_fail(review->err);
	if (!only_pins(request))
		status = refuse_reviewer(review, request, &failed);
	if (status)
		return status;
	if (failed || apply(review, request) ||
	    versions_print(&review->versions, review->deciding.version, review->policy.agent,
			   review->err))
		return command_fail(review->err);
	return COMMAND_DONE;
}

command command_review;

int command_review(int argc, char **argv, const struct house *house)
{
	scoped(request) struct request request = { .now_ns = clock_now_ns(),
						   .notice_ns = 7 * DAY_NS };
	struct error err = { 0 };
	scoped(review) struct review review = { .err = &err };

	(void)house;
	request.wish = calloc((size_t)argc + 1, sizeof *request.wish);
	if (!request.wish) {
		error_set(&err, ENOMEM, "read the command line");
		return command_fail(&err);
	}
	command_parse(&argp, argc, argv, &request);
	review.deciding = (struct deciding){ .reviewer = request.reviewer ? request.reviewer : "",
					     .login = login_name(),
					     .reason = request.reason ? request.reason : "",
					     .now_ns = request.now_ns,
					     .notice_ns = request.notice_ns,
					     .err = &err };
	return run(&review, &request);
}
