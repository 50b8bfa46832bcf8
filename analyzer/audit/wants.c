#include "analyzer/audit/auditing.h"

bool audit_wants_arguments(const struct audit *audit, enum resource resource)
{
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct rule *rule = audit->grant[i].rule;

		if (rule->resource == resource &&
		    (resource == RESOURCE_PROGRAM || !arguments_are_free(&rule->arguments)))
			return true;
	}
	return false;
}

bool audit_has_rates(const struct audit *audit)
{
	for (size_t i = 0; i < audit->grant_count; i++) {
		const struct rule *rule = audit->grant[i].rule;

		if (rule->rate_per_second || rule->rate_per_minute || rule->rate_per_hour)
			return true;
	}
	return false;
}
