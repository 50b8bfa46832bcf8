#include "core/text_private.h"

#include <stddef.h>

struct range {
	unsigned first, last;
};

static const struct range bidi[] = {
#define BIDI(first, last) { first, last },
#include "core/unicode.def"
};

static const struct range invisible[] = {
#define INVISIBLE(first, last) { first, last },
#include "core/unicode.def"
};

static const struct range latin[] = {
#define LATIN(first, last) { first, last },
#include "core/unicode.def"
};

static const struct range lookalike[] = {
#define LOOKALIKE(first, last) { first, last },
#include "core/unicode.def"
};

static const struct range combining[] = {
#define COMBINING(first, last) { first, last },
#include "core/unicode.def"
};

static const struct range wide[] = {
#define WIDE(first, last) { first, last },
#include "core/unicode.def"
};

static const struct {
	const struct range *range;
	size_t count;
} list[] = {
#define LIST(array)                                                                                \
	{                                                                                          \
		array, sizeof(array) / sizeof *(array)                                             \
	}
	[CODE_BIDI] = LIST(bidi),	    [CODE_INVISIBLE] = LIST(invisible),
	[CODE_LATIN] = LIST(latin),	    [CODE_LOOKALIKE] = LIST(lookalike),
	[CODE_COMBINING] = LIST(combining), [CODE_WIDE] = LIST(wide),
};

bool code_is(enum code_class which, unsigned code)
{
	size_t low = 0, high = list[which].count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct range *range = &list[which].range[middle];

		if (code >= range->first && code <= range->last)
			return true;
		if (code < range->first)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
