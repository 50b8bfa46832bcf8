#ifndef CORE_COVER_H
#define CORE_COVER_H

#include "core/match.h"

/* Patterns compared by what they admit, never as text.  A symbolic root is itself: $WS is no folder
 * that it may be bound to. */

/* Whether each name of `small` is one of `large`. */
bool pattern_includes(const struct pattern *large, const struct pattern *small);
/* Whether a component is one that both tokens admit. */
bool token_meets(const struct token *a, const struct token *b);

/* Whether each name of `small` is one of some of the others, which may be together what no one of
 * them is.  1; 0, and appends one of the shortest that are not, with the text of its root
 * ("$WS/a"); -ENOMEM; -E2BIG: too large to tell. */
int patterns_cover(const struct pattern *const *large, size_t count, const struct pattern *small,
		   struct buffer *witness);
/* Appends some name of the pattern. */
void pattern_example(const struct pattern *pattern, struct buffer *out);

#endif
