#ifndef CORE_STORE_REVIEW_H
#define CORE_STORE_REVIEW_H

#include "core/vocab.h"

#include <stdint.h>

struct error;
struct store;

/* What people decided of the policies in the store. */

struct stored_decision {
	const char *digest; /* of the policy */
	const char *rule;   /* its id; "": the policy as a whole */
	enum ruling verdict;
	const char *reviewer, *login; /* as they call themselves, as the system does */
	const char *reason;
	int64_t decided_ns;
	int64_t effective_ns; /* of a whole policy: when it comes into force; 0: not */
	int64_t until_ns;     /* of a pin; 0: no end */
};

/* In the caller's transaction; the policy is in the store.  0 or -errno. */
int store_add_decision(struct store *store, const struct stored_decision *decision,
		       struct error *err);
/* In the order they were made.  What is visited is borrowed until the visit returns; a non-zero
 * visit() stops and is returned. */
typedef int decision_visit(void *context, const struct stored_decision *decision);
int store_each_decision(struct store *store, const char *agent, decision_visit *visit,
			void *context, struct error *err);

#endif
