#include "analyzer/review/versions.h"

#include "core/digest.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *version_state_text(enum version_state state)
{
	static const char *const text[] = {
		[VERSION_PROPOSED] = "proposed",     [VERSION_REJECTED] = "rejected",
		[VERSION_SCHEDULED] = "scheduled",   [VERSION_IN_FORCE] = "in force",
		[VERSION_SUPERSEDED] = "superseded", [VERSION_WITHDRAWN] = "withdrawn"
	};

	return text[state];
}

void versions_release(struct versions *versions)
{
	for (size_t i = 0; i < versions->count; i++) {
		free(versions->version[i].digest);
		free(versions->version[i].parent);
		free(versions->version[i].author);
		policy_release(&versions->version[i].policy);
	}
	for (size_t i = 0; i < versions->decision_count; i++) {
		free(versions->decision[i].rule);
		free(versions->decision[i].reviewer);
		free(versions->decision[i].login);
		free(versions->decision[i].reason);
	}
	free(versions->version);
	free(versions->decision);
	*versions = (struct versions){ 0 };
}

void versions_cleanup(struct versions *versions)
{
	versions_release(versions);
}

/* ---- reading ---- */

struct reading {
	struct versions *versions;
	int64_t until_ns; /* what was decided later is passed over */
	struct error *err;
};

/* What people decided on is the document with that digest. */
static int read_document(struct version *version, struct bytes document, struct error *err)
{
	char digest[DIGEST_HEX_SIZE];
	int r = policy_read_memory(&version->policy, document, "a policy in the store", err);

	r = r ? r : policy_digest(&version->policy, digest, err);
	if (!r && strcmp(digest, version->digest) != 0)
		r = error_say(err, EINVAL,
			      "policy %.12s in the store: it was altered after it was kept, its "
			      "digest is %.12s now; take the database from a copy",
			      version->digest, digest);
	return r;
}

static int read_policy(void *context, const struct stored_policy *policy)
{
	struct reading *reading = context;
	struct versions *versions = reading->versions;
	struct version *grown = reallocarray(versions->version, versions->count + 1, sizeof *grown);
	struct version *version;

	if (!grown)
		return error_set(reading->err, ENOMEM, "read the policies");
	versions->version = grown;
	version = &grown[versions->count++];
	*version = (struct version){ .digest = strdup(policy->digest),
				     .parent = strdup(policy->parent),
				     .author = strdup(policy->author),
				     .created_ns = policy->created_ns };
	if (!version->digest || !version->parent || !version->author)
		return error_set(reading->err, ENOMEM, "read the policies");
	return read_document(version, policy->document, reading->err);
}

