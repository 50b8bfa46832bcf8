#ifndef ANALYZER_CHOSEN_H
#define ANALYZER_CHOSEN_H

#include "core/varying.h"

/* Names that people choose, or programs for people: words, not chance.  What they have in common
 * is where they end, ".c", and of which bytes they are. */

/* Appends the ending; nothing of a name that begins with a dot, or has bytes that names seldom
 * have: such names are told one by one. */
void chosen_key(struct bytes name, struct buffer *out);

/* The text with a class that admits each of `names`, which have the same key, and others of the
 * same bytes and ending, up to 64 of them; never a name that begins with a dot.  0, -ENOMEM;
 * 1: there is none. */
int chosen_infer(const struct bytes *names, size_t count, struct varying *ret);

#endif
