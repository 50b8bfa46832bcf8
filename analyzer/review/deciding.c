#include "analyzer/review/deciding.h"

#include "analyzer/grants/grants.h"
#include "analyzer/grants/keep.h"
#include "analyzer/review/changes.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Policies that came into force are grants of that source. */
#define FORMAT "pare"
#define SOURCE "reviewed"

/* ---- who may decide ---- */

struct looking {
	const char *reviewer;
	bool found;
};

static int look_at(void *context, const struct stored_grants *grants)
{
	struct looking *looking = context;

	if (strcmp(grants->format, FORMAT) != 0 || !bytes_equal(grants->source, bytes_of(SOURCE)))
		looking->found = looking->found || !strcmp(grants->grantor, looking->reviewer);
	return 0;
}

const char *reviewer_is_grantor(const struct deciding *deciding, bool *ret_failed)
{
	struct looking looking = { .reviewer = deciding->reviewer };
	const struct version *version = &deciding->versions->version[deciding->version];

	*ret_failed = store_each_grants(deciding->store, deciding->agent, look_at, &looking,
					deciding->err) != 0;
	if (!strcmp(version->author, deciding->reviewer))
		return "proposed it";
	return looking.found ? "granted what the agent holds" : NULL;
}

/* What to do instead of approving, or of rejecting (a rule, or the whole): a decision does not
 * change what was decided as a whole, or came into force.  NULL: it can be decided. */
static const char *instead_of_approving(enum version_state state, bool was_decided)
{
	if (state == VERSION_SUPERSEDED)
		return "`pare rollback` brings it back";
	return was_decided && (state == VERSION_REJECTED || state == VERSION_WITHDRAWN)
		       ? "propose it anew"
		       : NULL;
}

static const char *instead_of_rejecting(enum version_state state, bool is_whole)
{
	if (state == VERSION_IN_FORCE || state == VERSION_SUPERSEDED)
		return "propose a policy without what should go, or `pare rollback` to another";
	return state == VERSION_SCHEDULED && !is_whole ? "`--reject all` withdraws it" : NULL;
}

int decide_check(const struct deciding *deciding, const char *rule, enum ruling ruling)
{
	size_t number = deciding->version;
	enum version_state state = deciding->versions->version[number].state;
	const char *instead = NULL;

	if (ruling == RULING_APPROVED)
		instead = instead_of_approving(state,
					       versions_decided(deciding->versions, number, ""));
	else if (ruling == RULING_REJECTED)
		instead = instead_of_rejecting(state, !strcmp(rule, "all"));

	return instead ? error_say(deciding->err, EINVAL, "review version %zu: it is %s: %s",
				   number + 1, version_state_text(state), instead)
		       : 0;
}

/* ---- decisions ---- */

int decide_rule(const struct deciding *deciding, const char *rule, enum ruling ruling,
		int64_t until_ns)
{
	const struct stored_decision decision = {
		.digest = deciding->versions->version[deciding->version].digest,
		.rule = rule,
		.verdict = ruling,
		.reviewer = deciding->reviewer,
		.login = deciding->login,
		.reason = deciding->reason,
		.decided_ns = deciding->now_ns,
		.until_ns = until_ns
	};

	return store_add_decision(deciding->store, &decision, deciding->err);
}

static int decide_whole(const struct deciding *deciding, const char *digest, enum ruling ruling,
			int64_t effective_ns)
{
	const struct stored_decision decision = { .digest = digest,
						  .rule = "",
						  .verdict = ruling,
						  .reviewer = deciding->reviewer,
						  .login = deciding->login,
						  .reason = deciding->reason,
						  .decided_ns = deciding->now_ns,
						  .effective_ns = effective_ns };

	return store_add_decision(deciding->store, &decision, deciding->err);
}

/* ---- what is in force ---- */

/* From then on the agent holds what the document says. */
static int hold(const struct deciding *deciding, struct bytes document, int64_t since_ns)
{
	scoped(granted) struct granted granted = { 0 };
	const struct stored_grants as = { .agent = deciding->agent,
					  .format = FORMAT,
					  .source = bytes_of(SOURCE),
					  .grantor = deciding->reviewer,
					  .granted_ns = since_ns,
					  .imported_ns = deciding->now_ns };
	int r = policy_read_memory(&granted.allowed, document, "the policy", deciding->err);

	if (r)
		return r;
	for (const struct word *word = resource_word; word->code; word++)
		granted.governs |= 1u << word->code;
	granted.denied.agent = strdup(deciding->agent);
	if (!granted.denied.agent)
		return error_set(deciding->err, ENOMEM, "keep the grants");
	r = policy_finish(&granted.denied, NULL, deciding->err);
	return r ? r : granted_add_set(&granted, deciding->store, &as, deciding->err);
}

