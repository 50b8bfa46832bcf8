#ifndef ANALYZER_PROPOSE_H
#define ANALYZER_PROPOSE_H

struct error;
struct evidence;
struct policy;
struct propose_options;
struct store;

/* Mines the policy of an agent from its recorded runs: exact permissions, never widened, with
 * symbolic roots.  A pure function of the evidence and the options; created_ns 0 stands for the
 * time of the newest evidence.  Its parent is the latest policy that the store keeps of the
 * agent; when that is this very policy, it keeps the parent it had.  -ENOENT: no such agent, or
 * no run of it fits. */
int propose(struct store *store, const struct propose_options *options, struct policy *ret,
	    struct error *err);

/* The same from evidence collected before, whose atoms are used up: memory holds either them or
 * the rules. */
int propose_from(struct evidence *evidence, struct store *store,
		 const struct propose_options *options, struct policy *ret, struct error *err);

#endif
