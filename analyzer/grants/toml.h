#ifndef ANALYZER_GRANTS_TOML_H
#define ANALYZER_GRANTS_TOML_H

#include "core/bytes.h"
#include "core/hash.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

/* A document in TOML 1.0 (https://toml.io/en/v1.0.0), as a tree. */

enum toml_kind {
	TOML_TABLE,
	TOML_ARRAY,
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT, /* kept as its text */
	TOML_BOOLEAN,
	TOML_TIME, /* a date, a time, or both; kept as its text */
};

/* Which tables may be added to later. */
enum toml_made {
	TOML_BY_VALUE,	/* { ... } or [ ... ]: never */
	TOML_BY_HEADER, /* [here], or an element of [[here]] */
	TOML_BY_PART,	/* on the way to a header, which may still come */
	TOML_BY_DOTS,	/* here.key = ...: by further keys beside it, and by deeper headers */
	TOML_BY_LIST,	/* the array of [[here]]: by further elements */
};

struct toml {
	enum toml_kind kind;
	enum toml_made made;
	int line;
	struct buffer key;	   /* of a member: raw; may hold NULs */
	struct buffer text;	   /* TOML_STRING: raw; numbers and times: as they stand there */
	int64_t integer;	   /* 0 or 1 of a boolean */
	struct toml *child, *last; /* members or elements, in the document's order */
	struct toml *next;	   /* beside it */
	struct toml *by_key;	   /* members of a table */
	UT_hash_handle hh;
};

#define TOML_DEPTH_MAX 64		 /* tables and arrays in each other */
#define TOML_BYTES_MAX ((size_t)4 << 20) /* of a document */

/* 0, -ENOMEM, or -EINVAL with "NAME:LINE: what is wrong". */
int toml_read(struct bytes text, const char *name, struct toml **ret, struct error *err);
void toml_free(struct toml *value);
void toml_cleanup(struct toml **value); /* for scoped(toml) */

/* The member of that name, or NULL; also where `table` is NULL or none. */
const struct toml *toml_get(const struct toml *table, const char *key);
/* Whether it is a string of exactly this text. */
bool toml_is(const struct toml *value, const char *text);

#endif
