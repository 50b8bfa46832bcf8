#ifndef ANALYZER_AGENTS_H
#define ANALYZER_AGENTS_H

#include <stddef.h>

struct error;
struct store;

/* The names of the agents that have runs, sorted. */
struct agents {
	char **name;
	size_t count;
};

int agents_list(struct agents *ret, struct store *store, struct error *err);
void agents_cleanup(struct agents *agents); /* for scoped(agents) */

/* The agent called `wanted`, or, when that is NULL, the only one.  -ENOENT: there is no such
 * agent, or none at all; -EINVAL: there are several.  The message names them. */
int agents_choose(const struct agents *agents, const char *wanted, const char **ret,
		  struct error *err);

#endif
