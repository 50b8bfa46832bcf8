#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What an audit has found: made by the analyzer, read by reports. */

enum grant_state {
#define STATE(id, text, removal, meaning) GRANT_##id,
#include "core/audit.def"
	GRANT_STATES
};

const char *grant_state_text(enum grant_state state);
const char *grant_state_meaning(enum grant_state state);
bool grant_state_is_removal(enum grant_state state);

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

const char *severity_text(enum severity severity);
int severity_parse(const char *text, enum severity *ret); /* 0 or -EINVAL */

/* One row of the evidence: access.seq of a run. */
struct witness {
	char run[33];
	int64_t seq;
	const char *shows; /* its part in a finding, a word; NULL: there is but one */
};

/* What became of one permission since there is evidence, up to the day of the audit. */
struct grant_use {
	/* That happened, or may have: times, runs, days (UTC), distinct objects. */
	int64_t uses, runs, days, objects;
	int64_t window_uses, window_runs; /* the same within the window */
	int64_t attempts;		  /* denied, failed, absent or held back */
	int64_t first_ns, last_ns;	  /* 0: never */
	int64_t attempt_ns;		  /* the last of those; 0: never */
	int64_t gap_ns; /* from one occasion to the next, as a rule (median); 0: unknown */
	struct witness last, attempt; /* seq 0: none */
};

/* A set of permissions from one source. */
struct audit_source {
	char *format, *name, *grantor;
	int64_t first_ns; /* since when it grants anything */
	int64_t granted_ns, imported_ns;
	unsigned governs; /* bits, 1 << resource */
	struct policy allowed, denied;
	int64_t unread; /* parts of the source that nobody could read */
};

/* How often single runs of the window used a permission, and what limits that. */
struct audit_rate {
	const char *scope;	     /* "a minute": of what the numbers are */
	int64_t limit;		     /* as granted, with its burst; 0: nothing limits it */
	int64_t would_do;	     /* what the most of so many runs makes a limit that fits */
	int64_t runs;		     /* that used it; 0: nothing is said of it */
	int64_t half, most_of, most; /* of those runs: the median, the 95th in a hundred, all */
};

struct audit_grant {
	const struct rule *rule; /* of the source's `allowed` */
	size_t source;
	char id[16];		  /* "P-" and 8 digits: of what it permits, and the source */
	int64_t granted_ns;	  /* since when it has been held without a break */
	int64_t first_granted_ns; /* when it was first */
	int64_t widened_ns;	  /* when a condition of it was last loosened; 0: never */
	unsigned widened;	  /* which then (analyzer/diff.h) */
	int64_t argv_ns;	  /* since when it has had all of its arguments */
	bool is_shadowed;	  /* all that it admits is denied */
	struct grant_use use;
	struct audit_rate rate;
	uint32_t *day_runs; /* runs that used it, by day (UTC) from audit.first_day; NULL: none */
	enum grant_state state;
	char *reason;	/* a sentence */
	char *narrower; /* what would do: patterns, a line each; NULL: nothing is proposed */
	/* Of a grant of files that is open: files of this machine that it admits, and how many of
	 * them some run used so.  0 where nobody asked (struct audit_blast), or nothing fits. */
	int64_t here_admitted, here_used;
	char *narrower_argv; /* with which arguments alone (core/argv.h), a line each; or NULL */
	char *owner, *why;   /* who pinned it; NULL: nobody */
	int64_t until_ns;
};

/* Who says what a finding breaks: columns of findings.def. */
struct framework {
	const char *llm06, *asi, *nist, *soc2, *iso;
};

struct audit_finding {
	char id[16];	  /* "F-" and 8 digits: of what was found where */
	const char *kind; /* row of findings.def */
	const char *title;
	enum severity severity;
	char *text;	 /* a sentence */
	char *remedy;	 /* what to do; NULL: nothing */
	ptrdiff_t grant; /* -1: none */
	struct framework framework;
	struct witness *witness;
	size_t witness_count;
};

enum pace {
	PACE_UNKNOWN, /* too few runs */
	PACE_SAME,    /* chance may have made the difference */
	PACE_MORE,
	PACE_LESS,
};

const char *pace_text(enum pace pace);

