#ifndef ANALYZER_PROPOSE_H
#define ANALYZER_PROPOSE_H

struct error;
struct policy;
struct propose_options;
struct store;

/* Mines the policy of an agent from its recorded runs: exact permissions, never widened, with
 * symbolic roots.  A pure function of the evidence and the options.  -ENOENT: no such agent, or
 * no run of it fits. */
int propose(struct store *store, const struct propose_options *options, struct policy *ret,
	    struct error *err);

#endif
