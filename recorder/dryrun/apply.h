#ifndef RECORDER_DRYRUN_APPLY_H
#define RECORDER_DRYRUN_APPLY_H

#include "recorder/dryrun/effects.h"

/* Making single effects real.  Each gives 0 or -errno. */

/* A file, a link or a pipe, in place of what is there now; `twin` is a real file that is to be the
 * same one, or NULL. */
int apply_file(const struct effect *effect, const char *twin);
int apply_folder(const struct effect *effect); /* makes it, where it is not there */
int apply_deleted(const struct effect *effect);
/* Mode, owner, attributes, times. */
int apply_metadata(const struct effect *effect);

#endif
