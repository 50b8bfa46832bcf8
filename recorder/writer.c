#include "recorder/writer.h"

#include "core/clock.h"
#include "core/error.h"
#include "recorder/queue.h"
#include "recorder/record.h"
#include "recorder/tally.h"
#include "recorder/tally_phase.h"
#include "recorder/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

/* How long what is known may grow before the store has the counts; longer where writing them takes
 * long, so that it takes no more than a tenth of the time. */
#define AGAIN_NS    SECOND_NS
#define AGAIN_SHARE 10
/* Of calls, where the store takes nothing. */
#define KEPT_MAX ((size_t)64 * 1024 * 1024)

struct writer {
	struct sink sink;
	struct store *store;
	struct tally *tally;
	int64_t run;
	pthread_t thread;
	struct buffer taken; /* what is being counted */
	struct buffer kept;  /* queued images, calls and tools that are not committed yet */
	int64_t lost;
	int64_t again_ns;   /* monotonic: when counts are to be written next */
	bool failed;	    /* the last commit did not go through */
	struct error error; /* why, the first time */
};

/* These are few, and nothing is added to them: they are kept as they came until a commit takes
 * them. */
static int save_kept(struct writer *writer, struct error *err)
{
	struct bytes rest = buffer_bytes(&writer->kept);
	struct queued queued;
	int r = 0;

	while (r == 0 && queue_next(&rest, &queued)) {
		if (queued.kind == QUEUE_IMAGE)
			r = store_add_image(writer->store, writer->run, &queued.image, err);
		else if (queued.kind == QUEUE_CALL)
			r = store_put_call(writer->store, writer->run, &queued.call, err);
		else
			r = store_add_tool(writer->store, writer->run, &queued.listing, err);
	}
	return r;
}

static bool is_time(const struct writer *writer)
{
	return tally_grew(writer->tally) && clock_monotonic_ns() >= writer->again_ns;
}

static void plan_next(struct writer *writer, int64_t began_ns)
{
	int64_t now_ns = clock_monotonic_ns(), pause_ns = (now_ns - began_ns) * AGAIN_SHARE;

	writer->again_ns = now_ns + (pause_ns > AGAIN_NS ? pause_ns : AGAIN_NS);
}

/* What is new in one transaction, `again` with the counts of what is not; what fails is tried again
 * with the next. */
static void save(struct writer *writer, bool again)
{
	int64_t began_ns = clock_monotonic_ns();
	struct error error = { 0 };
	int r = store_begin(writer->store, &error);

	if (r == 0) {
		r = save_kept(writer, &error);
		if (r == 0)
			r = tally_save(writer->tally, writer->store, writer->run, again, &error);
		if (r == 0)
			r = store_commit(writer->store, &error);
		if (r < 0) {
			store_rollback(writer->store);
			tally_forget(writer->tally);
		}
	}
	writer->failed = r < 0;
	if (r < 0 && !writer->error.code)
		writer->error = error;
	if (r == 0) {
		tally_saved(writer->tally, again);
		buffer_clear(&writer->kept);
	}
	if (again)
		plan_next(writer, began_ns);
}

/* One that no memory is there for is lost, and those behind it are not. */
static int append(struct writer *writer, struct bytes entry)
{
	buffer_append(&writer->kept, entry.data, entry.size);
	if (!writer->kept.failed)
		return 0;
	writer->kept.failed = false;
	return -ENOMEM;
}

/* `pare phase NAME` is told by its execution. */
static int take_image(struct writer *writer, const struct image *image, struct bytes entry)
{
	struct bytes phase;
	int lost = append(writer, entry), r = 0;

	if (phase_of_image(image->program, image->argv, &phase))
		r = tally_phase(writer->tally, phase);
	return r < 0 ? r : lost;
}

static int keep(struct writer *writer, struct bytes entry)
{
	return writer->kept.size + entry.size > KEPT_MAX ? -ENOBUFS : append(writer, entry);
}

static void count_all(struct writer *writer)
{
	struct bytes rest = buffer_bytes(&writer->taken);
	struct queued queued;
	const char *start = rest.data;

	while (queue_next(&rest, &queued)) {
		struct bytes entry = { start, (size_t)(rest.data - start) };
		int r = 0;

		if (queued.kind == QUEUE_ACCESS)
			r = tally_access(writer->tally, &queued.observation);
		else if (queued.kind == QUEUE_GAP)
			r = tally_gap(writer->tally, &queued.gap);
		else if (queued.kind == QUEUE_CONNECTION)
			r = tally_connection(writer->tally, &queued.connection);
		else if (queued.kind == QUEUE_IMAGE)
			r = take_image(writer, &queued.image, entry);
		else
			r = keep(writer, entry);
		if (r < 0)
			writer->lost++;
		start = rest.data;
	}
}

static void *write_until_closed(void *context)
{
	struct writer *writer = context;

	while (sink_take(&writer->sink, &writer->taken)) {
		bool again = is_time(writer);

		count_all(writer);
		if (again || writer->taken.size || writer->failed)
			save(writer, again);
	}
	save(writer, true);
	return NULL;
}

void writer_free(struct writer *writer)
{
	sink_release(&writer->sink);
	tally_close(writer->tally);
	buffer_release(&writer->taken);
	buffer_release(&writer->kept);
	free(writer);
}

int writer_start(struct writer **ret, struct store *store, int64_t run,
		 const struct record_options *options, struct error *err)
{
	struct writer *writer = calloc(1, sizeof *writer);
	int r;

	if (!writer)
		return error_set(err, ENOMEM, "start the writer");
	writer->store = store;
	writer->run = run;
	sink_open(&writer->sink, options->at_ns);
	r = tally_open(&writer->tally, options->phase, options->events);
	if (r == 0)
		r = thread_start(&writer->thread, "pare-writer", write_until_closed, writer);
	if (r < 0) {
		writer_free(writer);
		return error_set(err, -r, "start the writer");
	}
	*ret = writer;
	return 0;
}

struct sink *writer_sink(struct writer *writer)
{
	return &writer->sink;
}

int writer_stop(struct writer *writer, struct error *err)
{
	int r = 0;

	sink_close(&writer->sink);
	pthread_join(writer->thread, NULL);
	writer->lost += writer->sink.lost;
	if (writer->lost) {
		struct gap gap = { .kind = GAP_LOST, .count = writer->lost };

		gap.detail = bytes_of("no memory");
		gap.first_ns = gap.last_ns = sink_now_ns(&writer->sink);
		tally_gap(writer->tally, &gap);
	}
	if (writer->lost || writer->failed)
		save(writer, true);
	if (writer->failed)
		r = error_say(err, EIO, "%s", writer->error.text);
	return r;
}

int writer_seal(struct writer *writer, const struct run *run, struct error *err)
{
	struct usage usage = run->usage;
	int r;

	usage.file_bytes = usage.file_bytes < 0 ? 0 : tally_largest_file(writer->tally);
	r = store_put_usage(writer->store, run->key, &usage, err);
	return r ? r
		 : store_end_run_of(writer->store, run, run->ended_ns, tally_each, writer->tally,
				    err);
}
