#ifndef ANALYZER_PROTECT_H
#define ANALYZER_PROTECT_H

#include "core/bytes.h"
#include "core/vocab.h"

struct error;
struct language;

/* An object that looks like a secret, or that starts by itself later: a row of protected.def, or a
 * line of the user's own file (protect_file.h). */
struct protected_object {
	const char *id, *pattern, *reason;
};

/* All of them.  The user's come first, and so before the exceptions of protected.def. */
struct protection;

/* `file` NULL: $XDG_CONFIG_HOME/pare/protected, else ~/.config/pare/protected, where there is one.
 * 0 or -errno; what is wrong with a file is said as "FILE:LINE: ...". */
int protection_open(struct protection **ret, const char *file, struct error *err);
struct protection *protection_share(struct protection *protection); /* closed once more */
void protection_close(struct protection *protection);		    /* NULL is fine */
/* How many the user has added, and in which file: NULL where none was read. */
size_t protection_added(const struct protection *protection, const char **ret_file);
/* Row by row: NULL at the end; an exception has no id. */
const struct protected_object *protection_row(const struct protection *protection, size_t row);

/* The object that protects `name` (raw bytes, resolved) from this action, or NULL.  Rows that come
 * first have the lower address. */
const struct protected_object *protect_find(const struct protection *protection,
					    enum resource resource, enum action action,
					    struct bytes name);

/* Whether a pattern, as in the rows of protected.def, fits a name. */
bool protect_fits(const char *pattern, struct bytes name);

/* Whether an action changes what is there, or its name. */
bool action_is_change(enum action action);

/* Whether some name of the language is protected from this action; also where that cannot be told.
 */
bool protect_meets(const struct protection *protection, enum resource resource, enum action action,
		   const struct language *language);

/* The first object at or behind `*row`, which moves on, that the language reaches and that none of
 * `without` does.  `witness` gets a name of it, nothing where it cannot be told.  NULL: none. */
const struct protected_object *protect_reached(const struct protection *protection,
					       enum resource resource, enum action action,
					       const struct language *language,
					       const struct language *const *without,
					       size_t withouts, size_t *row,
					       struct buffer *witness);

#endif
