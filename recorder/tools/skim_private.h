#ifndef RECORDER_TOOLS_SKIM_PRIVATE_H
#define RECORDER_TOOLS_SKIM_PRIVATE_H

/* What the files skim*.c share; nobody else includes this. */

#include "recorder/tools/skim.h"

enum {
	STATE_VALUE, /* a value begins */
	STATE_FIRST_ITEM,
	STATE_FIRST_KEY,
	STATE_KEY,
	STATE_COLON,
	STATE_NEXT, /* behind a value */
	STATE_STRING,
	STATE_ESCAPE,
	STATE_UNICODE,
	STATE_LITERAL,
	STATE_MINUS, /* of a number, what has been read */
	STATE_ZERO,
	STATE_WHOLE,
	STATE_POINT,
	STATE_FRACTION,
	STATE_E,
	STATE_E_SIGN,
	STATE_EXPONENT,
	STATE_COUNT
};

/* Where the character leads to in a number (RFC 8259, 6); 0: it does not belong to it. */
int skim_number_next(int state, char c);
bool skim_number_is_whole(int state);

#endif
