#ifndef ANALYZER_EVIDENCE_H
#define ANALYZER_EVIDENCE_H

#include "analyzer/atom.h"
#include "analyzer/tool_calls.h"
#include "core/digest.h"
#include "core/policy.h"

struct error;
struct protection;
struct run;
struct store;

/* What the symbolic roots stood for in some run. */
struct evidence_root {
	struct roots roots; /* in `text` */
	char *text;
};

struct evidence_run {
	char id[33];
	char *task;
	size_t read; /* its place when it was read */
	size_t root; /* of evidence->root: what its symbolic roots stood for */
	int64_t started_ns;
	bool is_incomplete;
	bool is_lone; /* did something that no other run did */
	int64_t gaps;
};

/* What the recorded runs of one agent say together.  Merging is a set union: the order in which
 * runs were recorded or read changes nothing. */
struct evidence {
	struct atom *atom;   /* sorted by key; follow atom->hh.next */
	struct atom *opened; /* those that one with an open pattern stands for */
	struct tool_calls calls;
	struct protection *protection;
	struct atom *command; /* command lines of programs (commands.h), sorted */
	struct evidence_run *run;
	size_t run_count, run_capacity; /* runs sorted by id */
	size_t runs_in_all;		/* the numbers of runs that atoms have are below that */
	struct evidence_root *root;	/* each once, as they were found */
	size_t root_count;
	int64_t recording;	   /* runs left out because they are not over */
	int64_t unfit;		   /* accesses left out: no pattern can name them */
	int64_t covered;	   /* the same: they need no permission of their own */
	int64_t unsent;		   /* the same: sockets that were only connected (run_facts.h) */
	int64_t incomplete, gaps;  /* of the runs: these cannot support "complete" */
	struct policy_limits most; /* that a run took, the limits left out */
	int64_t singletons;	   /* needs that one run alone has */
	int64_t first_ns, last_ns; /* first start of a run, last access */
};

/* Merges the runs that the options choose.  `ret` must be zeroed.  -ENOENT: there is none. */
int evidence_collect(struct evidence *ret, struct store *store,
		     const struct propose_options *options, struct error *err);
/* Adds a run, which is the last until they are sorted.  0 or -ENOMEM. */
int evidence_begin_run(struct evidence *evidence, const struct run *run, const struct roots *roots);
/* Keeps what the roots of a run stood for; `ret` gets their index.  0 or -ENOMEM. */
int evidence_add_roots(struct evidence *evidence, const struct roots *roots, size_t *ret);
/* The evidence of the other runs: those of evidence->run whose `left_out` is false.  What is said
 * of single runs (`run`) is not in it, and its atoms have the run numbers of the whole.  `ret`
 * must be zeroed.  0 or -ENOMEM. */
int evidence_without(const struct evidence *evidence, const bool *left_out, struct evidence *ret);
/* Takes the atom over.  0 or -ENOMEM, and -EEXIST. */
int evidence_add(struct evidence *evidence, struct atom *atom);
/* Moves an atom to the opened.  0 or -ENOMEM, and it is gone. */
int evidence_open(struct evidence *evidence, struct atom *atom);
void evidence_sort(struct evidence *evidence);
void evidence_release(struct evidence *evidence);
void evidence_cleanup(struct evidence *evidence); /* for scoped(evidence) */

/* SHA-256 over the sorted, merged evidence. */
int evidence_digest(const struct evidence *evidence, char ret_hex[static DIGEST_HEX_SIZE]);

#endif
