#ifndef ANALYZER_GRANTS_TOML_PRIVATE_H
#define ANALYZER_GRANTS_TOML_PRIVATE_H

#include "analyzer/grants/toml.h"

/* Between the files of the reader of TOML. */

struct toml_reader {
	struct bytes text;
	size_t at;
	int line;
	const char *name;
	struct error *err;
};

/* The byte so many ahead; -1 at the end. */
int toml_peek(const struct toml_reader *reader, size_t ahead);
bool toml_take(struct toml_reader *reader, const char *text);
/* Spaces and tabs. */
void toml_blanks(struct toml_reader *reader);
/* The same, line breaks and comments. */
int toml_space(struct toml_reader *reader);
/* "NAME:LINE: reason"; -EINVAL. */
int toml_fail(const struct toml_reader *reader, const char *reason);
int toml_no_memory(const struct toml_reader *reader);

/* A string of any of the four kinds; a key may not have several lines. */
int toml_string(struct toml_reader *reader, bool is_key, struct buffer *out);
/* A number, a boolean or a time. */
int toml_scalar(struct toml_reader *reader, struct toml *ret);

/* The words of a dotted key, each a buffer. */
struct toml_path {
	struct buffer word[TOML_DEPTH_MAX];
	size_t count;
};
void toml_path_cleanup(struct toml_path *path); /* for scoped(toml_path) */
int toml_path(struct toml_reader *reader, struct toml_path *ret);

struct toml *toml_find(const struct toml *table, struct bytes key);
/* A new last child; `key` is taken over where the parent is a table.  NULL: no memory. */
struct toml *toml_add(struct toml *parent, const struct toml_reader *reader, enum toml_kind kind,
		      struct buffer *key);
/* What stands behind a key or in an array. */
int toml_value(struct toml_reader *reader, struct toml *parent, struct buffer *key, unsigned depth);
/* key = value, into the table, below which dots lead. */
int toml_assign(struct toml_reader *reader, struct toml *table, unsigned depth);

#endif
