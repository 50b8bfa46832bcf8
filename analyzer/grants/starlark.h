#ifndef ANALYZER_GRANTS_STARLARK_H
#define ANALYZER_GRANTS_STARLARK_H

#include "core/bytes.h"

#include <stdbool.h>

struct error;

/* The part of Starlark (https://github.com/bazelbuild/starlark/blob/master/spec.md) that is data:
 * calls of functions whose arguments are strings and lists. */

enum star_kind {
	STAR_STRING,
	STAR_LIST,
	STAR_CALL,  /* a statement: name(arguments) */
	STAR_OTHER, /* an expression or a statement of any other kind */
};

struct star {
	enum star_kind kind;
	int line;
	struct buffer name;		  /* of a call; of an argument that is given by name */
	struct buffer text;		  /* of a string, raw; of others as they stand there */
	struct star *child, *last, *next; /* elements, arguments */
};

#define STAR_DEPTH_MAX 16
#define STAR_BYTES_MAX ((size_t)4 << 20)

/* The statements, a list.  0, -ENOMEM, or -EINVAL with "NAME:LINE: what is wrong". */
int star_read(struct bytes text, const char *name, struct star **ret, struct error *err);
void star_free(struct star *value);
void star_cleanup(struct star **value); /* for scoped(star) */
/* The argument of that name, or NULL. */
const struct star *star_argument(const struct star *call, const char *name);

#endif
