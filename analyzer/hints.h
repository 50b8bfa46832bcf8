#ifndef ANALYZER_HINTS_H
#define ANALYZER_HINTS_H

#include "analyzer/evidence.h"

#include <stdio.h>

/* Signs in the evidence that a permission was used and not needed. */

enum hint_kind {
#define HINT(name, text) HINT_##name,
#include "analyzer/hints.def"
	HINT_KINDS
};

/* As many are shown of a kind. */
#define HINTS_SHOWN 3

struct hints {
	struct {
		char *witness[HINTS_SHOWN];
		size_t count; /* all there are */
	} of[HINT_KINDS];
	const struct evidence *evidence;
	struct store *store;
	const struct propose_options *options;
	struct error *err;
};

/* `ret` has the evidence, as it was collected, the store and what was chosen of it.  0 or -errno.
 */
int hints_find(struct hints *ret);
/* A line a witness. */
void hints_print(FILE *out, const struct hints *hints);
void hints_release(struct hints *hints);

/* ---- for the functions of the table ---- */

/* 0 or -ENOMEM. */
int hint_add(struct hints *hints, enum hint_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define HINT(name, text) int hint_##name(struct hints *hints);
#include "analyzer/hints.def"

/* Whether a program of that name gives others' rights: sudo(8), su(1) and their kin. */
bool program_gives_privilege(const char *path);
/* Whether the action is more than to look. */
bool action_is_stronger(enum action action);

#endif
