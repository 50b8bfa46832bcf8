#include "analyzer/audit/states.h"

#include "core/clock.h"

#include <inttypes.h>
#include <string.h>

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
	if (grant->use.last_ns < grant->first_granted_ns)
		buffer_add(out, ", when it was not granted");
}

static void say_never(const struct auditing *auditing, const struct audit_grant *grant,
		      struct buffer *out)
{
	int64_t runs = audit_whole_runs(auditing, grant), tenths = audit_most_tenths(runs);

	if (grant->use.uses) {
		buffer_add(out, "last used ");
		say_date(grant->use.last_ns, out);
		buffer_add(out, ", before it was granted; since then ");
	}
	if (!grant->use.uses && grant->use.attempts) {
		buffer_add(out, "last tried in vain ");
		say_date(grant->use.attempt_ns, out);
		buffer_add(out, "; ");
	}
	buffer_printf(out,
		      "not used in any of %" PRId64 " runs: with 95 %% confidence at most %" PRId64
		      ".%" PRId64 " %% of runs need it",
		      runs, tenths / 10, tenths % 10);
}

static void say_insufficient(const struct auditing *auditing, const struct audit_grant *grant,
			     struct buffer *out)
{
	struct activity activity = audit_activity(auditing, grant);

	buffer_printf(out, "%" PRId64 " runs on %" PRId64 " days within the threshold",
		      activity.runs, activity.days);
	if (activity.hidden)
		buffer_printf(out, ", %" PRId64 " of them with gaps that may hide it",
			      activity.hidden);
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

/* How many there are, and the first. */
static void say_lines(const char *lines, const char *what, struct buffer *out)
{
	size_t count = 1, size = strcspn(lines, "\n");

	for (const char *at = lines; (at = strchr(at, '\n')); at++)
		count++;
	buffer_printf(out, "; %zu %s%s would do: %.*s%s", count, what, count == 1 ? "" : "s",
		      (int)size, lines, count == 1 ? "" : " ...");
}

static void say_narrower(const struct audit_grant *grant, struct buffer *out)
{
	if (grant->state == GRANT_NARROWABLE && grant->narrower)
		say_lines(grant->narrower, "pattern", out);
	if (grant->state == GRANT_NARROWABLE && grant->narrower_argv)
		say_lines(grant->narrower_argv, "command line", out);
}

void audit_say(const struct auditing *auditing, const struct audit_grant *grant, struct buffer *out)
{
	const struct audit *audit = auditing->audit;

	switch (grant->state) {
	case GRANT_NEVER:
		say_never(auditing, grant, out);
		break;
	case GRANT_ATTEMPTED:
		buffer_printf(out, "%" PRId64 " attempts, none with success", grant->use.attempts);
		break;
	case GRANT_TOO_NEW:
		say_young(audit, grant, out);
		break;
	case GRANT_UNOBSERVABLE:
		buffer_add(out, "no run within the window has recorded calls of tools");
		break;
	case GRANT_INSUFFICIENT:
		say_insufficient(auditing, grant, out);
		break;
	case GRANT_PINNED:
		buffer_printf(out, "pinned by %s: %s", grant->owner, grant->why);
		break;
	default:
		say_used(audit, grant, out);
		say_narrower(grant, out);
	}
}
