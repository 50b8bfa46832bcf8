#ifndef ANALYZER_EVIDENCE_H
#define ANALYZER_EVIDENCE_H

#include "core/digest.h"
#include "core/hash.h"
#include "core/policy.h"

struct error;
struct protected_object;
struct run;
struct store;

/* One thing that the agent did, merged over its runs.  The name is a pattern that admits it
 * alone (core/match.h), with the symbolic roots of each run, so that the same file of two
 * workspaces is one atom. */
struct atom {
	UT_hash_handle hh;
	int64_t runs, count; /* distinct runs; times */
	int64_t first_ns, last_ns;
	size_t last_run; /* the run read last that has it: an index while collecting */
	const struct protected_object *protected;
	enum resource resource;
	enum action action;
	enum outcome outcome; /* unknown counts as ok: it may have happened */
	bool own;	      /* created in the run, each time */
	char *why;	      /* it is open (generalise.h), and why; else NULL */
	char key[];	      /* resource, action, outcome; pattern NUL phase NUL */
};

const char *atom_pattern(const struct atom *atom);
const char *atom_phase(const struct atom *atom); /* "" outside any */

/* What the symbolic roots stood for in some run. */
struct evidence_root {
	struct roots roots; /* in `text` */
	char *text;
};

struct evidence_run {
	char id[33];
	bool is_incomplete;
	bool is_lone; /* did something that no other run did */
	int64_t gaps;
};

/* What the recorded runs of one agent say together.  Merging is a set union: the order in which
 * runs were recorded or read changes nothing. */
struct evidence {
	struct atom *atom; /* sorted by key; follow atom->hh.next */
	struct evidence_run *run;
	size_t run_count, run_capacity; /* runs sorted by id */
	struct evidence_root *root;	/* each once, as they were found */
	size_t root_count;
	int64_t recording;	   /* runs left out because they are not over */
	int64_t unfit;		   /* accesses left out: no pattern can name them */
	int64_t covered;	   /* the same: they need no permission of their own */
	int64_t incomplete, gaps;  /* of the runs: these cannot support "complete" */
	int64_t singletons;	   /* needs that one run alone has */
	int64_t first_ns, last_ns; /* first start of a run, last access */
};

/* Merges the runs that the options choose.  `ret` must be zeroed.  -ENOENT: there is none. */
int evidence_collect(struct evidence *ret, struct store *store,
		     const struct propose_options *options, struct error *err);
/* Keeps what the roots of a run stood for.  0 or -ENOMEM. */
int evidence_add_roots(struct evidence *evidence, const struct roots *roots);
/* A fresh atom like another one but for its pattern and what it counts.  NULL: no memory. */
struct atom *atom_new(const struct atom *like, const char *pattern);
void atom_free(struct atom *atom);
/* Takes the atom over.  0 or -ENOMEM, and -EEXIST. */
int evidence_add(struct evidence *evidence, struct atom *atom);
void evidence_drop(struct evidence *evidence, struct atom *atom);
void evidence_sort(struct evidence *evidence);
void evidence_release(struct evidence *evidence);
void evidence_cleanup(struct evidence *evidence); /* for scoped(evidence) */

/* SHA-256 over the sorted, merged evidence. */
int evidence_digest(const struct evidence *evidence, char ret_hex[static DIGEST_HEX_SIZE]);

/* a + b, INT64_MAX instead of an overflow: the numbers come from a database. */
int64_t add_saturated(int64_t a, int64_t b);

#endif
