#ifndef RECORDER_FAST_FAST_H
#define RECORDER_FAST_FAST_H

#include "recorder/fast/region.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The fast path: calls of libraries that the recorder knows are logged by the process that makes
 * them (hook.h), and read here, by a thread of its own.  Whatever it does not see, stops. */

struct call_table;
struct error;
struct fast;
struct names;
struct sink;
struct wire;

struct fast_counts {
	int64_t calls;	/* logged */
	int64_t full;	/* stopped because the log was full */
	int64_t broken; /* entries that no hook writes, or that found no memory */
};

/* With `events` equal calls are not counted first: each comes at its own time. */
int fast_open(struct fast **ret, const struct call_table *table, bool events,
	      const struct region_place *place, struct error *err);
/* Begins to read.  `sink` is where the accesses go; `wire` (NULL: nobody) is told of them. */
int fast_start(struct fast *fast, struct sink *sink, struct wire *wire, struct error *err);
/* Reads the rest, and ends. */
void fast_stop(struct fast *fast, struct fast_counts *ret);
void fast_close(struct fast *fast); /* NULL is fine */

const struct region *fast_region(const struct fast *fast);
/* What is known of paths; the calls that stop may use it, too. */
struct names *fast_names(const struct fast *fast);
/* The library at `path`, patched; -errno where it cannot be. */
int fast_library(struct fast *fast, const char *path);

/* Everything that was logged before now is reported before this returns, and its paths are looked
 * up as they were. */
void fast_catch_up(struct fast *fast);
/* Paths may mean something else from now on; `folders`: those of folders, too. */
void fast_paths_changed(struct fast *fast, bool folders);
void fast_process_ended(struct fast *fast, pid_t tgid);

#endif
