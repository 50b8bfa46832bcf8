#ifndef ANALYZER_GENERALISE_H
#define ANALYZER_GENERALISE_H

struct error;
struct evidence;

/* Replaces the atoms of names that chance made, and that will be others the next time, by atoms
 * whose patterns admit what is made likewise (analyzer/shape.h).  Only where the evidence shows
 * that such names come anew: in two runs, or eight at once; never a name that several runs have,
 * never where the pattern would admit something protected, or something that is executed and can
 * be written, and to be deleted only what the run itself created.  Ties go to the narrower; the
 * order of runs changes nothing.  Returns 0 or -ENOMEM. */
int generalise(struct evidence *evidence, struct error *err);

#endif
