#ifndef CORE_SQL_PRIVATE_H
#define CORE_SQL_PRIVATE_H

#include "core/sql.h"

/* Between sql.c and sql_token.c. */

enum sql_kind {
	SQL_END, /* of the text, or a ";" with nothing behind it */
	SQL_WORD,
	SQL_QUOTED, /* the name in "quotes" */
	SQL_NUMBER,
	SQL_STRING,
	SQL_SIGN, /* one byte */
	SQL_ODD,  /* not certain in every dialect */
};

struct sql_token {
	enum sql_kind kind;
	struct bytes text;
};

enum sql_class { SQL_NO_WORD, SQL_NAME, SQL_FUNCTION, SQL_STRUCTURE, SQL_PLAIN, SQL_REFUSED };

struct sql_token sql_next(struct bytes *rest);
enum sql_class sql_class_of(const struct sql_token *token);
/* Whether it is that word, in whatever case, or that sign. */
bool sql_is(const struct sql_token *token, const char *word);

#endif
