#include "analyzer/propose.h"

#include "analyzer/commands.h"
#include "analyzer/evidence.h"
#include "analyzer/limits.h"
#include "analyzer/presets.h"
#include "analyzer/rule.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a permission takes in the document, without its name: at least. */
#define RULE_SIZE 200

/* The latest version that the store keeps of the agent. */
struct latest {
	char *digest, *parent; /* NULL: none */
};

static void latest_cleanup(struct latest *latest)
{
	free(latest->digest);
	free(latest->parent);
}

static char *optional_copy(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

static int keep_latest(void *context, const struct stored_policy *policy)
{
	struct latest *latest = context;

	latest_cleanup(latest);
	latest->digest = strdup(policy->digest);
	latest->parent = optional_copy(policy->parent);
	return latest->digest ? 0 : -ENOMEM;
}

/* Frees each atom once its rule is there. */
static int add_rules(struct policy *policy, struct evidence *evidence, const struct preset *preset)
{
	struct atom *atom = evidence->atom, *next;
	int r = 0;

	HASH_CLEAR(hh, evidence->atom);
	for (; atom; atom = next) {
		next = atom->hh.next;
		if (!r && atom->outcome == OUTCOME_OK)
			r = rule_add(policy, atom);
		atom_free(atom);
	}
	if (!r)
		r = commands_attach(evidence, preset->widens, policy);
	return r ? r
		 : tool_calls_apply(&evidence->calls, preset->widens ? &preset->tuning : NULL,
				    policy);
}

static int describe(struct policy *policy, const struct evidence *evidence,
		    const struct propose_options *options)
{
	char hex[DIGEST_HEX_SIZE];
	int r = evidence_digest(evidence, hex);

	if (r)
		return r;
	policy->agent = strdup(options->agent);
	policy->evidence = strdup(hex);
	policy->preset = strdup(options->preset ? options->preset : "literal");
	policy->created_ns = options->created_ns ? options->created_ns : evidence->last_ns;
	policy->runs = (int64_t)evidence->run_count;
	policy->incomplete_runs = evidence->incomplete;
	policy->gaps = evidence->gaps;
	policy->first_ns = evidence->first_ns;
	policy->last_ns = evidence->last_ns;
	policy->limits = limits_above(&evidence->most);
	return policy->agent && policy->evidence && policy->preset ? 0 : -ENOMEM;
}

/* Proposing the latest version again gives that version, not a child of it. */
static int set_parent(struct policy *policy, struct latest *latest, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];
	int r;

	if (!latest->digest)
		return 0;
	policy->parent = latest->parent;
	latest->parent = NULL;
	r = policy_digest(policy, hex, err);
	if (r || !strcmp(hex, latest->digest))
		return r;
	free(policy->parent);
	policy->parent = latest->digest;
	latest->digest = NULL;
	return 0;
}

/* Before anything is made of it, because a document takes far more memory than the evidence. */
static int refuse_size(const struct evidence *evidence, struct error *err)
{
	size_t size = 0;

	for (const struct atom *atom = evidence->atom; atom; atom = atom->hh.next)
		if (atom->outcome == OUTCOME_OK)
			size += RULE_SIZE + strlen(atom_pattern(atom));
	if (size <= (size_t)POLICY_DOCUMENT_MIB << 20)
		return 0;
	return error_say(err, EFBIG,
			 "write the policy: it would be larger than %d MiB; choose fewer runs with "
			 "--task or --since",
			 POLICY_DOCUMENT_MIB);
}

int propose_from(struct evidence *evidence, struct store *store,
		 const struct propose_options *options, struct policy *ret, struct error *err)
{
	scoped(policy) struct policy policy = { 0 };
	scoped(latest) struct latest latest = { 0 };
	const struct preset *preset = preset_find(options->preset ? options->preset : "literal");
	int r = preset ? describe(&policy, evidence, options) : -EINVAL;

	if (!r)
		r = preset_apply(preset, evidence, &policy.quality, err);
	if (!r)
		r = refuse_size(evidence, err);
	if (!r)
		r = add_rules(&policy, evidence, preset);
	if (r)
		return error_set(err, -r, "propose a policy");
	r = policy_finish(&policy, NULL, err);
	if (!r)
		r = store_each_policy(store, options->agent, keep_latest, &latest, err);
	if (!r)
		r = set_parent(&policy, &latest, err);
	if (r)
		return error_set(err, -r, "propose a policy");
	*ret = policy;
	policy = (struct policy){ 0 };
	return 0;
}

int propose(struct store *store, const struct propose_options *options, struct policy *ret,
	    struct error *err)
{
	scoped(evidence) struct evidence evidence = { 0 };
	int r = evidence_collect(&evidence, store, options, err);

	if (r)
		return r;
	return propose_from(&evidence, store, options, ret, err);
}
