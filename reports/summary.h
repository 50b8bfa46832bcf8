#ifndef REPORTS_SUMMARY_H
#define REPORTS_SUMMARY_H

#include <stdio.h>

struct error;
struct run;
struct store;

/* Writes what one run did, for people, to `out`: colour and width as the terminal has them. */
int summarize(struct store *store, const struct run *run, FILE *out, struct error *err);
/* The numbers of the summary as one line of JSON. */
int summarize_json(struct store *store, const struct run *run, FILE *out, struct error *err);

#endif
