#ifndef RECORDER_WRITER_H
#define RECORDER_WRITER_H

#include "core/store.h"
#include "recorder/sink.h"

/* The writer: a thread that takes what the tracer saw off its sink, counts equal accesses in
 * memory, and commits what changed every 50 ms.  It owns the store while it runs. */
struct writer;
struct record_options;

/* `run` is run->key; of the options at_ns, phase and events count. */
int writer_start(struct writer **ret, struct store *store, int64_t run,
		 const struct record_options *options, struct error *err);
struct sink *writer_sink(struct writer *writer);
/* Writes the rest and ends the thread.  0 when everything is in the store; what could not be
 * written leaves the run incomplete. */
int writer_stop(struct writer *writer, struct error *err);
/* Once all is written: store_end_run_of() with what was counted. */
int writer_seal(struct writer *writer, const struct run *run, struct error *err);
void writer_free(struct writer *writer);

#endif
