#include "analyzer/audit/auditing.h"

#include "analyzer/review/versions.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct rule *find_rule(const struct policy *policy, const char *id)
{
	for (size_t i = 0; i < policy->count; i++)
		if (!strcmp(policy->rule[i].id, id))
			return &policy->rule[i];
	return NULL;
}

static int set(char **ret, const char *text)
{
	free(*ret);
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

/* The later pin of the same permission counts. */
static int pin(struct audit *audit, const struct rule *rule, const struct decision *decision)
{
	int r = 0;

	for (size_t i = 0; i < audit->grant_count && r == 0; i++) {
		struct audit_grant *grant = &audit->grant[i];

		if (rule_compare(grant->rule, rule) != 0)
			continue;
		grant->until_ns = decision->until_ns;
		r = set(&grant->owner, decision->reviewer);
		r = r ? r : set(&grant->why, decision->reason);
	}
	return r;
}

int audit_pins(struct auditing *auditing)
{
	scoped(versions) struct versions versions = { 0 };
	struct audit *audit = auditing->audit;
	int r = versions_read_past(&versions, auditing->store, audit->options.agent,
				   audit->options.as_of_ns, auditing->err);

	for (size_t i = 0; i < versions.decision_count && !r; i++) {
		const struct decision *decision = &versions.decision[i];
		const struct rule *rule =
			find_rule(&versions.version[decision->version].policy, decision->rule);

		if (decision->verdict == RULING_PINNED && rule && pin(audit, rule, decision) < 0)
			r = error_set(auditing->err, ENOMEM, "read the decisions");
	}
	return r;
}
