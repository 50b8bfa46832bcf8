#ifndef ANALYZER_GRANTS_PLACES_H
#define ANALYZER_GRANTS_PLACES_H

#include "analyzer/grants/grants.h"

/* Paths as the settings of agents have them: absolute, of the home folder, or of the folder that
 * the agent works in, which is $WS whether or not anybody said where it is. */

enum place_style {
	PLACE_PLAIN,   /* "/x" is absolute, as is "//x"; all else is below $WS */
	PLACE_PROJECT, /* "//x" is absolute, "/x" below $WS */
};

struct place {
	enum root_kind root;
	struct buffer path; /* behind the root: "/a/b" without a slash at its end; "" for the root
			     * itself, be it "/" */
};

void place_cleanup(struct place *place); /* for scoped(place) */
/* No "." and empty components, ".." taken back.  False: it leads out of a root, which is noted. */
bool place_read(const struct statement *from, struct bytes text, enum place_style style,
		struct place *ret);
/* Whether `inner` is `outer` or below it; where nobody said what a root stands for, the likelier:
 * a project may be below /home, and hardly below ~/.ssh. */
enum holding { HOLDS_NOT, HOLDS_HARDLY, HOLDS };
enum holding place_holds(const struct place *outer, const struct place *inner,
			 const struct roots *roots);
bool place_is_everything(const struct place *place); /* "/" */
/* Whether a byte in it is one of a glob. */
bool place_is_glob(const struct place *place);

/* The actions on what it names, and on all below it. */
void place_add_tree(const struct statement *from, enum resource resource, unsigned actions,
		    const struct place *place);
/* The same as `inside` for what is below it alone. */
void place_add_parts(const struct statement *from, enum resource resource, unsigned actions,
		     unsigned inside, const struct place *place);
/* The actions on every path that it, as a pattern of gitignore(5), names: what it matches and all
 * below that; `floats`: at any depth. */
void place_add_ignored(const struct statement *from, enum resource resource, unsigned actions,
		       const struct place *place, bool floats);

#endif
