#ifndef CORE_SHELL_PRIVATE_H
#define CORE_SHELL_PRIVATE_H

#include "core/argv_private.h"

/* Between shell_lex.c and shell.c. */

enum shell_kind {
	SHELL_WORD,
	SHELL_REDIRECT, /* `text` is "2>"; the word behind it is its own */
	SHELL_AND,	/* && */
	SHELL_OR,	/* || */
	SHELL_PIPE,
	SHELL_BACKGROUND, /* & */
	SHELL_NEXT,	  /* ; */
	SHELL_LINE,	  /* a line break */
	SHELL_END,
	SHELL_UNKNOWN, /* what is not certain to mean the same in every shell */
};

struct shell_token {
	enum shell_kind kind;
	struct buffer text; /* of a word: without its quotes */
	size_t assigned;    /* of a word that begins NAME=, not quoted: bytes before the value */
};

struct shell_lexer {
	struct bytes text;
	size_t at;
};

/* Reads the next token into `token`, whose text is cleared first. */
void shell_next(struct shell_lexer *lexer, struct shell_token *token);

#endif
