#ifndef ANALYZER_TOOL_CALLS_H
#define ANALYZER_TOOL_CALLS_H

#include "core/argument.h"
#include "core/hash.h"

#include <stdint.h>

struct call_places;
struct digest;
struct error;
struct policy;
struct run;
struct store;
struct tuning;

/* With what tools were called, merged over runs: one for each tool, phase and distinct arguments.
 * Only calls that took place are here: what was refused or held back is no need. */
struct call_sample {
	UT_hash_handle hh;
	struct called called;
	uint32_t *run; /* numbers of the runs, as atoms have them, sorted */
	size_t runs;
	int64_t count;		    /* calls */
	struct call_places *places; /* of the first of a tool and phase (call_places.h), or NULL */
	char key[]; /* pattern of the tool NUL phase NUL text of the arguments NUL */
};

struct tool_calls {
	struct call_sample *sample; /* sorted by key once numbered; follow hh.next */
	size_t runs;		    /* the numbers of runs are below that */
};

const char *sample_tool(const struct call_sample *sample);
const char *sample_phase(const struct call_sample *sample);

/* Adds what a run called; `number` is its place among those that were read.  0, -errno. */
int tool_calls_collect(struct tool_calls *calls, struct store *store, const struct run *run,
		       uint32_t number, struct error *err);
/* Gives each run the number `place` has at its old one, and sorts. */
void tool_calls_renumber(struct tool_calls *calls, const uint32_t *place, size_t runs);
void tool_calls_digest(const struct tool_calls *calls, struct digest *digest);
void tool_calls_release(struct tool_calls *calls);

/* Gives the rules of tools the arguments that the calls had: `tuning` NULL: these and no others.
 * A tool none of whose calls was recorded keeps all; one whose arguments nobody can read gets none.
 * 0, -ENOMEM. */
int tool_calls_apply(const struct tool_calls *calls, const struct tuning *tuning,
		     struct policy *policy);
/* Whether the runs that are tried would be denied a call by what the rest of them, but for those
 * left out, called.  A tool that the rest never called is not asked for: its name tells already.
 * -errno. */
int tool_calls_try(const struct tool_calls *calls, const bool *left_out, const bool *tried,
		   const struct tuning *tuning);

#endif
