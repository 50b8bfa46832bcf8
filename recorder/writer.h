#ifndef RECORDER_WRITER_H
#define RECORDER_WRITER_H

#include "core/store.h"
#include "recorder/sink.h"

/* The writer: a thread that takes what the tracer saw off its sink, counts equal accesses in
 * memory, and commits what changed every 50 ms.  It owns the store while it runs. */
struct writer;
struct record_options;

/* `run` is run->key; of the options at_ns and phase count. */
int writer_start(struct writer **ret, struct store *store, int64_t run,
		 const struct record_options *options, struct error *err);
struct sink *writer_sink(struct writer *writer);
/* Writes the rest, ends the thread and frees the writer.  0 when everything is in the store;
 * what could not be written leaves the run incomplete. */
int writer_stop(struct writer *writer, struct error *err);

#endif
