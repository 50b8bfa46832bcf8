#ifndef REPORTS_EXPORTERS_HEADER_H
#define REPORTS_EXPORTERS_HEADER_H

#include "core/bytes.h"

#include <jansson.h>
#include <stddef.h>

struct error;
struct losses;
struct policy;
struct rule;

/* Appends "MARK TEXT" and a newline; a control character in `text` becomes a question mark, so that
 * the comment cannot end before its line does. */
void comment_line(const char *mark, const char *text, struct buffer *out);

/* Appends comment lines that begin with `mark`: who made it, `use` (how it is used, a line each),
 * the agent, the digests of the policy and of its evidence, and all losses.  0 or -errno. */
int header_write(const struct policy *policy, const struct losses *losses, const char *mark,
		 const char *const *use, size_t use_count, struct buffer *out, struct error *err);

/* Appends "  MARK wider than r-1 r-2", naming those of the rules that have such a loss, or nothing.
 */
void comment_wider(const char *mark, const struct losses *losses, const struct rule *const *rule,
		   size_t count, struct buffer *out);

/* What header_write() says as an object, for formats without comments.  NULL: `err` says why. */
json_t *header_json(const struct policy *policy, const struct losses *losses, struct error *err);

/* Appends a document, takes it over (NULL: memory ran out).  Members stand in the order they were
 * set in.  ASCII: the same to every reader of JSON, and safe on a terminal.  0 or -ENOMEM. */
int json_finish(json_t *whole, struct buffer *out, struct error *err);

/* How names are written into text of JSON: NULL where they are not UTF-8. */
json_t *json_name(struct bytes text);

#endif
