#include "analyzer/audit/auditing.h"
#include "analyzer/headroom.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>

/* The last day is that which anything of the audit can be on. */
int audit_calendar(struct auditing *auditing)
{
	struct audit *audit = auditing->audit;
	int64_t count = audit->options.window_ns / DAY_NS + 1;

	audit->day_count = (size_t)(count < AUDIT_DAYS ? count : AUDIT_DAYS);
	audit->first_day = (audit->options.as_of_ns - 1) / DAY_NS - (int64_t)audit->day_count + 1;
	return 0;
}

static int begin(struct audit_grant *grant, struct grant_notes *note, size_t count)
{
	grant->day_runs = calloc(count, sizeof *grant->day_runs);
	note->day_run = calloc(count, sizeof *note->day_run);
	return grant->day_runs && note->day_run ? 0 : -ENOMEM;
}

int daily_use(struct auditing *auditing, uint32_t number, int64_t run, int32_t day)
{
	const struct audit *audit = auditing->audit;
	struct audit_grant *grant = &auditing->audit->grant[number];
	struct grant_notes *note = &auditing->note[number];
	int64_t at = day - audit->first_day;

	if (at < 0 || at >= (int64_t)audit->day_count)
		return 0;
	if (!grant->day_runs && begin(grant, note, audit->day_count) < 0)
		return -ENOMEM;
	grant->day_runs[at] += note->day_run[at] != run;
	note->day_run[at] = run;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;

	return one < other ? -1 : one > other;
}

/* The least value that so many in a hundred do not exceed (nearest rank). */
static int64_t percentile(const uint32_t *sorted, size_t count, size_t percent)
{
	return sorted[(count * percent + 99) / 100 - 1];
}

static void tell_rate(struct audit_rate *said, const struct rule *rule, struct grant_rate *rate)
{
	enum scope scope = rate_scope(rule);
	size_t count = rate->value_count;
	int64_t limit[SCOPE_PHASE];

	if (!count)
		return;
	rule_limits(rule, limit);
	qsort(rate->value, count, sizeof *rate->value, compare);
	*said = (struct audit_rate){ .scope = scope_text(scope),
				     .limit = limit[scope],
				     .runs = (int64_t)count,
				     .half = percentile(rate->value, count, 50),
				     .most_of = percentile(rate->value, count, 95),
				     .most = rate->value[count - 1] };
	said->would_do =
		headroom_above(said->most, headroom_percent(HEADROOM_RATE, (int64_t)count));
}

int audit_daily(struct auditing *auditing)
{
	struct audit *audit = auditing->audit;

	for (size_t i = 0; i < audit->grant_count; i++) {
		struct grant_rate *rate = &auditing->note[i].rate;

		if (rate->value_failed)
			return error_set(auditing->err, ENOMEM, "audit an agent");
		tell_rate(&audit->grant[i].rate, audit->grant[i].rule, rate);
	}
	return 0;
}
