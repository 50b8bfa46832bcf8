#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include "core/argument.h"
#include "core/digest.h"
#include "core/match.h"
#include "core/vocab.h"

#include <stdint.h>
#include <stdio.h>

struct error;

#define POLICY_NAMESPACE "urn:pare:policy:1"

enum gate { GATE_NONE, GATE_CONFIRM };
enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_CRITICAL };

const char *gate_text(enum gate gate);
const char *risk_text(enum risk risk);
int gate_parse(const char *text, enum gate *ret); /* 0 or -EINVAL */
int risk_parse(const char *text, enum risk *ret);

/* One permission: `action` on every `resource` that the pattern admits.  Text is owned; an
 * optional text is NULL where there is none. */
struct rule {
	char *id; /* NULL until policy_finish(): "r-" and 12 digits of what it permits */
	enum resource resource;
	enum action action;
	char *pattern; /* core/match.h */
	/* A program that is executed: with which arguments (core/argv.h), one of these; none: with
	 * any.  Canonical, sorted and each once after policy_finish(). */
	char **argv;
	size_t argv_count;
	char *phase; /* optional: only in this phase */
	bool own;    /* only what the run itself has created */
	/* Times, 0: no limit.  In one second, minute, hour of the clock; a burst may come on top
	 * of a minute's. */
	int64_t rate_per_second, rate_per_minute, rate_per_hour, rate_per_run, burst;
	int64_t headroom;   /* per cent of the most that was seen that the rates are; 0: unknown */
	int64_t within_ns;  /* since its phase began, or the run; 0: always */
	int64_t expires_ns; /* 0: never */
	enum risk risk;
	enum gate gate;
	char *justification; /* optional; required for an open pattern, which deletes only have of
			      * the run's own, or where it says what is granted today */
	int64_t runs, count; /* the evidence: 0 in a policy written by hand */
	int64_t first_ns, last_ns;
	struct arguments arguments;  /* of a tool: with what it may be called */
	int line;		     /* where it stood in the document, 0 when not read from one */
	struct pattern match;	     /* `pattern`, parsed: policy_finish() */
	struct templates *templates; /* `argv`, parsed, where there is any: policy_finish() */
};

/* Adds a template, as text.  0, -ENOMEM. */
int rule_add_argv(struct rule *rule, const char *text);
/* The template that comes nearest to the arguments (as in struct asked), or NULL. */
const char *rule_nearest_argv(const struct rule *rule, const struct roots *roots,
			      struct bytes program, struct bytes argv);
/* Whether arguments admit more than one command: a * or a class. */
bool rule_has_open_argv(const struct rule *rule);

/* What became of recorded runs that the policy was not mined from: how many were tried, and how
 * many of them it would have denied something.  Each against the policy of what is left when it is
 * taken out: a run; all runs of a task; a run, and all that came after it. */
struct policy_quality {
	int64_t runs_tried, runs_denied;
	int64_t tasks_tried, tasks_denied; /* none where all runs are of one task */
	int64_t later_tried, later_denied;
	int64_t uses_tried, uses_denied; /* of the runs taken out singly: times */
	int64_t lone_runs; /* that alone did something: Good-Turing's estimate for exact rules */
};

/* What the agent may take of the machine, 0: as much as it wants; and the most that any of so many
 * runs took.  A process's memory is what is resident; tasks are processes and threads. */
struct policy_limits {
	int64_t runs;
	int64_t time_ns, tasks, memory_bytes, file_bytes;
	int64_t most_ns, most_tasks, most_memory_bytes, most_file_bytes;
};

/* A default-deny list of permissions.  After policy_finish() rules are sorted by resource,
 * action, pattern, phase and own, no two equal in all five. */
