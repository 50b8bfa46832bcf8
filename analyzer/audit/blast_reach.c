#include "analyzer/audit/blast.h"

struct reaching {
	const struct blast *blast;
	size_t source;
};

static void visit_rule(void *context, const struct rule *rule)
{
	const struct reaching *reaching = context;
	const struct audit *audit = reaching->blast->auditing->audit;
	size_t number = (size_t)(rule - audit->source[reaching->source].allowed.rule);

	reaching->blast->kept[reaching->source][number].reach++;
}

void blast_count_reach(struct blast *blast, struct bytes name)
{
	static const enum action looked[] = { ACTION_READ, ACTION_WRITE };
	const struct audit *audit = blast->auditing->audit;
	struct asked asked = { .resource = RESOURCE_FILE, .name = name, .in_any_phase = true };

	for (size_t i = 0; i < audit->source_count; i++)
		for (size_t k = 0; k < sizeof looked / sizeof *looked; k++) {
			struct reaching reaching = { .blast = blast, .source = i };

			asked.action = looked[k];
			policy_match_each(&audit->source[i].allowed, &blast->roots, &asked,
					  visit_rule, &reaching);
		}
}

void blast_tell_reach(struct blast *blast)
{
	struct audit *audit = blast->auditing->audit;

	for (size_t i = 0; i < audit->grant_count; i++) {
		struct audit_grant *grant = &audit->grant[i];
		const struct rule *first = audit->source[grant->source].allowed.rule;

		grant->reach = blast->kept[grant->source][grant->rule - first].reach;
	}
}
