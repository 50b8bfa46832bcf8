#ifndef CORE_TEXT_PRIVATE_H
#define CORE_TEXT_PRIVATE_H

#include <stdbool.h>

/* Classes of code points (unicode.def), for text.c and text_width.c. */
enum code_class {
	CODE_BIDI,
	CODE_INVISIBLE,
	CODE_LATIN,
	CODE_LOOKALIKE,
	CODE_COMBINING,
	CODE_WIDE,
};

bool code_is(enum code_class which, unsigned code);

#endif
