#ifndef ANALYZER_REVIEW_VERSIONS_H
#define ANALYZER_REVIEW_VERSIONS_H

#include "core/policy.h"
#include "core/store_review.h"

#include <stddef.h>

struct store;

/* The policies of an agent in the store, and what people decided of them. */

enum version_state {
	VERSION_PROPOSED,   /* undecided, at least of one rule */
	VERSION_REJECTED,   /* as a whole, or a rule of it */
	VERSION_SCHEDULED,  /* approved, and comes into force later */
	VERSION_IN_FORCE,   /* the latest that came into force */
	VERSION_SUPERSEDED, /* it was in force */
	VERSION_WITHDRAWN,  /* it was approved, and did not come into force */
};

const char *version_state_text(enum version_state state);

struct decision {
	size_t version;
	char *rule, *reviewer, *login, *reason;
	enum ruling verdict;
	int64_t decided_ns, effective_ns, until_ns;
};

struct version {
	char *digest, *parent, *author;
	int64_t created_ns;
	struct policy policy;
	enum version_state state;
	int64_t effective_ns; /* 0: never */
};

struct versions {
	struct version *version; /* as they were kept */
	size_t count;
	struct decision *decision; /* as they were made */
	size_t decision_count;
	ptrdiff_t in_force; /* -1: none */
};

/* As things stand at that time, by all that was decided, whatever the clock said then.  `ret` must
 * be zeroed.  0 or -errno. */
int versions_read(struct versions *ret, struct store *store, const char *agent, int64_t now_ns,
		  struct error *err);
/* As things stood: nothing that was decided later counts. */
int versions_read_past(struct versions *ret, struct store *store, const char *agent, int64_t now_ns,
		       struct error *err);
void versions_release(struct versions *versions);
void versions_cleanup(struct versions *versions); /* for scoped(versions) */
/* By number, from 1, or by the beginning of its digest; -ENOENT, -EINVAL where several are meant.
 */
int versions_find(const struct versions *versions, const char *which, size_t *ret,
		  struct error *err);
/* Which version is in force at a time, by what was decided so far; -1: none. */
ptrdiff_t versions_in_force(const struct versions *versions, int64_t time_ns);
/* The last decision of that version and rule ("": as a whole), pins aside; NULL: none. */
const struct decision *versions_decided(const struct versions *versions, size_t version,
					const char *rule);
/* The last rule of the version that nobody has decided on; NULL: none. */
const struct rule *versions_undecided(const struct versions *versions, size_t version);

/* Prints where the version stands, what it changes of what is in force, and what is undecided.
 * 0 or -ENOMEM. */
int versions_print(const struct versions *versions, size_t number, const char *agent,
		   struct error *err);

#endif
