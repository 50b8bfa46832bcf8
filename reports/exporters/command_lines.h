#ifndef REPORTS_EXPORTERS_COMMAND_LINES_H
#define REPORTS_EXPORTERS_COMMAND_LINES_H

#include "core/varying.h"

struct losses;
struct rule;

/* Templates of arguments (core/argv.h) for formats that are asked with the arguments of a command
 * as a policy has them: in their canonical form, a space between words, "()" for none. */

/* PIECE_WORDS: any words, or none; the text before it then ends without its space. */
enum piece_kind { PIECE_TEXT, PIECE_WORD, PIECE_WORDS, PIECE_CLASS };

/* One after another, they are the template. */
struct piece {
	enum piece_kind kind;
	struct bytes text; /* of PIECE_TEXT: as it stands there, borrowed */
	struct part part;  /* of PIECE_CLASS */
	bool begins;	   /* a word: then it may not begin with a dash */
};

/* False: that was the last.  `at` moves on in `text`, from its beginning. */
bool template_next(const char *text, size_t *at, struct piece *ret);
/* Whether a * or a class is in it. */
bool template_is_open(const char *text);
/* Whether it ends with "**": any words, or none. */
bool template_goes_on(const char *text);
/* How many spaces are in what it admits, where it does not end so. */
size_t template_spaces(const char *text);

/* Tells what who asks has to do for a rule of programs with arguments. */
void command_line_losses(const struct rule *rule, struct losses *losses);

#endif
