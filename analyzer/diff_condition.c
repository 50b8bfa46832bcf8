#include "analyzer/diff.h"

#include <string.h>

static bool beyond_own(const struct rule *rule, const struct rule *other)
{
	return !rule->own && other->own;
}

static bool beyond_phase(const struct rule *rule, const struct rule *other)
{
	return other->phase && (!rule->phase || strcmp(rule->phase, other->phase) != 0);
}

static bool beyond_gate(const struct rule *rule, const struct rule *other)
{
	return rule->gate < other->gate;
}

/* 0 is no limit. */
static bool is_beyond(int64_t limit, int64_t other)
{
	return other && (!limit || limit > other);
}

static bool beyond_expiry(const struct rule *rule, const struct rule *other)
{
	return is_beyond(rule->expires_ns, other->expires_ns);
}

static bool beyond_rate(const struct rule *rule, const struct rule *other)
{
	return is_beyond(rule->rate_per_second, other->rate_per_second) ||
	       is_beyond(rule->rate_per_minute, other->rate_per_minute) ||
	       is_beyond(rule->rate_per_hour, other->rate_per_hour) ||
	       is_beyond(rule->rate_per_run, other->rate_per_run);
}

static bool beyond_within(const struct rule *rule, const struct rule *other)
{
	return is_beyond(rule->within_ns, other->within_ns);
}

/* Without a rate there is no burst to speak of. */
static bool beyond_burst(const struct rule *rule, const struct rule *other)
{
	return rule->rate_per_minute && is_beyond(rule->burst, other->burst);
}

/* Templates are held against each other by their text, and each is a permission of its own. */
static bool beyond_argv(const struct rule *rule, const struct rule *other)
{
	size_t at = 0;

	if (!other->argv_count || !rule->argv_count)
		return other->argv_count != 0;
	for (size_t i = 0; i < rule->argv_count; i++) {
		while (at < other->argv_count && strcmp(other->argv[at], rule->argv[i]) < 0)
			at++;
		if (at == other->argv_count || strcmp(other->argv[at], rule->argv[i]) != 0)
			return true;
	}
	return false;
}

static bool beyond_arguments(const struct rule *rule, const struct rule *other)
{
	return !arguments_include(&other->arguments, &rule->arguments);
}

const struct condition_row condition_row[] = {
#define CONDITION(id, bit, name, gone, come) { CONDITION_##id, #name, gone, come, beyond_##name },
#include "analyzer/condition.def"
	{ 0, NULL, NULL, NULL, NULL }
};

unsigned conditions_beyond(const struct rule *rule, const struct rule *other)
{
	unsigned conditions = 0;

	for (const struct condition_row *row = condition_row; row->name; row++)
		if (row->beyond(rule, other))
			conditions |= row->condition;
	return conditions;
}
