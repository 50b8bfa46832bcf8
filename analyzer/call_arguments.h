#ifndef ANALYZER_CALL_ARGUMENTS_H
#define ANALYZER_CALL_ARGUMENTS_H

#include "analyzer/objective.h"
#include "analyzer/tool_calls.h"

/* What the calls of one tool in one phase have in common; `first` is the first of its samples.
 * Only what runs did that are not left out (NULL: all) counts; `runs` is above their numbers.
 * `tuning` NULL: exactly these.  Else by path.  A value that two runs have belongs to a set that
 * is known, and stays itself, whatever else there is.  Values that one run each has show that
 * the set is open: once two runs brought some where machines make them (a uuid, a date), once
 * tuning->chosen_runs did where people choose.  Then the narrowest format that admits all of
 * these joins them, or, of numbers, limits; lengths and limits are widened to the next powers of
 * two.  Where there is none, or a value of the format could be a statement of SQL, a path or an
 * option, they stay a set.
 * `first` keeps what was found for the next time.  `why` gets a sentence on what is open.  Not
 * finished (arguments_finish).  0, -ENOMEM. */
int arguments_of_calls(struct call_sample *first, const bool *left_out, size_t runs,
		       const struct tuning *tuning, struct arguments *ret, struct buffer *why);

/* Whether any run has it that is not left out. */
bool sample_remains(const struct call_sample *sample, const bool *left_out);

/* ---- between the files of it ---- */

struct json_t;

/* A distinct value of one place and type. */
struct choice {
	const char *text;
	struct json_t *value;
	uint32_t run; /* the first that has it */
	size_t runs;  /* that have it, at most 2 */
	bool open;    /* the argument stands for it by its format or limits */
};

struct choices {
	struct choice *choice;
	size_t count;
	size_t runs; /* above their numbers */
};

/* How many runs had one that is theirs alone, of those for which keep() (NULL: all) is true. */
size_t choices_spread(const struct choices *choices, bool (*keep)(const struct choice *, void *),
		      void *context);

/* Finds a format, or limits, for the values that vary; marks those that are open.  0, -ENOMEM. */
int open_strings(struct choices *choices, const struct tuning *tuning, struct argument *argument);
int open_numbers(struct choices *choices, const struct tuning *tuning, struct argument *argument);
/* Sets the limits of sizes: as they are, or to powers of two. */
int set_limits(struct argument *argument, long long least, long long most, bool widen);

#endif
