#ifndef ANALYZER_GENERALISE_H
#define ANALYZER_GENERALISE_H

#include "analyzer/objective.h"

struct error;
struct evidence;
struct feasible;

/* Replaces the atoms of names that will be others the next time by atoms whose patterns admit
 * what is made likewise: by chance (analyzer/shape.h), or where people choose names anew
 * (analyzer/chosen.h).  Where that costs less (analyzer/objective.h): the folders are cut, from
 * the bottom up, so that what all their rules cost together is least; ties go to the narrower.
 * Never a name that several runs have, never where no policy may (analyzer/feasible.h).  The order
 * of runs changes nothing.  Returns 0 or -ENOMEM. */
int generalise(struct evidence *evidence, const struct tuning *tuning, struct feasible *feasible,
	       struct error *err);

#endif
