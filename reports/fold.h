#ifndef REPORTS_FOLD_H
#define REPORTS_FOLD_H

#include "reports/tally.h"

/* Many names told in few lines that together cover them all: a line is one name or a folder and
 * how many lie below it.  Folders are opened, the most telling place first, as long as their
 * children fit. */
struct fold_line {
	size_t begin, end; /* rows */
	size_t prefix;	   /* bytes of the folder that all share, with its slash; 0: several */
	bool whole;	   /* is not opened */
};

#define FOLD_LINES 32

/* Writes at most `limit` (<= FOLD_LINES) lines in the order of the rows; returns how many.
 * The rows of a part are sorted by place and name.  `open_system`: also below /usr,
 * /etc and so on. */
size_t fold(const struct tally_part *part, bool open_system, size_t limit,
	    struct fold_line ret[static FOLD_LINES]);

/* Bytes of the name up to and with the slash behind the component at `prefix`; the whole name
 * where no slash follows. */
size_t fold_component(struct bytes name, size_t prefix);
/* The rows at `begin` that share the next component behind `prefix`: where they end. */
size_t fold_next(const struct tally_part *part, size_t begin, size_t end, size_t prefix);

#endif
