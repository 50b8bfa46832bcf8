#ifndef RECORDER_DRYRUN_SWEEP_H
#define RECORDER_DRYRUN_SWEEP_H

#include <stdbool.h>

struct error;
struct store;

/* struct house, sweep: for `pare fsck`. */
int sweep(struct store *store, void (*say)(void *context, bool bad, const char *line),
	  void *context, struct error *err);

#endif
