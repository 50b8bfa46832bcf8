#ifndef ANALYZER_GRANTS_FILTER_H
#define ANALYZER_GRANTS_FILTER_H

#include "analyzer/grants/grants.h"
#include "core/hash.h"

#include <jansson.h>

/* A filter of system calls in the form of OCI's runtime-spec (config-linux.md, "Seccomp") and of
 * Docker's profiles (https://docs.docker.com/engine/security/seccomp/). */

#define FILTER_ARGUMENTS 6

/* What is known of a call that is asked about. */
struct probe {
	const char *call;
	bool known[FILTER_ARGUMENTS];
	uint64_t argument[FILTER_ARGUMENTS];
};

enum verdict {
	VERDICT_REFUSED,
	VERDICT_PARTLY, /* by some arguments, or for who has a capability */
	VERDICT_ALLOWED,
};

struct filter_use;

/* A call that the filter names. */
struct filter_call {
	const char *name;
	struct filter_use *use; /* rules about it */
	UT_hash_handle hh;
};

struct filter {
	const struct source *source;
	struct granted *grants;
	bool allows; /* what no rule is about */
	struct filter_call *call;
};

/* Takes the rules in, and notes what is not understood. */
void filter_read(struct filter *filter, const json_t *calls);
enum verdict filter_ask(const struct filter *filter, const struct probe *probe);
void filter_cleanup(struct filter *filter);

/* Whether "allow" and the like is what an action does; 1, 0, or -1 where somebody else decides. */
int filter_action(const char *action);

#endif
