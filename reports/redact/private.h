#ifndef REPORTS_REDACT_PRIVATE_H
#define REPORTS_REDACT_PRIVATE_H

#include "reports/redact/redact.h"

#include <stdbool.h>
#include <stddef.h>

/* What redact.c, secrets.c and learn.c share. */

#define TOKEN_SIZE 15

struct secret {
	char *text;
	size_t size;
	bool is_folder; /* one that has a symbol: what stands below it is hidden, whatever it is */
	char token[TOKEN_SIZE + 1];
};

struct redactor {
	uint8_t salt[2][16];   /* of tokens; of what shows that it is one */
	struct secret *secret; /* after secrets_settle() by text, each once */
	size_t count, capacity;
	size_t settled; /* how many of them there were then */
	bool failed;	/* memory ran out */
};

/* ---- secrets.c ---- */

/* The token of a name, with a NUL. */
void redactor_token(const struct redactor *redactor, struct bytes name,
		    char ret[static TOKEN_SIZE + 1]);
/* Whether it stands for something already. */
bool redactor_is_token(const struct redactor *redactor, struct bytes word);

/* Adds a name as it may stand in text: raw, and escaped; `symbol` NULL: a token of its own, but
 * none for a word that everybody uses (words.def) or a number. */
void secrets_add(struct redactor *redactor, struct bytes name, const char *symbol);
void secrets_settle(struct redactor *redactor);
/* The longest that stands there, or NULL. */
const struct secret *secrets_find(const struct redactor *redactor, struct bytes text, size_t at);

/* ---- redact.c ---- */

/* Bytes of the folder with a symbol that a name begins with, or 0. */
size_t redact_folder(const struct redactor *redactor, struct bytes text, size_t at,
		     struct buffer *out);

#endif
