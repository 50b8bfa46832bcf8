#include "analyzer/audit/states.h"

#include "core/cover.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many occasions make a habit. */
#define HABIT_OCCASIONS 3

static bool is_observed(const struct auditing *auditing, const struct audit_grant *grant)
{
	enum resource resource = grant->rule->resource;

	return resource != RESOURCE_TOOL || (auditing->observed & 1u << resource);
}

/* Whether not to have been seen within the threshold means not to have been used. */
static bool is_evidence(const struct auditing *auditing, const struct audit_grant *grant)
{
	struct activity activity = audit_activity(auditing, grant);

	return activity.runs >= ACTIVE_RUNS && activity.days >= ACTIVE_DAYS &&
	       activity.hidden * 100 <= activity.runs * HIDDEN_PERCENT;
}

/* What was granted before, and again, is known already. */
static bool is_young(const struct audit *audit, const struct audit_grant *grant)
{
	int64_t held_ns = audit->options.as_of_ns - grant->granted_ns;

	return held_ns < (grant->first_granted_ns < grant->granted_ns ? audit->options.grace_ns
								      : audit->options.unused_ns);
}

/* What was used before anybody granted it is not used for that. */
static bool was_used(const struct audit_grant *grant)
{
	return grant->use.uses && grant->use.last_ns >= grant->first_granted_ns;
}

/* Since it was granted, and within the window: of a denial that led to the permission, or of a try
 * long ago, nobody should keep it. */
static bool was_tried(const struct audit *audit, const struct audit_grant *grant)
{
	const struct grant_use *use = &grant->use;

	return use->attempts && use->attempt_ns >= grant->first_granted_ns &&
	       use->attempt_ns >= audit->options.as_of_ns - audit->options.window_ns;
}

/* Of what was used within the threshold, or is as a rule; GRANT_STATES: it was not. */
static enum grant_state judge_used(const struct audit *audit, const struct audit_grant *grant,
				   const struct habit *habit)
{
	int64_t age_ns = audit->options.as_of_ns - grant->use.last_ns;

	if (!grant->use.uses)
		return GRANT_STATES;
	if (age_ns < audit->options.unused_ns)
		return grant->narrower || grant->narrower_argv ? GRANT_NARROWABLE : GRANT_USED;
	if (habit->occasions >= HABIT_OCCASIONS && age_ns < OVERDUE_GAPS * habit->gap_ns)
		return GRANT_PERIODIC;
	return GRANT_STATES;
}

static enum grant_state judge_unused(const struct auditing *auditing,
				     const struct audit_grant *grant)
{
	if (!is_observed(auditing, grant))
		return GRANT_UNOBSERVABLE;
	if (is_young(auditing->audit, grant))
		return GRANT_TOO_NEW;
	if (!was_used(grant) && was_tried(auditing->audit, grant))
		return GRANT_ATTEMPTED;
	if (!is_evidence(auditing, grant))
		return GRANT_INSUFFICIENT;
	return was_used(grant) ? GRANT_STALE : GRANT_NEVER;
}

static enum grant_state judge(const struct auditing *auditing, const struct audit_grant *grant,
			      const struct habit *habit)
{
	enum grant_state state;

	if (grant->until_ns > auditing->audit->options.as_of_ns)
		return GRANT_PINNED;
	state = judge_used(auditing->audit, grant, habit);
	return state == GRANT_STATES ? judge_unused(auditing, grant) : state;
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
	struct grant_notes *note = &auditing->note[number];
	scoped(buffer) struct buffer reason = { 0 };
	struct habit habit;

	if (audit_habit(&note->used, auditing->audit->options.unused_ns, &habit) < 0)
		return -ENOMEM;
	grant->use.gap_ns = habit.gap_ns;
	grant->is_shadowed =
		is_shadowed(&auditing->audit->source[grant->source].denied, grant->rule);
	grant->narrower = note->names;
	note->names = NULL;
	/* Arguments that were granted a short time ago are not called unused either. */
	if (auditing->audit->options.as_of_ns - grant->argv_ns >=
	    auditing->audit->options.unused_ns) {
		grant->narrower_argv = note->commands;
		note->commands = NULL;
	}
	grant->state = judge(auditing, grant, &habit);
	audit_say(auditing, grant, &reason);
	grant->reason = buffer_steal(&reason);
	return grant->reason ? 0 : -ENOMEM;
}

int audit_states(struct auditing *auditing)
{
	for (size_t i = 0; i < auditing->audit->grant_count; i++)
		if (judge_grant(auditing, i) < 0)
			return error_set(auditing->err, ENOMEM, "judge the grants");
	if (audit_companions(auditing->audit) < 0)
		return error_set(auditing->err, ENOMEM, "judge the grants");
	return 0;
}
