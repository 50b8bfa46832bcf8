#ifndef CORE_VARYING_H
#define CORE_VARYING_H

#include "core/block.h"
#include "core/language.h"

/* A component of a path that varies: text, and classes of bytes between it, "cc{alnum:6}.o".  Of
 * a host, the whole name; there may be a block of addresses, too. */
struct part {
	struct bytes literal; /* raw; none: a class, or a block */
	enum class class;
	size_t min, max; /* bytes of the class; 1 of a shape */
	struct block block;
};

struct varying {
	struct part *part;
	size_t count;
	struct language language; /* the same */
	char *store;		  /* bytes of the literals */
};

/* No component is longer than NAME_MAX. */
#define VARYING_MAX 255

/* Adds a part, joined to the last where it is of the same kind.  `literal` is copied. */
int varying_add_literal(struct varying *varying, struct bytes literal);
int varying_add_class(struct varying *varying, enum class class, size_t min, size_t max);
int varying_add_block(struct varying *varying, const struct block *block);
/* Adds a part of another. */
int varying_add_part(struct varying *varying, const struct part *part);
/* Adds all of another, which need not be finished.  0, -ENOMEM, -EINVAL. */
int varying_append(struct varying *varying, const struct varying *more);
/* {any:N-255}: as many bytes as a name has room for, wherever the rest of it ends. */
bool part_is_star(const struct part *part);
/* To be called once the parts are there.  0, -ENOMEM; -EINVAL: nothing in it varies, or it is too
 * long. */
int varying_finish(struct varying *varying);
/* For who makes one to give away: finishes it and hands it over, unless `status` says that it has
 * failed before.  0; -ENOMEM; 1 where it is none: released, and `ret` untouched. */
int varying_give(struct varying *varying, int status, struct varying *ret);
void varying_release(struct varying *varying);
void varying_cleanup(struct varying *varying); /* for scoped(varying) */

/* "{alnum:6}", "{digit:1-4}", "{uuid}" (without the braces): 0 or -EINVAL. */
int class_read(struct bytes text, struct part *ret);
/* With the braces. */
void class_write(const struct part *part, struct buffer *out);

/* As patterns write it. */
void varying_write(const struct varying *varying, struct buffer *out);
/* 0: the same parts. */
int varying_compare(const struct varying *a, const struct varying *b);
/* Never "." nor "..". */
bool varying_matches(const struct varying *varying, struct bytes component);

#endif
