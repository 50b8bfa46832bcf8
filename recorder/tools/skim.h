#ifndef RECORDER_TOOLS_SKIM_H
#define RECORDER_TOOLS_SKIM_H

#include "core/bytes.h"

#include <stdint.h>

/* Reads one JSON text (RFC 8259) once, forward, in pieces of any size and with bounded memory:
 * whether it is one, and where the members of fields.def are.  Of a member that is there twice the
 * last counts, as for JSON.parse().  It is not asked to be UTF-8. */

enum field {
	FIELD_NONE,
	FIELD_ROOT,
#define FIELD(name, within, member, text) FIELD_##name,
#include "recorder/tools/fields.def"
	FIELD_COUNT
};

#define SKIM_DEPTH_MAX 1024 /* nested deeper is malformed */
#define SKIM_TEXT_MAX  4096 /* of a scalar; what is longer is cut */
#define SKIM_KEY_MAX   128

struct skim_field {
	size_t begin, end; /* from the first byte of the message */
	char first;	   /* '{' '[' '"' 't' 'f' 'n' '-' or a digit; NUL: it is not there */
};

/* Zero it to begin. */
struct skim {
	struct skim_field field[FIELD_COUNT];
	struct buffer text[FIELD_COUNT]; /* as it was sent: with quotes and escapes */
	size_t offset;
	bool malformed;
	/* private */
	int state;
	size_t depth;
	uint8_t is_array[SKIM_DEPTH_MAX / 8];
	enum field within[4];	/* what the containers that are open are, the outermost first */
	enum field value;	/* what the value is that begins, or is being read */
	enum field texting;	/* whose text is kept now */
	bool is_key, keeps_key; /* the string is a member's name; it is wanted */
	char key[SKIM_KEY_MAX];
	size_t key_size;
	unsigned left;	     /* digits of \u that are missing */
	const char *literal; /* what must still come of true, false, null */
};

void skim_feed(struct skim *skim, struct bytes data);
/* There is no more: it is malformed where it is not whole. */
void skim_end(struct skim *skim);
/* As before the first byte; memory is kept. */
void skim_clear(struct skim *skim);
void skim_release(struct skim *skim);

bool skim_has(const struct skim *skim, enum field field);
/* Whether it is that string (also where it is written with escapes). */
bool skim_is(const struct skim *skim, enum field field, const char *text);
/* Appends what a string says, or the text of another scalar behind `mark`, so that 1 and "1" are
 * two; false where there is none, or it was cut. */
bool skim_key(const struct skim *skim, enum field field, char mark, struct buffer *out);
/* Appends what the inside of a string says (RFC 8259, 7); false where an escape is none or half
 * of a surrogate pair is missing. */
bool json_string_decode(struct bytes inside, struct buffer *out);
/* Appends what a string says; false where it is none. */
bool skim_string(const struct skim *skim, enum field field, struct buffer *out);

#endif