static bool find_digest(const struct versions *versions, const char *digest, size_t *ret)
{
	for (size_t i = 0; i < versions->count; i++) {
		if (strcmp(versions->version[i].digest, digest))
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static int read_decision(void *context, const struct stored_decision *stored)
{
	struct reading *reading = context;
	struct versions *versions = reading->versions;
	struct decision *grown =
		reallocarray(versions->decision, versions->decision_count + 1, sizeof *grown);
	struct decision *decision;
	size_t version;

	if (grown)
		versions->decision = grown;
	if (!grown)
		return error_set(reading->err, ENOMEM, "read the decisions");
	if (stored->decided_ns > reading->until_ns ||
	    !find_digest(versions, stored->digest, &version))
		return 0;
	decision = &versions->decision[versions->decision_count++];
	*decision = (struct decision){ .version = version,
				       .rule = strdup(stored->rule),
				       .reviewer = strdup(stored->reviewer),
				       .login = strdup(stored->login),
				       .reason = strdup(stored->reason),
				       .verdict = stored->verdict,
				       .decided_ns = stored->decided_ns,
				       .effective_ns = stored->effective_ns,
				       .until_ns = stored->until_ns };
	if (!decision->rule || !decision->reviewer || !decision->login || !decision->reason)
		return error_set(reading->err, ENOMEM, "read the decisions");
	return 0;
}

/* ---- where each stands ---- */

const struct decision *versions_decided(const struct versions *versions, size_t version,
					const char *rule)
{
	for (size_t i = versions->decision_count; i-- > 0;) {
		const struct decision *decision = &versions->decision[i];

		if (decision->version == version && decision->verdict != RULING_PINNED &&
		    !strcmp(decision->rule, rule))
			return decision;
	}
	return NULL;
}

const struct rule *versions_undecided(const struct versions *versions, size_t version)
{
	const struct policy *policy = &versions->version[version].policy;

	for (size_t i = 0; i < policy->count; i++)
		if (!versions_decided(versions, version, policy->rule[i].id))
			return &policy->rule[i];
	return NULL;
}

static bool has_rejected_rule(const struct versions *versions, size_t version)
{
	const struct policy *policy = &versions->version[version].policy;

	for (size_t i = 0; i < policy->count; i++) {
		const struct decision *decision =
			versions_decided(versions, version, policy->rule[i].id);

		if (decision && decision->verdict == RULING_REJECTED)
			return true;
	}
	return false;
}

/* By itself: the one in force is found afterwards. */
static enum version_state state_of(const struct versions *versions, size_t number, int64_t now_ns,
				   int64_t *ret_effective_ns)
{
	const struct decision *whole = versions_decided(versions, number, "");

	if (!whole)
		return has_rejected_rule(versions, number) ? VERSION_REJECTED : VERSION_PROPOSED;
	if (whole->verdict == RULING_REJECTED)
		return VERSION_REJECTED;
	if (whole->verdict == RULING_WITHDRAWN)
		return VERSION_WITHDRAWN;
	*ret_effective_ns = whole->effective_ns;
	return whole->effective_ns > now_ns ? VERSION_SCHEDULED : VERSION_SUPERSEDED;
}

ptrdiff_t versions_in_force(const struct versions *versions, int64_t time_ns)
{
	ptrdiff_t latest = -1;

	for (size_t i = 0; i < versions->count; i++) {
		const struct version *version = &versions->version[i];

		if (version->effective_ns && version->effective_ns <= time_ns &&
		    (latest < 0 || version->effective_ns >= versions->version[latest].effective_ns))
			latest = (ptrdiff_t)i;
	}
	return latest;
}

static void settle(struct versions *versions, int64_t now_ns)
{
	for (size_t i = 0; i < versions->count; i++) {
		struct version *version = &versions->version[i];

		version->state = state_of(versions, i, now_ns, &version->effective_ns);
	}
	versions->in_force = versions_in_force(versions, now_ns);
	if (versions->in_force >= 0)
		versions->version[versions->in_force].state = VERSION_IN_FORCE;
}

static int read_all(struct reading *reading, struct store *store, const char *agent, int64_t now_ns)
{
	int r = store_each_policy(store, agent, read_policy, reading, reading->err);

	if (!r)
		r = store_each_decision(store, agent, read_decision, reading, reading->err);
	if (!r)
		settle(reading->versions, now_ns);
	return r;
}

int versions_read(struct versions *ret, struct store *store, const char *agent, int64_t now_ns,
		  struct error *err)
{
	struct reading reading = { ret, INT64_MAX, err };

	return read_all(&reading, store, agent, now_ns);
}

int versions_read_past(struct versions *ret, struct store *store, const char *agent, int64_t now_ns,
		       struct error *err)
{
	struct reading reading = { ret, now_ns, err };

	return read_all(&reading, store, agent, now_ns);
}

/* ---- looking up ---- */

static bool is_number(const char *text, size_t *ret)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*ret = (size_t)value;
	return *text && !*end && strlen(text) < 6;
}

int versions_find(const struct versions *versions, const char *which, size_t *ret,
		  struct error *err)
{
	scoped(buffer) struct buffer safe = { 0 };
	size_t number, found = 0;

	if (is_number(which, &number) && number && number <= versions->count) {
		*ret = number - 1;
		return 0;
	}
	for (size_t i = 0; i < versions->count; i++) {
		if (strlen(which) < 4 ||
		    strncmp(versions->version[i].digest, which, strlen(which)) != 0)
			continue;
		*ret = i;
		found++;
	}
	if (found == 1)
		return 0;
	return error_say(err, found ? EINVAL : ENOENT, "version %s: %s; `pare history` lists them",
			 text_safe(bytes_of(which), 60, &safe),
			 found ? "more than one begins so" : "there is none");
}