static int write_document(const struct policy *policy, struct buffer *out, struct error *err)
{
	buffer_clear(out);
	return policy_write(policy, out, err);
}

static const struct version *version_in_force(const struct versions *versions)
{
	return versions->in_force < 0 ? NULL : &versions->version[versions->in_force];
}

/* When a version that was withdrawn would have come into force; 0: it was not, or there is none. */
static int64_t withdrawn_ns(const struct versions *versions, size_t number)
{
	const struct decision *approved = NULL;

	if (versions->version[number].state != VERSION_WITHDRAWN)
		return 0;
	for (size_t i = 0; i < versions->decision_count; i++) {
		const struct decision *decision = &versions->decision[i];

		if (decision->version == number && !*decision->rule &&
		    decision->verdict == RULING_APPROVED)
			approved = decision;
	}
	return approved ? approved->effective_ns : 0;
}

int decide_settle(const struct deciding *deciding)
{
	const struct versions *versions = deciding->versions;
	scoped(buffer) struct buffer document = { 0 };
	int r = 0;

	for (size_t i = 0; i < versions->count && !r; i++) {
		int64_t since_ns = withdrawn_ns(versions, i);
		ptrdiff_t holds = versions_in_force(versions, since_ns);

		if (since_ns <= deciding->now_ns || holds < 0)
			continue;
		r = write_document(&versions->version[holds].policy, &document, deciding->err);
		r = r ? r : hold(deciding, buffer_bytes(&document), since_ns);
	}
	return r;
}

int decide_approve(const struct deciding *deciding)
{
	const struct version *version = &deciding->versions->version[deciding->version];
	const struct version *before = version_in_force(deciding->versions);
	scoped(diff) struct diff changes = { 0 };
	scoped(buffer) struct buffer document = { 0 };
	int64_t effective_ns = deciding->now_ns;
	int r = write_document(&version->policy, &document, deciding->err);

	r = r ? r
	      : changes_find(&changes, before ? &before->policy : NULL, &version->policy,
			     deciding->err);
	if (before && changes_taken(&changes))
		effective_ns += deciding->notice_ns;
	r = r ? r : decide_whole(deciding, version->digest, RULING_APPROVED, effective_ns);
	return r ? r : hold(deciding, buffer_bytes(&document), effective_ns);
}

int decide_reject(const struct deciding *deciding)
{
	const struct version *version = &deciding->versions->version[deciding->version];

	return decide_whole(
		deciding, version->digest,
		version->state == VERSION_SCHEDULED ? RULING_WITHDRAWN : RULING_REJECTED, 0);
}

/* ---- going back ---- */

/* The same rules, as the successor of what is in force. */
static int write_successor(const struct deciding *deciding, struct buffer *out,
			   char ret_digest[static DIGEST_HEX_SIZE])
{
	const struct version *version = &deciding->versions->version[deciding->version];
	const struct version *before = version_in_force(deciding->versions);
	scoped(policy) struct policy policy = { 0 };
	scoped(buffer) struct buffer document = { 0 };
	int r = write_document(&version->policy, &document, deciding->err);

	r = r ? r
	      : policy_read_memory(&policy, buffer_bytes(&document), "the policy", deciding->err);
	if (r)
		return r;
	free(policy.parent);
	policy.parent = before ? strdup(before->digest) : NULL;
	policy.created_ns = deciding->now_ns;
	if (before && !policy.parent)
		return error_set(deciding->err, ENOMEM, "restore a policy");
	r = policy_write(&policy, out, deciding->err);
	return r ? r : policy_digest(&policy, ret_digest, deciding->err);
}

int decide_restore(const struct deciding *deciding, struct buffer *out,
		   char ret_digest[static DIGEST_HEX_SIZE])
{
	const struct version *before = version_in_force(deciding->versions);
	struct stored_policy stored;
	int r = write_successor(deciding, out, ret_digest);

	if (r)
		return r;
	stored = (struct stored_policy){ .agent = deciding->agent,
					 .digest = ret_digest,
					 .parent = before ? before->digest : "",
					 .created_ns = deciding->now_ns,
					 .document = buffer_bytes(out),
					 .author = deciding->login };
	r = store_add_policy(deciding->store, &stored, deciding->err);
	r = r ? r : decide_whole(deciding, ret_digest, RULING_RESTORED, deciding->now_ns);
	return r ? r : hold(deciding, buffer_bytes(out), deciding->now_ns);
}
