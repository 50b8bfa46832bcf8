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

/* The same for folders of two hexadecimal digits, over which hashes are spread: "objects/3f". */
void spread_key(struct bytes name, struct buffer *out);
int spread_infer(const struct bytes *names, size_t count, struct varying *ret);

/* The same for a word in lower case and, behind a separator, bytes as base64url (RFC 4648) has
 * them:
 * "-" and "_" are no separators there.  Appends nothing where a name is not made so. */
void tail_key(struct bytes name, struct buffer *out);
int tail_infer(const struct bytes *names, size_t count, struct varying *ret);

/* The same text with the bytes of base64url in place of letters and digits, where `sibling` shows
 * that words of that length have them.  1: it does not; 0, -ENOMEM. */
int shape_widen(const struct varying *narrow, struct bytes sibling, struct varying *ret);

#endif
