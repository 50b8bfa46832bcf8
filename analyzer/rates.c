#include "analyzer/rates.h"

#include "analyzer/headroom.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>

#define MS_NS 1000000
/* Whether so few come in one second or in two is a matter of the machine. */
#define RATE_MIN 10

/* None where it says no more than that of the run. */
static int64_t within_run(const struct rule *rule, int64_t rate)
{
	rate = !rate || rate > RATE_MIN ? rate : RATE_MIN;
	return rate < rule->rate_per_run ? rate : 0;
}

void rates_propose(struct rule *rule, const struct atom *atom)
{
	struct run_peak most = peaks_most(&atom->peaks);
	int64_t percent = headroom_percent(HEADROOM_RATE, atom->runs);

	if (*atom_phase(atom) && atom->peaks.count)
		rule->within_ns = headroom_duration(
			headroom_above(most.since_ms, headroom_percent(HEADROOM_TIME, atom->runs)) *
			MS_NS);
	/* How often one file is written says little; how many files are, more. */
	if (!is_rated(atom->resource, atom->action) || !most.count ||
	    (atom->resource == RESOURCE_FILE && !atom->why))
		return;
	rule->rate_per_run = headroom_above(most.count, percent);
	rule->rate_per_second = within_run(rule, headroom_above(most.second, percent));
	rule->rate_per_minute = within_run(rule, headroom_above(most.minute, percent));
	rule->rate_per_hour = within_run(rule, headroom_above(most.hour, percent));
	rule->headroom = percent;
}

const char *scope_text(enum scope scope)
{
	static const char *const text[] = { "a second", "a minute", "an hour", "a run", "" };

	return text[scope];
}

bool rule_has_rate(const struct rule *rule)
{
	return rule->rate_per_second || rule->rate_per_minute || rule->rate_per_hour ||
	       rule->rate_per_run;
}

static bool has_limit(const struct rule *rule)
{
	return rule_has_rate(rule) || rule->within_ns;
}

int rates_begin(struct replayed_rates *rates, const struct policy *policy)
{
	bool any = false;

	for (size_t i = 0; i < policy->count && !any; i++)
		any = has_limit(&policy->rule[i]);
	if (!any || rates->used)
		return 0;
	rates->used = calloc(policy->count, sizeof *rates->used);
	rates->touched = calloc(policy->count, sizeof *rates->touched);
	return rates->used && rates->touched ? 0 : -ENOMEM;
}

static void add_up(struct run_peak *peak, const struct run_peak *more)
{
	struct peaks one = { .peak = peak, .count = 1, .capacity = 1 };

	peaks_add(&one, more); /* the same run: nothing is allocated */
}

void rates_use(struct replayed_rates *rates, const struct policy *policy, const struct rule *rule,
	       const struct access *access, int64_t phase_start_ns)
{
	struct run_peak peak = peak_of(0, access, phase_start_ns);
	size_t number = (size_t)(rule - policy->rule);
	struct replayed_use *used;

	if (!rates->used || !has_limit(rule))
		return;
	used = &rates->used[number];
	if (!used->peak.count)
		rates->touched[rates->touched_count++] = (uint32_t)number;
	if (!peak.count)
		peak.count = 1;
	add_up(&used->peak, &peak);
	if (access->last_ns - phase_start_ns > used->since_ns)
		used->since_ns = access->last_ns - phase_start_ns;
}

static int add_excessive(struct replayed_rates *rates, const struct excessive *excessive)
{
	size_t capacity = rates->capacity ? rates->capacity * 2 : 16;
	struct excessive *grown;

	if (rates->count == rates->capacity) {
		grown = reallocarray(rates->excessive, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		rates->excessive = grown;
		rates->capacity = capacity;
	}
	rates->excessive[rates->count++] = *excessive;
	return 0;
}

/* A bucket that is full holds a burst, and what flows in meanwhile. */
void rule_limits(const struct rule *rule, int64_t ret[static SCOPE_PHASE])
{
	ret[SCOPE_SECOND] = rule->rate_per_second;
	ret[SCOPE_MINUTE] = rule->rate_per_minute ? rule->rate_per_minute + rule->burst : 0;
	ret[SCOPE_HOUR] = rule->rate_per_hour;
	ret[SCOPE_RUN] = rule->rate_per_run;
}

void peak_counts(const struct run_peak *peak, int64_t ret[static SCOPE_PHASE])
{
	ret[SCOPE_SECOND] = peak->second;
	ret[SCOPE_MINUTE] = peak->minute;
	ret[SCOPE_HOUR] = peak->hour;
	ret[SCOPE_RUN] = peak->count;
}

static int hold(struct replayed_rates *rates, const struct rule *rule,
		const struct replayed_use *used)
{
	int64_t limit[SCOPES] = { [SCOPE_PHASE] = rule->within_ns };
	int64_t most[SCOPES] = { [SCOPE_PHASE] = used->since_ns };
	int r = 0;

	rule_limits(rule, limit);
	peak_counts(&used->peak, most);
	for (int scope = 0; scope < SCOPES && r == 0; scope++) {
		const struct excessive excessive = { rule, (enum scope)scope, limit[scope],
						     most[scope], 1 };

		if (limit[scope] && most[scope] > limit[scope])
			r = add_excessive(rates, &excessive);
	}
	return r;
}

int rates_end_run(struct replayed_rates *rates, const struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < rates->touched_count; i++) {
		uint32_t number = rates->touched[i];

		if (r == 0)
			r = hold(rates, &policy->rule[number], &rates->used[number]);
		rates->used[number] = (struct replayed_use){ 0 };
	}
	rates->touched_count = 0;
	return r;
}

static int compare_excessive(const void *a, const void *b)
{
	const struct excessive *one = a, *other = b;

	if (one->rule != other->rule)
		return one->rule < other->rule ? -1 : 1;
	return (int)one->scope - (int)other->scope;
}

void rates_sort(struct replayed_rates *rates)
{
	struct excessive *all = rates->excessive;
	size_t kept = 0;

	if (!rates->count)
		return;
	qsort(all, rates->count, sizeof *all, compare_excessive);
	for (size_t i = 1; i < rates->count; i++) {
		if (compare_excessive(&all[kept], &all[i])) {
			all[++kept] = all[i];
			continue;
		}
		all[kept].runs += all[i].runs;
		if (all[i].most > all[kept].most)
			all[kept].most = all[i].most;
	}
	rates->count = kept + 1;
}

void rates_release(struct replayed_rates *rates)
{
	free(rates->used);
	free(rates->touched);
	free(rates->excessive);
	*rates = (struct replayed_rates){ 0 };
}
