#include "analyzer/audit/blast.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is left of rules ---- */

static size_t count_lines(const char *lines)
{
	size_t count = 1;

	for (; *lines; lines++)
		count += *lines == '\n';
	return count;
}

/* A line that is no pattern narrows nothing. */
static int narrow(struct kept_rule *kept, enum resource resource, const char *lines)
{
	scoped(text) char *copy = strdup(lines);
	char *rest = copy, *line;

	kept->narrower = calloc(count_lines(lines), sizeof *kept->narrower);
	if (!copy || !kept->narrower)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		struct error err = { 0 };

		if (pattern_parse(&kept->narrower[kept->count], resource, line, &err) == 0)
			kept->count++;
	}
	return 0;
}

static int keep_rule(struct blast *blast, struct audit_grant *grant)
{
	const struct audit_source *source = &blast->auditing->audit->source[grant->source];
	struct kept_rule *kept = &blast->kept[grant->source][grant->rule - source->allowed.rule];

	kept->grant = grant;
	kept->is_kept = !grant_state_is_removal(grant->state);
	return grant->state == GRANT_NARROWABLE && grant->narrower
		       ? narrow(kept, grant->rule->resource, grant->narrower)
		       : 0;
}

static void find_possible(struct blast *blast)
{
	const struct audit *audit = blast->auditing->audit;

	memset(blast->possible, 0xff, sizeof blast->possible);
	for (size_t i = 0; i < audit->source_count; i++) {
		const struct audit_source *source = &audit->source[i];
		uint32_t has[BLAST_RESOURCES] = { 0 };

		for (size_t k = 0; k < source->allowed.count; k++)
			has[source->allowed.rule[k].resource] |= UINT32_C(1)
								 << source->allowed.rule[k].action;
		for (size_t k = 0; k < BLAST_RESOURCES; k++)
			if (source->governs & 1u << k)
				blast->possible[k] &= has[k];
	}
}

int blast_keep_rules(struct blast *blast)
{
	const struct audit *audit = blast->auditing->audit;
	int r = 0;

	blast->kept = calloc(audit->source_count + 1, sizeof(struct kept_rule *));
	if (!blast->kept)
		return -ENOMEM;
	for (size_t i = 0; i < audit->source_count; i++) {
		blast->kept[i] = calloc(audit->source[i].allowed.count + 1, sizeof *blast->kept[i]);
		if (!blast->kept[i])
			return -ENOMEM;
	}
	for (size_t i = 0; i < audit->grant_count && r == 0; i++)
		r = keep_rule(blast, &audit->grant[i]);
	find_possible(blast);
	return r;
}

void blast_drop_rules(struct blast *blast)
{
	const struct audit *audit = blast->auditing->audit;

	for (size_t i = 0; blast->kept && i < audit->source_count && blast->kept[i]; i++) {
		for (size_t k = 0; k < audit->source[i].allowed.count; k++) {
			struct kept_rule *kept = &blast->kept[i][k];

			for (size_t n = 0; n < kept->count; n++)
				pattern_release(&kept->narrower[n]);
			free(kept->narrower);
		}
		free(blast->kept[i]);
	}
	free(blast->kept);
	blast->kept = NULL;
}

/* ---- what they admit ---- */

struct asking {
	const struct blast *blast;
	size_t source;
	struct bytes name;
	struct admitted admitted;
	bool is_denied;
};

static void visit_rule(void *context, const struct rule *rule)
{
	struct asking *asking = context;
	const struct blast *blast = asking->blast;
	const struct audit_source *source = &blast->auditing->audit->source[asking->source];
	const struct kept_rule *kept = &blast->kept[asking->source][rule - source->allowed.rule];
	bool then = kept->is_kept && !kept->narrower;

	if (!kept->grant)
		return;
	for (size_t i = 0; kept->is_kept && i < kept->count && !then; i++)
		then = pattern_matches(&kept->narrower[i], &blast->roots, asking->name);
	asking->admitted.now = true;
	asking->admitted.then = asking->admitted.then || then;
}

/* What is only denied with some arguments, or in a phase, can be had with others. */
static void visit_denial(void *context, const struct rule *rule)
{
	struct asking *asking = context;

	if (!rule->argv_count && arguments_are_free(&rule->arguments) && !rule->phase)
		asking->is_denied = true;
}

bool blast_is_governed(const struct blast *blast, enum resource resource)
{
	const struct audit *audit = blast->auditing->audit;

	for (size_t i = 0; i < audit->source_count; i++)
		if (audit->source[i].governs & 1u << resource)
			return true;
	return false;
}

/* Whoever has taken the agent over chooses its phase and its arguments.  Who has no say in a
 * resource does not stop it either: what such a source denies can be had another way. */
struct admitted blast_admits(const struct blast *blast, enum resource resource, enum action action,
			     struct bytes name)
{
	const struct audit *audit = blast->auditing->audit;
	struct asked asked = {
		.resource = resource, .action = action, .name = name, .in_any_phase = true
	};
	struct admitted all = { true, true };

	if (!(blast->possible[resource] >> action & 1))
		return (struct admitted){ false, false };
	for (size_t i = 0; i < audit->source_count && all.now; i++) {
		const struct audit_source *source = &audit->source[i];
		struct asking asking = { .blast = blast, .source = i, .name = name };

		if (!(source->governs & 1u << resource))
			continue;
		policy_match_each(&source->denied, &blast->roots, &asked, visit_denial, &asking);
		if (!asking.is_denied)
			policy_match_each(&source->allowed, &blast->roots, &asked, visit_rule,
					  &asking);
		all.now = all.now && asking.admitted.now;
		all.then = all.then && asking.admitted.then;
	}
	return all;
}
