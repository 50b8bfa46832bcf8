#include "analyzer/audit/rate.h"

#include "analyzer/audit/notes.h"

#include <stdlib.h>

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void keep_most(struct run_peak *most, const struct run_peak *now)
{
	most->count = larger(most->count, now->count);
	most->second = larger(most->second, now->second);
	most->minute = larger(most->minute, now->minute);
	most->hour = larger(most->hour, now->hour);
}

static void count_tight(struct grant_rate *rate, const struct rule *rule)
{
	int64_t limit[SCOPE_PHASE], most[SCOPE_PHASE];

	rule_limits(rule, limit);
	peak_counts(&rate->now, most);
	for (size_t i = 0; i < SCOPE_PHASE; i++)
		rate->tight_runs[i] += limit[i] && most[i] > limit[i];
}

enum scope rate_scope(const struct rule *rule)
{
	if (rule->rate_per_minute)
		return SCOPE_MINUTE;
	if (rule->rate_per_hour)
		return SCOPE_HOUR;
	return rule->rate_per_second ? SCOPE_SECOND : SCOPE_RUN;
}

/* Of what has no limit, and is of a kind that gets none, nobody asks. */
static void keep_value(struct grant_rate *rate, const struct rule *rule)
{
	int64_t value[SCOPE_PHASE];
	size_t capacity = rate->value_capacity ? rate->value_capacity * 2 : 16;
	uint32_t *grown = rate->value;

	if (!is_rated(rule->resource, rule->action) && !rule_has_rate(rule))
		return;
	peak_counts(&rate->now, value);
	if (rate->value_count == rate->value_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown) {
			rate->value_failed = true;
			return;
		}
		rate->value = grown;
		rate->value_capacity = capacity;
	}
	grown[rate->value_count++] = (uint32_t)value[rate_scope(rule)];
}

void rate_end(struct grant_rate *rate, const struct rule *rule)
{
	if (!rate->number)
		return;
	if (rate->is_in_window) {
		keep_most(&rate->window_most, &rate->now);
		rate->window_runs++;
		keep_value(rate, rule);
		count_tight(rate, rule);
	} else if (rate->is_before) {
		keep_most(&rate->before_most, &rate->now);
		rate->before_runs++;
	}
	rate->number = 0;
	rate->now = (struct run_peak){ 0 };
}

void rate_use(struct grant_rate *rate, const struct rule *rule, const struct occasion *occasion)
{
	struct run_peak peak = peak_of(0, occasion->access, 0);
	struct peaks now = { .peak = &rate->now, .count = 1, .capacity = 1 };

	if (rate->number != occasion->number) {
		rate_end(rate, rule);
		rate->number = occasion->number;
		rate->is_in_window = occasion->is_in_window;
		rate->is_before = occasion->is_before;
	}
	peaks_add(&now, &peak); /* the same run: nothing is allocated */
}
