#ifndef ANALYZER_TAIL_H
#define ANALYZER_TAIL_H

#include "core/varying.h"

/* Names that programs make of hashes, and that do not fall apart into words (analyzer/shape.h has
 * the others, and says what these functions return). */

/* Folders of two hexadecimal digits, over which hashes are spread: "objects/3f". */
void spread_key(struct bytes name, struct buffer *out);
int spread_infer(const struct bytes *names, size_t count, struct varying *ret);

/* A word in lower case and, behind a separator, the bytes of base64url (RFC 4648), "-" and "_"
 * among them: "cart-B-104SJs.js". */
void tail_key(struct bytes name, struct buffer *out);
int tail_infer(const struct bytes *names, size_t count, struct varying *ret);

/* How long the tails of a folder are that have more than letters and digits. */
struct tails {
	bool has[VARYING_MAX + 1];
};

void tail_note(struct bytes name, struct tails *tails);
/* Where letters and digits are as many as such tails have bytes, takes the bytes of base64url in
 * their place: of few names, none may have had the rarest.  0, -ENOMEM. */
int tail_widen(struct varying *varying, const struct tails *tails);

#endif
