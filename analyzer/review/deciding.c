#include "analyzer/review/deciding.h"

#include "analyzer/grants/grants.h"
#include "analyzer/grants/keep.h"
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

int decide_approve(const struct deciding *deciding, int64_t *ret_effective_ns)
{
	const struct version *version = &deciding->versions->version[deciding->version];
	const struct version *before = version_in_force(deciding->versions);
	bool removes = before && policy_beyond(&version->policy, &before->policy, NULL);
	scoped(buffer) struct buffer document = { 0 };
	int r = write_document(&version->policy, &document, deciding->err);

	*ret_effective_ns = deciding->now_ns + (removes ? deciding->notice_ns : 0);
	if (!r)
		r = decide_whole(deciding, version->digest, RULING_APPROVED, *ret_effective_ns);
	return r ? r : hold(deciding, buffer_bytes(&document), *ret_effective_ns);
}

int decide_reject(const struct deciding *deciding)
{
	const struct version *version = &deciding->versions->version[deciding->version];
	const struct version *before = version_in_force(deciding->versions);
	bool is_scheduled = version->state == VERSION_SCHEDULED;
	scoped(buffer) struct buffer document = { 0 };
	int r = decide_whole(deciding, version->digest,
			     is_scheduled ? RULING_WITHDRAWN : RULING_REJECTED, 0);

	if (r || !is_scheduled || !before)
		return r;
	r = write_document(&before->policy, &document, deciding->err);
	return r ? r : hold(deciding, buffer_bytes(&document), version->effective_ns);
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
