/* How often, and how late, a rule admits things. */
#include "recorder/confine/confine_private.h"

#include "core/clock.h"

static const int64_t window_ns[RATE_WINDOWS] = { SECOND_NS, 60 * SECOND_NS, 3600 * SECOND_NS };

/* Whether one more is within the limit of the window that `now_ns` is in; 0 is no limit. */
static bool is_within(struct rate_window *window, int64_t size_ns, int64_t now_ns, int64_t limit)
{
	if (window->index != now_ns / size_ns)
		*window = (struct rate_window){ now_ns / size_ns, 0 };
	return !limit || window->count < limit;
}

enum denied_why rate_take(struct confine *confine, const struct rule *rule)
{
	struct rate_used *used = &confine->used[rule - confine->options.policy->rule];
	int64_t began_ns = confine->phase[rule->phase ? confine->now : 0].began_ns;
	int64_t now_ns = clock_now_ns();
	const int64_t limit[RATE_WINDOWS] = {
		rule->rate_per_second,
		rule->rate_per_minute ? rule->rate_per_minute + rule->burst : 0,
		rule->rate_per_hour,
	};

	if (rule->within_ns && clock_monotonic_ns() - began_ns > rule->within_ns)
		return DENIED_LATE;
	for (int i = 0; i < RATE_WINDOWS; i++)
		if (!is_within(&used->window[i], window_ns[i], now_ns, limit[i]))
			return DENIED_RATE;
	if (rule->rate_per_run && used->count >= rule->rate_per_run)
		return DENIED_RATE;
	used->count++;
	for (int i = 0; i < RATE_WINDOWS; i++)
		used->window[i].count++;
	return DENIED_NOT;
}
