#ifndef ANALYZER_OPEN_WORDS_H
#define ANALYZER_OPEN_WORDS_H

#include "core/argv.h"

/* What command lines have in common whose words vary from run to run. */

enum open_how {
	OPEN_NOT,    /* none */
	OPEN_CHANCE, /* only words that chance makes (analyzer/shape.h) */
	OPEN_CHOSEN, /* and names of files that people choose, and what an option is given */
};

/* Appends what only command lines of the same make have.  `program` executes it; no data: the
 * first word names it. */
void words_key(const struct argv *argv, struct bytes program, enum open_how how,
	       struct buffer *out);

/* The template that admits each of `argv`, which have the same key.  1: there is none that may be:
 * code and the commands that a program runs for another keep their words but for those of chance
 * (the files that certain code is run over may be chosen: argv_inputs()), an option is never open,
 * and no word may become one.  0, -ENOMEM. */
int words_infer(const struct argv *const *argv, size_t count, struct bytes program,
		enum open_how how, struct argv *ret);

#endif
