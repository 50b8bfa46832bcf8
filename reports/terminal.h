#ifndef REPORTS_TERMINAL_H
#define REPORTS_TERMINAL_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How text for people may look where it goes. */
struct terminal {
	bool colour; /* $NO_COLOR set wins, then $CLICOLOR_FORCE, then whether it is a terminal */
	bool utf8;   /* by locale; else everything that is not ASCII is escaped */
	unsigned columns; /* of the terminal, else $COLUMNS, both held to 40..160; else 100 */
};

struct terminal terminal_of(FILE *out);

enum style {
	STYLE_PLAIN,
	STYLE_STRONG,
	STYLE_FAINT,
	STYLE_GOOD,
	STYLE_CAUTION,
	STYLE_BAD,
};

/* Appends text of our own, in a style. */
void terminal_add(const struct terminal *terminal, enum style style, const char *text,
		  struct buffer *out);
/* Appends a name from outside, never raw: as text_escape(TEXT_SAFE) writes it, in ASCII where the
 * terminal knows no more, cut in the middle beyond `columns` (0: never).  Returns the columns
 * it takes. */
unsigned terminal_add_name(const struct terminal *terminal, struct bytes name, unsigned columns,
			   struct buffer *out);
/* The same for text that was escaped once already (a pattern of a policy): its backslashes
 * stay as they are. */
unsigned terminal_add_escaped(const struct terminal *terminal, struct bytes text, unsigned columns,
			      struct buffer *out);
/* Appends one word quoted as for a shell. */
void terminal_add_word(const struct terminal *terminal, struct bytes word, struct buffer *out);
/* Appends an argument vector (each ended by a NUL) quoted as for a shell. */
unsigned terminal_add_command(const struct terminal *terminal, struct bytes argv, unsigned columns,
			      struct buffer *out);
/* Appends spaces that bring `have` columns to `want`. */
void terminal_pad(unsigned have, unsigned want, struct buffer *out);
/* Breaks lines that are wider than the terminal at their spaces; what follows is indented two
 * columns deeper than the line began. */
void terminal_wrap(const struct terminal *terminal, struct bytes text, struct buffer *out);
/* Appends a bar so many columns wide, filled by part of whole (held to 0..1): eighths of a block,
 * or # and . where the terminal knows no UTF-8. */
void terminal_add_bar(const struct terminal *terminal, int64_t part, int64_t whole,
		      unsigned columns, struct buffer *out);
/* "1,204", then with a word: "1,204 files", "1 file". */
void terminal_add_number(int64_t number, struct buffer *out);
void terminal_add_count(int64_t count, const char *one, const char *many, struct buffer *out);

#endif
