#ifndef CORE_LANGUAGE_PRIVATE_H
#define CORE_LANGUAGE_PRIVATE_H

#include "core/language.h"

/* Between the files of languages.  A set of states says which letters may be next: bit of each, and
 * of the end. */

#define LETTERS_MAX 8192

size_t states_words(const struct language *language);
bool states_have(const uint64_t *states, size_t at);
/* The states before the first byte, in `ret`, which has states_words() words. */
void states_begin(const struct language *language, uint64_t *ret);
/* Those after one more byte. */
void states_step(const struct language *language, const uint64_t *from, unsigned char byte,
		 uint64_t *ret);

static inline bool letter_has(const struct letter *letter, unsigned char byte)
{
	return letter->set[byte / 64] >> byte % 64 & 1;
}

/* A byte of both letters, the first that can be seen if there is one; -1: none. */
int common_byte(const struct letter *a, const struct letter *b);

/* A shortest name of `within`, one or two, if it is in none of `without`: then it is a shortest one
 * of what is left.  Mostly it is, and to find it costs little.  False: look for another. */
bool find_quickly(const struct language *const *within, size_t withins,
		  const struct language *const *without, size_t withouts, struct buffer *witness);

/* Appends what stands in `backwards`, the last byte first. */
void append_reversed(struct buffer *out, struct buffer *backwards);

#endif
