#include "analyzer/rule.h"

#include "analyzer/protect.h"
#include "analyzer/rates.h"
#include "analyzer/risk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *optional_copy(const char *text)
{
	return text && *text ? strdup(text) : NULL;
}

static struct rating rate(const struct atom *atom)
{
	if (atom->protected)
		return (struct rating){ RISK_CRITICAL, GATE_CONFIRM, atom->protected->reason };
	return risk_rate(atom->resource, atom->action, atom->own);
}

bool atom_is_own(const struct atom *atom)
{
	return atom->own && (atom->why || atom->action == ACTION_DELETE) &&
	       atom->action != ACTION_CREATE;
}

int rule_add(struct policy *policy, const struct atom *atom)
{
	struct rating rating = rate(atom);
	const char *why = atom->why ? atom->why : rating.reason;
	struct rule rule = {
		.resource = atom->resource,
		.action = atom->action,
		.pattern = strdup(atom_pattern(atom)),
		.phase = optional_copy(atom_phase(atom)),
		.own = atom_is_own(atom),
		.risk = rating.risk,
		.gate = rating.gate,
		.justification = optional_copy(why),
		.runs = atom->runs,
		.count = atom->count,
		.first_ns = atom->first_ns,
		.last_ns = atom->last_ns,
	};

	rates_propose(&rule, atom);

	if (!rule.pattern || (*atom_phase(atom) && !rule.phase) || (*why && !rule.justification)) {
		rule_release(&rule);
		return -ENOMEM;
	}
	return policy_add(policy, &rule);
}
