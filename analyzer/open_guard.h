#ifndef ANALYZER_OPEN_GUARD_H
#define ANALYZER_OPEN_GUARD_H

#include "analyzer/evidence.h"
#include "core/argv.h"

/* Whether a word of the template that varies could name a file that is protected, from being read
 * or, where it is known that the program writes it, from that; a relative name as of the workspace.
 * Also where that cannot be told.  `program` as open_from() has it. */
bool open_guard_reaches(const struct evidence *evidence, const struct argv *argv,
			struct bytes program);

#endif
