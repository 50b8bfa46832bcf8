#ifndef CORE_LANGUAGE_H
#define CORE_LANGUAGE_H

#include "core/bytes.h"

#include <stdint.h>

/* Sets of names as letters in a row, each a byte of a set: what a pattern means, in a form in
 * which two can be compared.  Zero one to begin; `failed` as in struct buffer. */
struct letter {
	uint64_t set[4]; /* bit of each byte */
	bool skip;	 /* may be missing */
	bool repeat;	 /* may be there again */
	uint16_t over;	 /* or it and those behind it, so many in all, may be; 0: no */
};

struct language {
	struct letter *letter;
	size_t count, capacity;
	bool either; /* some letter leads over others */
	bool failed;
};

enum class {
#define CLASS(id, name, ranges) CLASS_##id,
#define SHAPE(id, name, shape)	CLASS_##id,
#include "core/class.def"
	CLASSES
};

const char *class_name(enum class class);
/* False: there is none of that name. */
bool class_find(struct bytes name, enum class *ret);
/* Whether it is a shape, which has the length it has. */
bool class_is_shape(enum class class);
/* Pairs of the first and last byte of each range; of a shape x for a hexadecimal digit, 9 for a
 * decimal one, and else itself (core/class.def). */
const char *class_text(enum class class);
/* How many bytes a shape has. */
size_t class_size(enum class class);
bool class_has(enum class class, char byte);
/* Whether the text begins with what the shape admits. */
bool class_begins(enum class class, struct bytes text);
/* How many different bytes a class has; 0 of a shape. */
unsigned class_width(enum class class);

void language_add_literal(struct language *language, struct bytes literal);
/* One byte from the first to the last. */
void language_add_range(struct language *language, unsigned char first, unsigned char last);
/* From `min` to `max` bytes of the class; a shape once. */
void language_add_class(struct language *language, enum class class, size_t min, size_t max);
/* One component: anything but a slash, at least one byte. */
void language_add_component(struct language *language);
/* Components with slashes between them. */
void language_add_subtree(struct language *language);
/* Any bytes, with or without slashes; none, too. */
void language_add_any(struct language *language, bool slashes);
/* What `more` has behind what there is. */
void language_append(struct language *language, const struct language *more);
/* What one of the ways has; there is at least one. */
void language_add_either(struct language *language, const struct language *way, size_t count);
void language_release(struct language *language);
void language_cleanup(struct language *language); /* for scoped(language) */

bool language_matches(const struct language *language, struct bytes name);
/* Whether a name is in both; appends one of the shortest to `witness` (may be NULL).
 * 1 or 0, -ENOMEM, or -E2BIG: too large to tell. */
int language_intersects(const struct language *a, const struct language *b, struct buffer *witness);
/* A name that is in each of `within`, one to four, and in none of `without`, which may be together
 * what no one of them is; appends one of the shortest.  1: there is one, 0: there is none, -ENOMEM,
 * -E2BIG. */
int language_find(const struct language *const *within, size_t withins,
		  const struct language *const *without, size_t withouts, struct buffer *witness);
/* Whether all of `small` is in `large`; appends a name that is not. */
int language_includes(const struct language *large, const struct language *small,
		      struct buffer *witness);

#endif
