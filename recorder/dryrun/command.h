#ifndef RECORDER_DRYRUN_COMMAND_H
#define RECORDER_DRYRUN_COMMAND_H

/* What the commands effects, apply and discard share. */

#include "core/command.h"
#include "recorder/dryrun/effects.h"
#include "recorder/dryrun/places.h"

#include <stdio.h>

/* What one dry run has left. */
struct left {
	struct buffer folder;
	struct places places;
	struct effects effects;
};

/* Finds the run `which` in the database, and what it would have changed; `look` false: only the
 * folder.  0 or -errno. */
int left_open(struct left *ret, const char *database, const char *which, bool look,
	      struct error *err);
void left_cleanup(struct left *left); /* for scoped(left) */
/* Removes it. */
int left_remove(const struct left *left, struct error *err);

/* Of which run: what all three are told. */
struct left_request {
	const char *db, *run;
};

error_t left_parse(int key, char *text, struct argp_state *state, struct left_request *ret);

void print_effects(const struct left *left, FILE *out);
int print_effects_json(const struct effects *effects, FILE *out);
/* What diff(1) says of each file with a text, where the program is. */
int print_diffs(const struct effects *effects, FILE *out, struct error *err);
void print_path(const struct effect *effect, FILE *out);
/* Each that cannot be applied, and why; of those wanted.  How many. */
size_t print_conflicts(const struct effects *effects, char *const *path, size_t count, FILE *out);

#endif
