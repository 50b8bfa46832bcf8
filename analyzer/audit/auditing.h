#ifndef ANALYZER_AUDIT_AUDITING_H
#define ANALYZER_AUDIT_AUDITING_H

#include "analyzer/audit/rate.h"
#include "core/audit.h"
#include "core/hash.h"

struct sessions;
struct store;

/* An audit in the making: what the files of this folder share. */

#define DAY_NS (INT64_C(86400) * 1000000000)

/* Resources have codes below that. */
#define RESOURCE_ROOM 16

/* What is known of a grant besides what the audit says. */
struct grant_notes {
	int64_t run, window_run; /* the last run that was counted, from 1 */
	struct grant_rate rate;
	bool is_sensitive; /* it reaches something protected */
	int32_t *day;	   /* since the epoch, sorted, each once */
	size_t day_count, day_capacity;
	char **object; /* patterns of what was used, sorted, each once: OBJECTS_KEPT at most */
	size_t object_count;
};

#define OBJECTS_KEPT 64

/* Objects that a source does not grant, or that are new: of one kind. */
struct beyond_group;

struct beyond {
	struct beyond_group *group; /* sorted by source, resource and action */
	size_t count;
	struct beyond_group *fresh; /* what was first used within the window; of no source */
	size_t fresh_count;
};

/* A run of the window, oldest first. */
struct audited_run {
	char id[33];
	int64_t key, started_ns;
	unsigned hidden; /* resources (bits) of which some access may not have been seen */
};

struct auditing {
	struct audit *audit;
	struct store *store;
	struct error *err;
	struct grant_notes *note; /* by grant */
	struct audited_run *run;  /* within the window */
	size_t run_count, run_capacity;
	/* In the last `unused` days: runs that hide a resource. */
	int64_t recent_hidden[RESOURCE_ROOM];
	struct beyond beyond;
	struct sessions *sessions; /* what is found in single runs (session.h) */
	unsigned observed; /* resources (bits) that something was recorded of, tools aside always */
};

void auditing_release(struct auditing *auditing);

/* ---- each fills its part; 0 or -errno ---- */

/* The permissions that the agent holds on the day (holding.c). */
int audit_holding(struct auditing *auditing);
/* Which of them somebody wants to keep (pins.c). */
int audit_pins(struct auditing *auditing);
/* What was used of them (usage.c). */
int audit_usage(struct auditing *auditing);
/* What that makes of each (states.c). */
int audit_states(struct auditing *auditing);
/* What else there is to say (findings.c). */
int audit_findings(struct auditing *auditing);

/* Days that the grant was used: the median of the pauses between them; 0 where there are fewer
 * than two (states.c). */
int64_t audit_gap_ns(const struct grant_notes *note);

#endif
