#ifndef ANALYZER_ATOM_H
#define ANALYZER_ATOM_H

#include "analyzer/peaks.h"
#include "core/hash.h"
#include "core/vocab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct protected_object;

/* A run that has an atom. */
struct use {
	uint32_t run : 31; /* its place in evidence->run */
	uint32_t own : 1;  /* created in that run, each time */
};

/* One thing that the agent did, merged over its runs.  The name is a pattern that admits it
 * alone (core/match.h), with the symbolic roots of each run, so that the same file of two
 * workspaces is one atom. */
struct atom {
	UT_hash_handle hh;
	union {
		struct use one;
		struct use *many; /* where there are more; room for the next power of two */
	} use;
	uint32_t runs; /* distinct runs, which atom_uses() has */
	enum resource resource;
	enum action action;
	enum outcome outcome; /* unknown counts as ok: it may have happened */
	int64_t count;	      /* times */
	int64_t first_ns, last_ns;
	const struct protected_object *protected;
	struct peaks peaks; /* where a rate is said of it, or it is of a phase */
	bool own;	    /* created in the run, each time */
	char *why;	    /* it is open (generalise.h), and why; else NULL */
	char key[];	    /* resource, action, outcome; pattern NUL phase NUL */
};

#define ATOM_KEY_HEAD 3 /* resource, action, outcome: a byte each */

const char *atom_pattern(const struct atom *atom);
const char *atom_phase(const struct atom *atom); /* "" outside any */
size_t atom_key_size(const struct atom *atom);
/* atom->runs of them, by the number of the run. */
const struct use *atom_uses(const struct atom *atom);

/* An atom of that key, of no run yet.  NULL: no memory. */
struct atom *atom_of_key(const char *key, size_t size);
/* A fresh atom like another one but for its pattern and what it counts.  NULL: no memory. */
struct atom *atom_new(const struct atom *like, const char *pattern);
/* A use by a run, which may be there; at once where it is the last.  0, -ENOMEM. */
int atom_add_use(struct atom *atom, struct use use);
/* Gives each run the number `place` has at its old one, and sorts. */
void atom_renumber(struct atom *atom, const uint32_t *place);
/* Adds what another atom counts: times, runs, first and last.  0, -ENOMEM. */
int atom_merge(struct atom *into, const struct atom *atom);
int atom_compare(const struct atom *a, const struct atom *b); /* by key */
void atom_free(struct atom *atom);

/* a + b, INT64_MAX instead of an overflow: the numbers come from a database. */
int64_t add_saturated(int64_t a, int64_t b);

#endif