/* What runs do now, and did before, with one action on one kind of resource. */
struct drift_row {
	enum resource resource;
	enum action action;
	int64_t fresh, gone, kept; /* objects: used now and never before; only before; both */
	int64_t before, now;	   /* times a run, the median */
	int32_t chance; /* that runs would differ so by chance, in a thousand; 0: not known */
	enum pace pace; /* with all kinds of use together wrong at most once in twenty audits */
};

/* A run was made with something else than the one before it. */
struct drift_change {
	char before[33], after[33]; /* runs */
	int64_t changed_ns;	    /* when the later began */
	enum fingerprint_kind kind;
	char *was, *is; /* "": nothing of the kind */
	/* Objects that were first used since then and before the next change, and that were last
	 * used between the change before and this one. */
	int64_t fresh, gone;
};

struct audit_drift {
	bool by_version;	    /* else by the window */
	int64_t begin_ns, split_ns; /* where "before" and "now" begin; split 0: no "now" */
	int64_t runs_before, runs_now;
	int32_t mix_chance; /* as in a row: of the parts that the kinds of use have in a run */
	struct drift_row *row;
	size_t row_count;
	struct drift_change *change; /* the last, oldest first */
	size_t change_count;
	int64_t changes_before; /* that are not told */
	char *made_with[16];	/* by kind of fingerprint: the last run; NULL: not known */
};

/* What somebody who speaks with the agent's permissions could do. */
enum effect {
#define EFFECT(id, text) EFFECT_##id,
#include "core/blast.def"
	EFFECTS
};

enum sensitivity {
#define SENSITIVITY(id, text, meaning) SENSITIVITY_##id,
#include "core/blast.def"
	SENSITIVITIES
};

const char *effect_text(enum effect effect);
const char *sensitivity_text(enum sensitivity sensitivity);
const char *sensitivity_meaning(enum sensitivity sensitivity);

/* Names that may be reached: exact ones, and whether there are any others. */
struct blast_names {
	int64_t exact;
	bool any;
};

struct blast_reach {
	int64_t files[EFFECTS][SENSITIVITIES]; /* on this machine */
	/* Of them, those where nobody can undo it: what was there is lost, or is known. */
	int64_t lasting[EFFECTS][SENSITIVITIES];
	struct blast_names hosts, listening, tools;
};

struct audit_blast {
	bool is_made;		      /* somebody asked for it */
	struct blast_reach now, then; /* as it is granted; without what can go, and narrower */
	unsigned ungoverned;	      /* resources (bits): nothing restricts them */
	int64_t looked;		      /* entries of folders */
	int64_t mounts;		      /* that were left out */
	int64_t unread;		      /* folders that nobody could read */
	int64_t skipped;     /* folders that were left out: too many entries, or too long */
	int64_t new_secrets; /* that can be read, and that no run did */
	char *example[5];    /* of these, as patterns */
	size_t example_count;
};

/* One of the causes that OWASP LLM06:2025 names, and what was found of it. */
struct audit_cause {
	const char *id, *title; /* "EF1" */
	char *kinds;	     /* of findings that say something of it, a blank between; "": none */
	bool is_assessed;    /* there are such, and what they need was recorded */
	const char *missing; /* why it is not; NULL */
	int64_t findings;
	enum severity worst; /* of them */
};

struct audit_options {
	const char *agent;
	int64_t as_of_ns, window_ns, unused_ns, grace_ns;
	bool drift_by_version;
	int64_t machine_entries; /* of this one are looked at: struct audit_blast; 0: none */
};

#define AUDIT_DAYS 400 /* of a longer window only so many are told one by one */

struct audit {
	struct audit_options options;
	char *agent;
	/* Within the window: runs, days with a run; runs that were recorded to their end with no
	 * gap that hides anything; in the last `unused` of it. */
	int64_t runs, days, whole_runs;
	int64_t recent_runs, recent_days;
	int64_t all_runs, first_ns, last_ns; /* all there is, up to the day */
	int64_t first_day; /* of the window, or of its last AUDIT_DAYS; days since the epoch */
	size_t day_count;
	struct audit_source *source;
	size_t source_count;
	struct audit_grant *grant; /* by source, then in the order of its policy */
	size_t grant_count;
	struct audit_finding *finding; /* the worst first, then by id */
	size_t finding_count;
	struct audit_drift drift;
	struct audit_blast blast;
	struct audit_cause *cause; /* of LLM06, in its order */
	size_t cause_count;
};

void audit_release(struct audit *audit);
void audit_cleanup(struct audit *audit); /* for scoped(audit) */

#endif
