#ifndef ANALYZER_ENDPOINTS_H
#define ANALYZER_ENDPOINTS_H

struct evidence;

/* As generalise(), for hosts: replaces atoms of names, addresses and ports that will be others the
 * next time by atoms whose patterns admit what is made likewise.
 *   names      the first labels before the registrable domain, where chance made them
 *   addresses  of private networks: the smallest block, where half of it was seen
 *   ports      that the run itself listens on, on this machine: any that it does
 * What several runs have stays as it is, and nothing reaches what is protected.  The evidence is no
 * longer sorted.  0, -ENOMEM. */
int endpoints_open(struct evidence *evidence);

#endif
