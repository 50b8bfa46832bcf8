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
	const int64_t limit[] = { rule->rate_per_second,
				  rule->rate_per_minute ? rule->rate_per_minute + rule->burst : 0,
				  rule->rate_per_hour, rule->rate_per_run };
	const int64_t most[] = { rate->now.second, rate->now.minute, rate->now.hour,
				 rate->now.count };

	for (size_t i = 0; i < 4; i++)
		rate->tight_runs[i] += limit[i] && most[i] > limit[i];
}

size_t rate_scope(const struct rule *rule)
{
	return rule->rate_per_minute ? 1 : rule->rate_per_hour ? 2 : rule->rate_per_second ? 0 : 3;
}

static void keep_value(struct grant_rate *rate, const struct rule *rule)
{
	const uint32_t value[] = { rate->now.second, rate->now.minute, rate->now.hour,
				   rate->now.count };
	size_t capacity = rate->value_capacity ? rate->value_capacity * 2 : 16;
	uint32_t *grown = rate->value;

	if (rate->value_count == rate->value_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown) {
			rate->value_failed = true;
			return;
		}
		rate->value = grown;
		rate->value_capacity = capacity;
	}
	grown[rate->value_count++] = value[rate_scope(rule)];
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
