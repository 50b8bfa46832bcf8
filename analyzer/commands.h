#ifndef ANALYZER_COMMANDS_H
#define ANALYZER_COMMANDS_H

#include "analyzer/evidence.h"

/* Command lines as evidence: an atom of a program that was executed, with the text of its
 * arguments (core/argv.h) where others have the phase.  Which phase a program was executed in is
 * known of the program, not of its arguments. */

/* Merges one of the run that is being read.  0, -ENOMEM; -EINVAL: nobody knows what it was. */
int commands_add(struct evidence *evidence, const struct roots *roots, struct bytes program,
		 struct bytes argv);
/* Gives the rules of programs the arguments they were executed with; `widen`: words that vary from
 * run to run are open (open_commands.h).  0, -ENOMEM. */
int commands_attach(const struct evidence *evidence, bool widen, struct policy *policy);
/* Whether runs that are tried used a command that no run has which is left, or -ENOMEM; counts
 * these uses.  An exec is one use already, of its program: what is denied both is counted there. */
int commands_deny(const struct evidence *evidence, bool widen, const bool *left_out,
		  const bool *tried, int64_t *denied_uses);
/* Marks runs that alone used a command. */
void commands_mark_lone(struct evidence *evidence);

#endif
