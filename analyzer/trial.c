#include "analyzer/trial.h"

#include "analyzer/commands.h"
#include "analyzer/generalise.h"
#include "analyzer/rule.h"
#include "core/error.h"
#include "core/policy.h"

#include <errno.h>

/* Who has the atom, of the runs that are left. */
struct share {
	bool remains;
	bool all_own; /* of those that remain */
	bool tried;
	bool tried_own; /* of those that are tried: all */
};

static struct share share_of(const struct trial *trial, const struct atom *atom)
{
	struct share share = { .all_own = true, .tried_own = true };
	const struct use *use = atom_uses(atom);

	for (uint32_t i = 0; i < atom->runs; i++) {
		if (!trial->left_out[use[i].run]) {
			share.remains = true;
			share.all_own = share.all_own && use[i].own;
		} else if (trial->tried[use[i].run]) {
			share.tried = true;
			share.tried_own = share.tried_own && use[i].own;
		}
	}
	return share;
}

static bool is_needed(const struct atom *atom)
{
	return atom->outcome == OUTCOME_OK;
}

/* What stands for more than one name, or for a run's own. */
static int add_rules(struct trial *trial, struct evidence *kept)
{
	int r = 0;

	for (struct atom *atom = kept->atom; atom && r == 0; atom = atom->hh.next)
		if (is_needed(atom) && (atom->why || atom_is_own(atom)))
			r = rule_add(&trial->policy, atom);
	return r;
}

static int mine(struct trial *trial, struct error *err)
{
	scoped(evidence) struct evidence kept = { 0 };
	int r = evidence_without(trial->evidence, trial->left_out, &kept);

	if (r == 0)
		r = generalise(&kept, trial->tuning, trial->feasible, err);
	if (r == 0)
		r = add_rules(trial, &kept);
	if (r < 0)
		return error_set(err, -r, "try the policy on other runs");
	return policy_finish(&trial->policy, NULL, err);
}

static bool admits(const struct trial *trial, const struct atom *atom, struct bytes name,
		   uint32_t run, bool own)
{
	const struct evidence *evidence = trial->evidence;
	struct asked asked = {
		.resource = atom->resource,
		.action = atom->action,
		.name = name,
		.phase = bytes_of(atom_phase(atom)),
		.own = own,
	};

	return policy_match(&trial->policy, &evidence->root[evidence->run[run].root].roots, &asked,
			    NULL);
}

/* Whether each of the runs that are tried is admitted. */
static int ask(const struct trial *trial, const struct atom *atom)
{
	scoped(pattern) struct pattern pattern = { 0 };
	scoped(buffer) struct buffer name = { 0 };
	const struct evidence *evidence = trial->evidence;
	const struct use *use = atom_uses(atom);
	struct error ignored = { 0 };
	bool admitted = true;

	if (pattern_parse(&pattern, atom->resource, atom_pattern(atom), &ignored) < 0)
		return 0;
	for (uint32_t i = 0; i < atom->runs && admitted; i++) {
		if (!trial->tried[use[i].run])
			continue;
		buffer_clear(&name);
		if (pattern_expand(&pattern, &evidence->root[evidence->run[use[i].run].root].roots,
				   &name) < 0)
			return 0;
		admitted = admits(trial, atom, buffer_bytes(&name), use[i].run, use[i].own);
	}
	return buffer_status(&name) < 0 ? -ENOMEM : admitted;
}

static int try_atom(struct trial *trial, const struct atom *atom)
{
	struct share share = share_of(trial, atom);
	bool own_only = atom->action == ACTION_DELETE || trial->tuning;
	int admitted;

	if (!share.tried)
		return 0;
	trial->tried_uses = add_saturated(trial->tried_uses, atom->count / atom->runs);
	/* Its exact rule is there, unless that is for what a run has created. */
	if (share.remains && (!own_only || !share.all_own || share.tried_own))
		return 0;
	admitted = trial->tuning ? ask(trial, atom) : 0;
	if (admitted < 0)
		return admitted;
	if (!admitted) {
		trial->is_denied = true;
		trial->denied_uses = add_saturated(trial->denied_uses, atom->count / atom->runs);
	}
	return 0;
}

static int find_rest(const struct trial *trial, struct trial_rest *ret)
{
	struct trial_rest rest = { .is_known = true };
	int denied = commands_deny(trial->evidence, trial->tuning, trial->left_out, trial->tried,
				   &rest.denied_uses);

	rest.is_denied = denied > 0;
	if (denied >= 0)
		denied = tool_calls_try(&trial->evidence->calls, trial->left_out, trial->tried,
					trial->tuning);
	rest.is_denied = rest.is_denied || denied > 0;
	if (denied < 0)
		return denied;
	*ret = rest;
	return 0;
}

static int try_rest(struct trial *trial)
{
	struct trial_rest found = { 0 }, *rest = trial->rest ? trial->rest : &found;
	int r = rest->is_known ? 0 : find_rest(trial, rest);

	trial->is_denied = trial->is_denied || rest->is_denied;
	trial->denied_uses = add_saturated(trial->denied_uses, rest->denied_uses);
	return r;
}

int trial_run(struct trial *trial, struct error *err)
{
	int r = 0;

	trial->is_denied = false;
	if (trial->tuning)
		r = mine(trial, err);
	for (struct atom *atom = trial->evidence->atom; atom && r == 0; atom = atom->hh.next)
		if (is_needed(atom) && (r = try_atom(trial, atom)) < 0)
			error_set(err, -r, "try the policy on other runs");
	if (r == 0 && (r = try_rest(trial)) < 0)
		error_set(err, -r, "try the policy on other runs");
	policy_release(&trial->policy);
	return r;
}
