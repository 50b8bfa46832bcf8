#ifndef ANALYZER_GRANTS_FIREJAIL_H
#define ANALYZER_GRANTS_FIREJAIL_H

#include "analyzer/grants/view.h"

/* Profiles of firejail: firejail-profile(5). */

struct firejail {
	const struct source *source;
	struct granted *grants;
	struct views places;
	struct buffer ignored;	    /* lines that do not count, each ended by a NUL */
	struct buffer unlisted;	    /* paths that no blacklist is to have, the same */
	struct buffer tops;	    /* folders that show what is whitelisted alone, the same */
	struct buffer calls;	    /* system calls that are refused, or alone allowed: "a,b," */
	struct buffer capabilities; /* that are taken away, or alone kept: "a,b," */
	struct buffer families;	    /* that are allowed: "unix,inet,"; none: all */
	bool calls_kept, capabilities_kept, has_capabilities;
	bool no_network, namespaces_restricted, debuggers;
	int depth;
	unsigned includes;
};

/* A line: "blacklist", "${HOME}/.ssh". */
struct fire_line {
	struct firejail *jail;
	const struct statement *from;
	const char *rest; /* behind the keyword, "" */
};

typedef void fire_read(const struct fire_line *line);
/* What is said of paths (firejail_places.c).  False: it is another keyword. */
bool fire_place(const struct fire_line *line, const char *keyword);
/* What each profile has, before its lines and after them. */
void fire_begin(struct firejail *jail);
/* Appends the path that the macro at the beginning stands for: ${HOME}, ~, ${CFG}, ${RUNUSER} ...
 * False: it is not known. */
bool fire_expand(const struct firejail *jail, const char *text, struct buffer *out);
/* What the sums come to (firejail_kernel.c). */
void fire_add_up(struct firejail *jail);
/* Whether a list, each ended by a NUL, has the text. */
bool fire_has(const struct buffer *list, const char *text);

#endif
