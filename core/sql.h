#ifndef CORE_SQL_H
#define CORE_SQL_H

#include "core/bytes.h"

/* Appends what a statement does: "select orders,users where", "update users from log where",
 * "insert log", "delete log": its verb, what it changes, the tables it reads in their order,
 * whether it is limited by a WHERE of its own.  0, or 1 where any of it is not certain in every
 * dialect: a word, a function or a sign that is not known, comments, several statements, WITH,
 * UNION, escapes and quotes that dialects read differently; -ENOMEM. */
int sql_shape(struct bytes text, struct buffer *out);

#endif
