#ifndef ANALYZER_GRANTS_VIEW_H
#define ANALYZER_GRANTS_VIEW_H

#include "analyzer/grants/grants.h"

/* What mounts make of the file system: each path says for itself, and for all below it that has
 * no say of its own, whether there is something to be seen, changed, executed. */

enum view_right { VIEW_SEE, VIEW_CHANGE, VIEW_EXECUTE, VIEW_RIGHTS };

struct view {
	char *path;	      /* canonical, raw */
	unsigned said, given; /* bits, 1 << VIEW_X */
	struct statement from;
	char *text; /* of the statement, owned */
};

struct views {
	struct view *place;
	size_t count;
	bool failed;
	bool is_full; /* that there is no more room was told */
};

/* Says of `said` that `given` of it is there.  What is said later of the same path counts.  False:
 * it is no path, which is noted. */
bool views_say(struct views *places, const struct statement *from, struct bytes path, unsigned said,
	       unsigned given);
/* Grants what there is, and denies what is not where that is shorter.  Of what is hidden in `/` but
 * for a part, the usual names of `/` are granted in its place. */
void views_add_up(struct views *places, const struct source *source, struct granted *grants);
void views_release(struct views *places);

#endif
