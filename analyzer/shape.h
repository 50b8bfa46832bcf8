#ifndef ANALYZER_SHAPE_H
#define ANALYZER_SHAPE_H

#include "core/varying.h"

/* What names have in common that vary from run to run. */

/* Appends what only names of the same make have: their separators, and which kind of word stands
 * between them. */
void shape_key(struct bytes name, struct buffer *out);

/* The smallest text with classes that admits each of `names`, which have the same key, or 1 where
 * they do not vary in a way that chance makes (words that people choose); 0, -ENOMEM. */
int shape_infer(const struct bytes *names, size_t count, struct varying *ret);

/* Names of one run that chance made: so many of them are not all there ever will be. */
#define SHAPE_AT_ONCE 8

/* Whether nothing varies but decimal numbers, which are counted as well as made by chance. */
bool shape_is_numbers(const struct varying *varying);

#endif
