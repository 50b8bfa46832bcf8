#ifndef REPORTS_HTML_SECTIONS_H
#define REPORTS_HTML_SECTIONS_H

#include "core/audit.h"
#include "core/policy.h"
#include "core/store.h"

struct element;
struct error;
struct house;
struct redactor;

/* Everything a report says is counted here, once, from one read transaction. */

#define OUTCOME_LIMIT (OUTCOME_UNKNOWN + 1)
#define ACTION_LIMIT  32 /* sets of them are bits */

/* How often something happened.  `last_run` is for counting each run once. */
struct tally {
	int64_t runs, count, first_ns, last_ns;
	size_t last_run; /* number of the run + 1 */
};

/* A file, a host, ... as a policy writes it, with $WS, $HOME and $TMP: so that runs in different
 * folders add up.  Arrays by outcome tell apart what happened and what did not. */
struct object {
	enum resource resource;
	char *name;	/* as text_escape(TEXT_SAFE) writes it */
	unsigned flags; /* enum text_flag */
	struct tally tally[OUTCOME_LIMIT];
	uint32_t actions[OUTCOME_LIMIT]; /* bit 1 << enum action */
	int64_t bytes;
	bool own;		 /* each time made by the run itself */
	const struct rule *rule; /* of the proposed policy, the one of highest risk; NULL: none */
	uint32_t use[ACTION_LIMIT]; /* by action: number of the use, + 1; 0: none */
};

/* One action on one object. */
struct use {
	size_t object; /* its number */
	enum action action;
	struct tally tally[OUTCOME_LIMIT];
	size_t first_run; /* number of the first run in which it happened */
	size_t program;	  /* the last to do it, or to try */
	size_t link;	  /* number of its last link, + 1; 0: none yet */
	int error;	  /* errno of the last that did not happen */
	bool own;
	const struct rule *rule; /* NULL: none */
};

/* One executable, over all runs. */
struct program {
	char *name;
	unsigned flags;
	int64_t starts, runs;
	size_t last_run;
	unsigned char *in_run;	/* whether it was started, by number of the run */
	int64_t reads, changes; /* distinct files */
	int64_t hosts;		/* distinct */
	int64_t denied;		/* accesses */
	char *example;		/* one command line */
	unsigned example_flags;
};

/* What one program did: `use` with its share of the counts. */
struct link {
	size_t program, use;
	int64_t ok, denied; /* accesses that happened, that were denied */
};

struct report_gap {
	enum gap_kind kind;
	char *detail;
	unsigned flags;
	int64_t runs, count;
	size_t last_run;
};

struct report_run {
	struct run run;	   /* owned */
	size_t new_uses;   /* uses that no run before it had */
	size_t total_uses; /* distinct uses up to and with it */
	size_t lone_uses;  /* uses that no other run has */
	char *command;	   /* what was run, as safe text */
	unsigned command_flags;
};

/* Text of it that comes from outside is hidden by redact_model() (reports/redact/model.c). */
struct report_model {
	/* Against what is granted; NULL: nothing is, and then a policy is proposed.  With it all of
	 * the rest is of its window.  Borrowed. */
	const struct audit *audit;
	const char *quarter;		 /* of the request, as is the next */
	const struct redactor *redactor; /* of all names; NULL: none */
	struct report_witness *witness;	 /* witnesses.h */
	size_t witness_count;
	int64_t *started_ns; /* when each run began, also those before the window */
	size_t started_count;
	char *agent;
	char *database; /* absolute path */
	int64_t as_of_ns, first_ns, last_ns;
	struct report_run *run;
	struct object *object;
	struct use *use;
	struct program *program;
	struct link *link;
	struct report_gap *gap;
	size_t run_count, object_count, use_count, program_count, link_count, gap_count;
	int64_t accesses;	     /* all, whatever came of them */
	int64_t unknown;	     /* of these: the end was not seen */
	int64_t gaps;		     /* rows of `gap` in the store */
	size_t incomplete;	     /* runs whose recorder died */
	size_t recording;	     /* runs left out because they are not over */
	bool is_verified;	     /* all seals were, else the database is too large for that */
	char last_seal[65];	     /* of the newest run; "": none */
	int64_t trouble_count;	     /* what store_fsck() found wrong in the database */
	char *trouble;		     /* the first of it, safe text, a line each; NULL: none */
	struct policy policy;	     /* empty when there is a reason */
	struct error *policy_reason; /* why nothing is proposed; code 0: something is */
	/* Distinct uses seen in exactly one run, in exactly two, and incidences (use x run). */
	size_t lone, twice, incidences;
	size_t lone_own; /* of the lone ones: on files that the run itself had made */
};

struct report_request {
	const char *agent;		 /* NULL: the only one there is */
	int64_t as_of_ns;		 /* INT64_MAX: the time of the newest evidence */
	const struct audit *audit;	 /* of that agent and day; NULL: none */
	const char *quarter;		 /* "2026Q4"; NULL, "": none */
	const struct redactor *redactor; /* what others may not see (reports/redact); NULL: none */
};

/* Reads the evidence of one agent in the caller's transaction.  -ENOENT: no such agent, or no run
 * of it by then. */
int report_model_load(struct report_model *ret, struct store *store, const struct house *house,
		      const struct report_request *request, struct error *err);
void report_model_release(struct report_model *model);
void report_model_cleanup(struct report_model *model);

/* What can be said at all. */
bool report_is_intact(const struct report_model *model);   /* no fault was found in its seals */
bool report_is_complete(const struct report_model *model); /* and no gap, no run cut short */
#define REPORT_ENOUGH_RUNS 20
#define REPORT_ENOUGH_LONE 20 /* at most one lone use for that many runs: 5 % */
bool report_is_enough(const struct report_model *model);

size_t report_used(const struct report_model *model); /* distinct uses that happened */
int64_t report_accesses(const struct report_model *model, enum outcome outcome);

/* Actions that change a file; sets of actions are bits, 1 << enum action. */
#define ACTION_BIT(action) (UINT32_C(1) << (action))
#define ACTIONS_CHANGE                                                                             \
	(ACTION_BIT(ACTION_WRITE) | ACTION_BIT(ACTION_APPEND) | ACTION_BIT(ACTION_CREATE) |        \
	 ACTION_BIT(ACTION_DELETE) | ACTION_BIT(ACTION_RENAME) | ACTION_BIT(ACTION_LINK) |         \
	 ACTION_BIT(ACTION_ATTR))
#define ACTIONS_READ (ACTION_BIT(ACTION_READ) | ACTION_BIT(ACTION_MAP))

/* Fills a section, below its heading and its question: one sentence, a figure, a table.
 * Returns 0 or -ENOMEM. */
typedef int section(const struct report_model *model, struct element *into);

#define SECTION(name, when, heading, question) section section_##name;
#include "reports/html/sections.def"

/* The top of the page: verdict, counters, and what this document is. */
section section_top;
section audit_top; /* of an audit, in its place */

struct page;
/* Builds the whole page.  0 or -errno. */
int report_page(const struct report_model *model, struct page **ret, struct error *err);

#endif
