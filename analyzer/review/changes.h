#ifndef ANALYZER_REVIEW_CHANGES_H
#define ANALYZER_REVIEW_CHANGES_H

#include "analyzer/diff.h"

#include <stdio.h>

/* What a version changes of what an agent holds, by the names that rules admit and by their
 * conditions: fewer arguments are less, too. */

/* `before` may be NULL: nothing was held.  Both must stay.  0 or -errno. */
int changes_find(struct diff *ret, const struct policy *before, const struct policy *after,
		 struct error *err);
size_t changes_taken(const struct diff *changes); /* so many permissions are gone, or narrower */
size_t changes_given(const struct diff *changes); /* so many have come, or are wider */
/* Both lists, each with a digest of it and of the two versions, `before` (NULL: nothing) and
 * `after`: their digests. */
void changes_print(FILE *out, const struct diff *changes, const char *before, const char *after);

#endif
