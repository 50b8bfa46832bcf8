#ifndef ANALYZER_AUDIT_AUDITING_H
#define ANALYZER_AUDIT_AUDITING_H

#include "analyzer/audit/rate.h"
#include "core/audit.h"
#include "core/hash.h"

struct sessions;
struct ahead;
struct blast;
struct drift;
struct store;

/* An audit in the making: what the files of this folder share. */

#define DAY_NS (INT64_C(86400) * 1000000000)

/* Days since the epoch (UTC), sorted, each once. */
struct day_list {
	int32_t *day;
	size_t count, capacity;
};

/* What is known of a grant besides what the audit says. */
struct grant_notes {
	int64_t run, window_run; /* the last run that was counted, from 1 */
	struct grant_rate rate;
	bool is_sensitive; /* it reaches something protected */
	struct day_list used;
	int64_t *day_run;	/* the last run that was counted of a day, as in day_runs */
	char *names, *commands; /* what would do, of each (objects.c); NULL: nothing narrower */
	/* Within the window, of what the run itself had not created: uses, the last of them. */
	int64_t foreign_uses, foreign_ns;
	struct witness foreign;
};

/* Objects that a source does not grant, or that are new: of one kind. */
struct beyond_group;

struct beyond {
	struct beyond_group *group; /* sorted by source, resource and action */
	size_t count;
	struct beyond_group *fresh; /* what was first used within the window; of no source */
	size_t fresh_count;
	struct beyond_group *gone; /* what was used before, and is not now (drift.h) */
	size_t gone_count;
};

/* A run of the window, oldest first. */
struct audited_run {
	char id[33];
	int64_t key, started_ns, ended_ns; /* clipped to the day of the audit */
	unsigned hidden; /* resources (bits) of which some access may not have been seen */
};

struct auditing {
	struct audit *audit;
	struct store *store;
	struct error *err;
	struct ahead *ahead;	  /* whose names are borrowed until the end */
	struct grant_notes *note; /* by grant */
	struct audited_run *run;  /* within the window */
	size_t run_count, run_capacity;
	struct beyond beyond;
	unsigned observed;   /* resources (bits) that something was recorded of within the window */
	struct drift *drift; /* drift.h */
	struct blast *blast; /* blast.h */
	struct day_list active, recent; /* days with a run: of the window, of the last `unused` */
	struct sessions *sessions;	/* what is found in single runs (session.h) */
};

void auditing_release(struct auditing *auditing);

/* ---- each fills its part; 0 or -errno ---- */

/* The permissions that the agent holds on the day (holding.c). */
int audit_holding(struct auditing *auditing);
/* Which of them somebody wants to keep (pins.c). */
int audit_pins(struct auditing *auditing);
/* What was used of them (usage.c). */
int audit_usage(struct auditing *auditing);
/* What the grants ask of that (wants.c): the arguments of programs, or of tools; rates. */
bool audit_wants_arguments(const struct audit *audit, enum resource resource);
bool audit_has_rates(const struct audit *audit);
/* Which days are told of (daily.c). */
int audit_calendar(struct auditing *auditing);
/* How often, and on which days, for people who want to see it (daily.c). */
int audit_daily(struct auditing *auditing);
/* The grant of that number was used by a run on a day.  0, -ENOMEM. */
int daily_use(struct auditing *auditing, uint32_t grant, int64_t run, int32_t day);
/* What that makes of each (states.c). */
int audit_states(struct auditing *auditing);
/* What else there is to say (findings.c). */
int audit_findings(struct auditing *auditing);
/* What these say of the causes in LLM06 (llm06.c).  0, -ENOMEM. */
int audit_causes(struct auditing *auditing);

/* How often something that was used on these days is used as a rule (habit.c). */
struct habit {
	size_t occasions; /* days close to each other are one */
	int64_t gap_ns;	  /* the median from one to the next; 0: there was only one */
};

/* So many of its own pauses may pass before what is used now and then is overdue. */
#define OVERDUE_GAPS 3

/* 0, -ENOMEM. */
int audit_habit(const struct day_list *used, int64_t unused_ns, struct habit *ret);

/* What the agent did within the threshold while it held the grant (notes.c). */
struct activity {
	int64_t runs, days;
	int64_t hidden; /* of the runs: some use of such a grant may not have been seen */
};

struct activity audit_activity(const struct auditing *auditing, const struct audit_grant *grant);
/* Within the window: runs since the permission was given, of which all of its kind was seen. */
int64_t audit_whole_runs(const struct auditing *auditing, const struct audit_grant *grant);
/* The rule of three (Hanley and Lippman-Hand, 1983): what none of so many runs needed, at most so
 * many in a thousand need, with 95 % confidence; rounded up. */
int64_t audit_most_tenths(int64_t runs);

struct evidence;
struct memos;

/* What was used of each grant, and what less would do (objects.c).  `roots`: what the symbolic ones
 * stood for.  0, -ENOMEM. */
int audit_objects(struct auditing *auditing, const struct memos *memos,
		  const struct evidence *roots);

#endif
