#ifndef RECORDER_DRYRUN_COPY_H
#define RECORDER_DRYRUN_COPY_H

/* What is copied between the world and the tree of a dry run.  Each gives 0 or -errno. */

/* All that is left to be read of one file, to another. */
int copy_bytes(int from, int to);
/* Makes a symbolic link `to` that says what the one at `from` says. */
int copy_link(const char *from, const char *to);

#endif
