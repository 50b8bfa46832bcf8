#ifndef RECORDER_SECRETS_FIND_H
#define RECORDER_SECRETS_FIND_H

#include "core/bytes.h"

/* Secrets in the middle of text, by what they look like or by what stands before them:
 *   a row of shapes.def, a private key in PEM, scheme://user:SECRET@host,
 *   Header: SECRET (headers.def), "name": "SECRET" and name=SECRET (core/secret_name.def). */

struct finding {
	size_t begin, end;
	struct bytes name; /* what gave it away; borrowed from the text or from a table */
};

/* The next one at `from` or later.  Each byte is looked at a bounded number of times. */
bool secret_find(struct bytes text, size_t from, struct finding *ret);

/* The name that ends just before `end`: letters, digits, _ . and -, no leading -. */
struct bytes secret_name_before(struct bytes text, size_t end);
/* Whether the value only says where the secret is ($TOKEN, <token>, ***, [secret:...]). */
bool secret_is_reference(struct bytes value);

/* shape.c: the row of shapes.def, or PEM key, that begins at `at`. */
bool shape_find(struct bytes text, size_t at, struct finding *ret);

#endif