struct policy {
	char *agent;
	int64_t created_ns;
	char *parent;		       /* digest of the version before; optional */
	char *evidence;		       /* digest of the evidence it was mined from; optional */
	int64_t runs;		       /* runs it was mined from */
	int64_t incomplete_runs, gaps; /* of these: such evidence cannot support "complete" */
	int64_t first_ns, last_ns;
	char *preset; /* how far it was widened; optional */
	/* The enforcer that it was read from; optional.  Such a policy says what is granted today,
	 * and so may have what none that is proposed has: open deletes. */
	char *granted_by;
	struct policy_quality quality;
	struct policy_limits limits;
	struct rule *rule;
	size_t count;
	struct policy_index *index; /* for policy_match(): policy_finish() */
};

/* Appends a rule, taking its text over (also on failure); `line` is for messages. */
int policy_add(struct policy *policy, struct rule *rule);
/* Parses patterns and writes them in their canonical form, gives ids where there are none, checks
 * each rule (action fits resource, open patterns justified), sorts and refuses equal rules.
 * `file` (may be NULL) is named in errors as "file:line".  After a failure only
 * policy_release() is allowed. */
int policy_finish(struct policy *policy, const char *file, struct error *err);
void policy_release(struct policy *policy);
void policy_cleanup(struct policy *policy); /* for scoped(policy) */
void rule_release(struct rule *rule);
/* The order of a finished policy; 0: one permission, on whatever conditions. */
int rule_compare(const struct rule *a, const struct rule *b);
/* The same permission, on whatever conditions, in a policy that is in order; NULL: none. */
const struct rule *policy_find_same(const struct policy *policy, const struct rule *rule);

/* What a policy is asked for. */
struct asked {
	enum resource resource;
	enum action action;
	struct bytes name, phase; /* raw, resolved; escaped as a rule has it */
	bool own;		  /* the run created the object */
	/* What a tool is called with; NULL: by its name alone. */
	const struct called *called;
	/* Of a program: its arguments, each ended by a NUL, the name it was called by first.  Only
	 * where `with_argv` is set are they asked for: else a rule admits whatever it allows. */
	struct bytes argv;
	bool with_argv;
	bool in_any_phase; /* `phase` is not known */
};

/* The rule that admits the access, or NULL; one of an exact name before an open one.  Expiry, rate
 * and gate are the caller's.  `nearest` (may be NULL) then gets the rule of the
 * same resource that came nearest (the same action where equal), or NULL when none has anything
 * in common with the name. */
const struct rule *policy_match(const struct policy *policy, const struct roots *roots,
				const struct asked *asked, const struct rule **nearest);

/* Every rule that admits the access, also where several do. */
typedef void rule_visit(void *context, const struct rule *rule);
void policy_match_each(const struct policy *policy, const struct roots *roots,
		       const struct asked *asked, rule_visit *visit, void *context);

/* ---- the document (policy_xml.c, policy.rng) ---- */

#define POLICY_DOCUMENT_MIB 64

/* Reads and validates.  Errors say "FILE:LINE: what is wrong".  No network, no entities, at most
 * POLICY_DOCUMENT_MIB. */
int policy_read(struct policy *ret, const char *path, struct error *err);
/* Two at once, each in a thread of its own. */
int policy_read_two(struct policy ret[static 2], const char *const path[static 2],
		    struct error *err);
int policy_read_memory(struct policy *ret, struct bytes document, const char *name,
		       struct error *err);
/* Writes the document (validated against policy.rng before the first byte leaves).  The same
 * policy gives the same bytes.  Returns 0 or -errno. */
int policy_write(const struct policy *policy, struct buffer *out, struct error *err);
/* SHA-256 of the document's canonical form (C14N 1.0 without comments). */
int policy_digest(const struct policy *policy, char ret_hex[static DIGEST_HEX_SIZE],
		  struct error *err);

/* What `pare propose` was asked for; the analyzer's side of struct house. */
struct propose_options {
	const char *agent;
	const char *const *task; /* NULL: every task */
	size_t task_count;
	int64_t since_ns, until_ns; /* until 0: no end */
	const char *preset;	    /* "literal", as NULL, "balanced" or "workspace" */
	int64_t created_ns;
	const char *protect; /* a file of protected objects; NULL: the user's, where there is one */
};

#endif
