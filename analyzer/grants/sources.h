#ifndef ANALYZER_GRANTS_SOURCES_H
#define ANALYZER_GRANTS_SOURCES_H

#include "analyzer/grants/grants.h"

#include <jansson.h>

/* What several importers read alike. */

/* The actions on every path that a glob admits: "*" and "?" within a component, "**" across them,
 * "[a-z]", "{a,b}", and a backslash before what stands for itself (apparmor.d(5); gitignore(5)
 * without braces).  It must be absolute; a slash at its end is of no account.  What a pattern
 * cannot say so exactly is wider, which is noted. */
void granted_add_glob(const struct statement *from, enum resource resource, unsigned actions,
		      struct bytes glob);
/* Appends the patterns of what the glob admits, each ended by a NUL.  False: it is none, which is
 * noted. */
bool glob_patterns(const struct statement *from, enum resource resource, struct bytes glob,
		   struct buffer *ret);

/* Appends the pattern of a program: of a path the file that it leads to on this machine, of a name
 * what PATH leads to.  False: there is none, which is noted. */
bool program_pattern(const struct statement *from, struct bytes name, struct buffer *ret);

/* The document, which the caller owns: members twice are an error, as is what follows it.  NULL:
 * `err` says "NAME:LINE: ...". */
json_t *source_json(const struct source *source, struct error *err);
/* A string's bytes, raw; none where it is no string. */
struct bytes json_bytes_of(const json_t *value);

#endif
