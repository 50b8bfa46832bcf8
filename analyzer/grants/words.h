#ifndef ANALYZER_GRANTS_WORDS_H
#define ANALYZER_GRANTS_WORDS_H

#include "core/match.h"

/* Command lines in a file: arguments that each end with a NUL (proc(5), cmdline), or a script of
 * the shell, of which only what is certain is read: words and quotes, comments, line breaks that a
 * backslash takes away, and $HOME, $PWD and $TMPDIR at the beginning of a word. */

enum word_kind {
	WORD_TEXT,
	WORD_UNKNOWN, /* only where the script runs is known what it is */
	WORD_END,     /* of a command */
};

struct line_word {
	enum word_kind kind;
	enum root_kind root; /* before the text */
	struct buffer text;
	int line; /* 0: not known */
};

struct words {
	struct line_word *word;
	size_t count, capacity;
	bool failed;
};

/* The last word is WORD_END. */
void words_read(struct words *words, struct bytes text);
void words_cleanup(struct words *words); /* for scoped(words) */
/* Whether both are known to be the same. */
bool word_equal(const struct line_word *a, const struct line_word *b);
bool word_is(const struct line_word *word, const char *text);

#endif
