#ifndef ANALYZER_REVIEW_DECIDING_H
#define ANALYZER_REVIEW_DECIDING_H

#include "analyzer/review/versions.h"

/* What a reviewer decides of one version. */
struct deciding {
	struct store *store;
	const struct versions *versions;
	size_t version;
	const char *agent, *reviewer, *login, *reason;
	int64_t now_ns, notice_ns;
	struct error *err;
};

/* Whether somebody who gave the agent what it holds, or proposed the version, would review it.
 * NULL: no; else what they did. */
const char *reviewer_is_grantor(const struct deciding *deciding, bool *ret_failed);

/* Whether the rule ("all") can be decided so, as the version stands; else -EINVAL, and what can be
 * done. */
int decide_check(const struct deciding *deciding, const char *rule, enum ruling ruling);
/* Each writes in the caller's transaction.  0 or -errno. */
int decide_rule(const struct deciding *deciding, const char *rule, enum ruling ruling,
		int64_t until_ns);
/* The version as a whole comes into force: at once, or after the notice where it takes something
 * away. */
int decide_approve(const struct deciding *deciding);
/* It does not; one that was scheduled is withdrawn. */
int decide_reject(const struct deciding *deciding);
/* After either, with the versions read again: where a version was withdrawn, what is in force by
 * then holds on. */
int decide_settle(const struct deciding *deciding);
/* What was in force before comes back at once, as a new version, whose document `out` gets. */
int decide_restore(const struct deciding *deciding, struct buffer *out,
		   char ret_digest[static DIGEST_HEX_SIZE]);

#endif
