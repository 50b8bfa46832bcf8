#ifndef REPORTS_EXPORTERS_PROGRAMS_H
#define REPORTS_EXPORTERS_PROGRAMS_H

#include "core/policy.h"

#include <stdbool.h>

struct losses;

/* A program as command lines name it: "git", which is "/usr/bin/git". */
struct program {
	struct bytes name; /* the last component, in letters, digits and ._+- */
	char *path;	   /* owned */
};

/* False: the rule executes nothing, or what it does cannot be named by a command line, which is
 * told. */
bool rule_program(const struct rule *rule, struct program *ret, struct losses *losses);
void program_cleanup(struct program *program); /* for scoped(program) */

#endif
