#ifndef REPORTS_EXPORTERS_PROGRAMS_H
#define REPORTS_EXPORTERS_PROGRAMS_H

#include "core/policy.h"

#include <stdbool.h>

struct losses;

/* A program as command lines name it: "git", which is "/usr/bin/git". */
struct executable {
	struct bytes name; /* the last component, in letters, digits and ._+- */
	char *path;	   /* owned */
};

/* False: the rule executes nothing, or what it does cannot be named by a command line, which is
 * told. */
bool rule_program(const struct rule *rule, struct executable *ret, struct losses *losses);
void executable_cleanup(struct executable *program); /* for scoped(executable) */

/* Whether a template of arguments can be written as words: plain ones, and a lone * for any one;
 * what cannot is told as dropped.  "()": none. */
bool template_is_plain(const struct rule *rule, const char *text, struct losses *losses);

#endif
