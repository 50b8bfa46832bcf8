#include "analyzer/audit/auditing.h"

#include "core/clock.h"
#include "core/cover.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Fewer runs, or days with a run, within the threshold show nothing. */
#define ACTIVE_RUNS 3
#define ACTIVE_DAYS 3
/* Of a hundred of those runs so many may hide what they did. */
#define HIDDEN_PERCENT 1
/* So many of its own pauses may pass before what is used now and then is overdue. */
#define OVERDUE_GAPS 3
/* So many days of use make a habit. */
#define HABIT_DAYS 3

static int compare_days(const void *a, const void *b)
{
	const int32_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

int64_t audit_gap_ns(const struct grant_notes *note)
{
	size_t count = note->day_count < 2 ? 0 : note->day_count - 1;
	int32_t *gap = calloc(count + 1, sizeof *gap);
	int64_t median = 0;

	for (size_t i = 0; gap && i < count; i++)
		gap[i] = note->day[i + 1] - note->day[i];
	if (gap && count) {
		qsort(gap, count, sizeof *gap, compare_days);
		median = gap[(count - 1) / 2];
	}
	free(gap);
	return median * DAY_NS;
}

/* ---- which it is ---- */

static bool is_observed(const struct auditing *auditing, const struct audit_grant *grant)
{
	enum resource resource = grant->rule->resource;

	return resource != RESOURCE_TOOL || (auditing->observed & 1u << resource);
}

/* Whether not to have been seen within the threshold means not to have been used. */
static bool is_evidence(const struct auditing *auditing, const struct audit_grant *grant)
{
	const struct audit *audit = auditing->audit;

	return audit->recent_runs >= ACTIVE_RUNS && audit->recent_days >= ACTIVE_DAYS &&
	       auditing->recent_hidden[grant->rule->resource] * 100 <=
		       audit->recent_runs * HIDDEN_PERCENT;
}

/* What was granted before, and again, is known already. */
static bool is_young(const struct audit *audit, const struct audit_grant *grant)
{
	int64_t held_ns = audit->options.as_of_ns - grant->granted_ns;

	return held_ns < (grant->first_granted_ns < grant->granted_ns ? audit->options.grace_ns
								      : audit->options.unused_ns);
}

static bool is_habit(const struct audit *audit, const struct audit_grant *grant,
		     const struct grant_notes *note)
{
	int64_t age_ns = audit->options.as_of_ns - grant->use.last_ns;

	return note->day_count >= HABIT_DAYS && age_ns < OVERDUE_GAPS * grant->use.gap_ns;
}

/* Of what was used within the threshold, or is as a rule; GRANT_STATES: it was not. */
static enum grant_state judge_used(const struct auditing *auditing, size_t number)
{
	const struct audit *audit = auditing->audit;
	const struct audit_grant *grant = &audit->grant[number];

	if (!grant->use.uses)
		return GRANT_STATES;
	if (audit->options.as_of_ns - grant->use.last_ns < audit->options.unused_ns)
		return grant->narrower ? GRANT_NARROWABLE : GRANT_USED;
	return is_habit(audit, grant, &auditing->note[number]) ? GRANT_PERIODIC : GRANT_STATES;
}

static enum grant_state judge_unused(const struct auditing *auditing,
				     const struct audit_grant *grant)
{
	const struct grant_use *use = &grant->use;

	if (!use->uses && !is_observed(auditing, grant))
		return GRANT_UNOBSERVABLE;
	if (is_young(auditing->audit, grant))
		return GRANT_TOO_NEW;
	if (!use->uses && use->attempts)
		return GRANT_ATTEMPTED;
	if (!is_evidence(auditing, grant))
		return GRANT_INSUFFICIENT;
	return use->uses ? GRANT_STALE : GRANT_NEVER;
}

static enum grant_state judge(const struct auditing *auditing, size_t number)
{
	const struct audit_grant *grant = &auditing->audit->grant[number];
	enum grant_state state;

	if (grant->until_ns > auditing->audit->options.as_of_ns)
		return GRANT_PINNED;
	state = judge_used(auditing, number);
	return state == GRANT_STATES ? judge_unused(auditing, grant) : state;
}

/* ---- why, in a sentence ---- */

static void say_date(int64_t time_ns, struct buffer *out)
{
	char text[CLOCK_TEXT_SIZE];

	buffer_append(out, clock_format(time_ns, text), strlen("2026-11-21"));
}

static void say_last(const struct audit *audit, const struct audit_grant *grant, struct buffer *out)
{
	buffer_add(out, "last used ");
	say_date(grant->use.last_ns, out);
	buffer_printf(out, ", %" PRId64 " days before",
		      (audit->options.as_of_ns - grant->use.last_ns) / DAY_NS);
}

/* The rule of three: 95 % confidence, tenths of a per cent, rounded up. */
static void say_never(const struct audit *audit, struct buffer *out)
{
	int64_t tenths = audit->runs ? (3000 + audit->runs - 1) / audit->runs : 1000;

	buffer_printf(out,
		      "not used in any of %" PRId64 " runs: with 95 %% confidence at most %" PRId64
		      ".%" PRId64 " %% of runs need it",
		      audit->runs, tenths > 1000 ? 100 : tenths / 10,
		      tenths > 1000 ? 0 : tenths % 10);
}

static void say_insufficient(const struct auditing *auditing, const struct audit_grant *grant,
			     struct buffer *out)
{
	const struct audit *audit = auditing->audit;
	int64_t hidden = auditing->recent_hidden[grant->rule->resource];

	buffer_printf(out, "%" PRId64 " runs on %" PRId64 " days within the threshold",
		      audit->recent_runs, audit->recent_days);
	if (hidden)
		buffer_printf(out, ", %" PRId64 " of them with gaps that may hide it", hidden);
	buffer_printf(out, ": at least %d on %d are needed, at most %d %% with gaps", ACTIVE_RUNS,
		      ACTIVE_DAYS, HIDDEN_PERCENT);
}

static void say_used(const struct audit *audit, const struct audit_grant *grant, struct buffer *out)
{
	say_last(audit, grant, out);
	buffer_printf(out, "; %" PRId64 " times in %" PRId64 " runs, %" PRId64 " distinct",
		      grant->use.uses, grant->use.runs, grant->use.objects);
	if (grant->state == GRANT_PERIODIC)
		buffer_printf(out, "; every %" PRId64 " days as a rule, overdue after %" PRId64,
			      grant->use.gap_ns / DAY_NS,
			      OVERDUE_GAPS * grant->use.gap_ns / DAY_NS);
}

static void say_young(const struct audit *audit, const struct audit_grant *grant,
		      struct buffer *out)
{
	bool again = grant->first_granted_ns < grant->granted_ns;

	buffer_add(out, again ? "granted again " : "granted ");
	say_date(grant->granted_ns, out);
	buffer_printf(out, ": judged after %" PRId64 " days",
		      (again ? audit->options.grace_ns : audit->options.unused_ns) / DAY_NS);
}

static void say(const struct auditing *auditing, const struct audit_grant *grant,
		struct buffer *out)
{
	const struct audit *audit = auditing->audit;

	switch (grant->state) {
	case GRANT_NEVER:
		say_never(audit, out);
		break;
	case GRANT_ATTEMPTED:
		buffer_printf(out, "%" PRId64 " attempts, none with success", grant->use.attempts);
		break;
	case GRANT_TOO_NEW:
		say_young(audit, grant, out);
		break;
	case GRANT_UNOBSERVABLE:
		buffer_add(out, "no run has recorded calls of tools");
		break;
	case GRANT_INSUFFICIENT:
		say_insufficient(auditing, grant, out);
		break;
	case GRANT_PINNED:
		buffer_printf(out, "pinned by %s: %s", grant->owner, grant->why);
		break;
	default:
		say_used(audit, grant, out);
	}
}

/* ---- what would do ---- */

/* As many exact names are proposed in the place of an open one. */
#define NAMES_MAX 8

/* The exact names that were used, where these are few. */
static int propose(const struct grant_notes *note, struct audit_grant *grant)
{
	scoped(buffer) struct buffer text = { 0 };

	if (!pattern_is_open(&grant->rule->match) || !grant->use.objects ||
	    grant->use.objects > NAMES_MAX)
		return 0;
	for (size_t i = 0; i < note->object_count; i++)
		buffer_printf(&text, "%s%s", i ? "\n" : "", note->object[i]);
	grant->narrower = buffer_steal(&text);
	return grant->narrower ? 0 : -ENOMEM;
}

/* Whether all that it admits is denied. */
static bool is_shadowed(const struct policy *denied, const struct rule *rule)
{
	for (size_t i = 0; i < denied->count; i++) {
		const struct rule *deny = &denied->rule[i];

		if (deny->resource == rule->resource && deny->action == rule->action &&
		    !deny->argv_count && arguments_are_free(&deny->arguments) &&
		    pattern_includes(&deny->match, &rule->match))
			return true;
	}
	return false;
}

static int judge_grant(struct auditing *auditing, size_t number)
{
	struct audit_grant *grant = &auditing->audit->grant[number];
	scoped(buffer) struct buffer reason = { 0 };

	grant->use.gap_ns = audit_gap_ns(&auditing->note[number]);
	grant->is_shadowed =
		is_shadowed(&auditing->audit->source[grant->source].denied, grant->rule);
	if (propose(&auditing->note[number], grant) < 0)
		return -ENOMEM;
	grant->state = judge(auditing, number);
	say(auditing, grant, &reason);
	grant->reason = buffer_steal(&reason);
	return grant->reason ? 0 : -ENOMEM;
}

int audit_states(struct auditing *auditing)
{
	for (size_t i = 0; i < auditing->audit->grant_count; i++)
		if (judge_grant(auditing, i) < 0)
			return error_set(auditing->err, ENOMEM, "judge the grants");
	return 0;
}
