#ifndef ANALYZER_OPEN_FROM_H
#define ANALYZER_OPEN_FROM_H

#include "core/argv.h"

/* Which words of a command line people may have chosen. */
struct open_from {
	size_t first; /* that one and those behind it; as many as there are: none */
	bool is_code; /* those before are code for the files behind, and stay what they are */
	bool changed; /* that code writes the files */
};

/* `program` executes it; no data: it is of the text of a shell, where a folder that is changed into
 * and assignments may stand before the name. */
struct open_from open_from(const struct argv *argv, struct bytes program);

#endif
