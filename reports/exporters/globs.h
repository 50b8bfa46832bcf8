#ifndef REPORTS_EXPORTERS_GLOBS_H
#define REPORTS_EXPORTERS_GLOBS_H

#include "core/match.h"

struct part;

/* Patterns in the words of AppArmor (apparmor.d(5), globbing), exactly: in text that stands between
 * double quotes. */
void apparmor_glob(const struct pattern *pattern, struct buffer *out);
/* A name that stands for itself there. */
void apparmor_quote(struct bytes name, struct buffer *out);

/* A regular expression that whole names match, exactly: the grammar that RE2, PCRE and the extended
 * ones of POSIX have in common.  Bytes are those of the name; a root that is not bound is its
 * text, "$WS". */
void regex_write(const struct pattern *pattern, struct buffer *out);
/* The same of a part of a component, and of a text that stands for itself. */
void regex_part(const struct part *part, struct buffer *out);
void regex_literal(struct bytes text, struct buffer *out);

#endif
