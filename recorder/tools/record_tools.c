#include "recorder/tools/record_tools.h"

#include "core/clock.h"
#include "recorder/record.h"
#include "recorder/secrets/environment.h"
#include "recorder/sink.h"
#include "recorder/thread.h"
#include "recorder/tools/arguments.h"
#include "recorder/tools/peer.h"
#include "recorder/writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* So much is kept while it is not known who the client is. */
#define EARLY_MAX ((size_t)1024 * 1024)

enum { IMAGE_CLIENT = 1, IMAGE_SERVER };

/* All that stands between the copies and the store. */
struct recorder {
	struct tools_recording *recording;
	struct store *store;
	struct secret_key key;
	struct run_identity identity;
	struct environment *environment;
	struct masker masker;
	struct writer *writer;
	struct talk *talk;
	struct lines lines[2]; /* by side */
	struct buffer name;    /* what the client calls itself */
	bool is_named;	       /* or will not say so any more */
};

static const char *program_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* ---- who the client is ---- */

static void read_client(void *context, const struct message *message)
{
	struct recorder *recorder = context;

	if (!recorder->is_named)
		talk_client_name(message, &recorder->name);
	recorder->is_named = true;
}

/* The first message of the client says it, in either era. */
static void find_client(struct recorder *recorder, const struct buffer *early)
{
	struct lines lines = { 0 };
	struct bytes rest = buffer_bytes(early);
	struct copy copy;

	while (!recorder->is_named && copies_next(&rest, &copy))
		if (copy.side == SIDE_CLIENT)
			lines_feed(&lines, copy.data, copy.time_ns, read_client, recorder);
	lines_release(&lines);
}

static bool take_early(struct recorder *recorder, struct buffer *early)
{
	scoped(buffer) struct buffer taken = { 0 };
	struct copies *copies = &recorder->recording->copies;
	bool more = true;

	recorder->is_named = recorder->recording->agent != NULL;
	while (more && !recorder->is_named && early->size < EARLY_MAX) {
		more = copies_take(copies, &taken);
		buffer_append(early, taken.data, taken.size);
		find_client(recorder, early);
	}
	return more;
}

/* ---- the run ---- */

static struct record_options options_of(struct recorder *recorder)
{
	const struct tools_recording *recording = recorder->recording;
	struct record_options options = { .db = recording->db, .argv = recording->argv };

	options.agent = recording->agent;
	if (!options.agent && recorder->name.size)
		options.agent = buffer_text(&recorder->name);
	options.task = recording->server ? recording->server : program_name(recording->argv[0]);
	return options;
}

static int open_store(struct recorder *recorder, struct record_options *options, struct error *err)
{
	int r = store_open(&recorder->store, options->db, STORE_WRITE, err);

	if (r == 0)
		r = secret_key_load(&recorder->key, store_path(recorder->store), err);
	if (r == 0)
		r = run_identify(&recorder->identity, options, &recorder->key, err);
	if (r < 0)
		return r;
	recorder->identity.run.assurance = "tools";
	return record_begin(options, recorder->recording->path, recorder->store,
			    &recorder->identity, err);
}

static int open_masker(struct recorder *recorder, struct error *err)
{
	int r;

	recorder->masker.view.key = &recorder->key;
	r = environment_read(&recorder->environment, &recorder->masker.view, NULL);
	if (r < 0)
		return error_set(err, -r, "read the environment");
	recorder->masker.known = &recorder->environment->holds;
	return 0;
}

static int open_talk(struct recorder *recorder, struct error *err)
{
	const struct tools_recording *recording = recorder->recording;
	struct sink *sink = writer_sink(recorder->writer);
	const struct talk_options options = {
		.sink = sink,
		.masker = &recorder->masker,
		.image = IMAGE_CLIENT,
		.server = recording->server,
		.program = program_name(recording->argv[0]),
	};
	int r;

	peer_say(sink, &recorder->masker, getppid(), IMAGE_CLIENT, 0);
	peer_say(sink, &recorder->masker, recording->pid, IMAGE_SERVER, IMAGE_CLIENT);
	sink_gap(sink, GAP_TOOLS_ONLY, 0, bytes_of("pare mcp"));
	r = talk_open(&recorder->talk, &options);
	return r < 0 ? error_set(err, -r, "record calls of tools") : 0;
}

static int begin(struct recorder *recorder, struct error *err)
{
	struct record_options options = options_of(recorder);
	int r = open_store(recorder, &options, err);

	if (r == 0)
		r = open_masker(recorder, err);
	if (r == 0)
		r = writer_start(&recorder->writer, recorder->store, recorder->identity.run.key,
				 &options, err);
	return r ? r : open_talk(recorder, err);
}

static void end(struct recorder *recorder)
{
	talk_close(recorder->talk);
	if (recorder->writer)
		writer_free(recorder->writer);
	if (recorder->environment)
		environment_leave(recorder->environment);
	run_identity_release(&recorder->identity);
	store_close(recorder->store);
	buffer_release(&recorder->name);
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		lines_release(&recorder->lines[side]);
}

/* ---- what is said ---- */

static void take_client(void *context, const struct message *message)
{
	talk_message(context, SIDE_CLIENT, message);
}

static void take_server(void *context, const struct message *message)
{
	talk_message(context, SIDE_SERVER, message);
}

static void read_copies(struct recorder *recorder, const struct buffer *taken)
{
	struct bytes rest = buffer_bytes(taken);
	struct copy copy;

	while (copies_next(&rest, &copy)) {
		struct lines *lines = &recorder->lines[copy.side];

		if (copy.is_gap) {
			talk_missed(recorder->talk, copy.side, "bytes that came too fast");
			lines_lose(lines);
		}
		lines_feed(lines, copy.data, copy.time_ns,
			   copy.side == SIDE_CLIENT ? take_client : take_server, recorder->talk);
	}
}

static void end_talk(struct recorder *recorder)
{
	for (int side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		if (lines_are_open(&recorder->lines[side]))
			talk_missed(recorder->talk, (enum side)side, "a line that did not end");
		if (copies_end_missing(&recorder->recording->copies, (enum side)side))
			talk_missed(recorder->talk, (enum side)side, "bytes that came too fast");
	}
	talk_end(recorder->talk);
}

static int seal(struct recorder *recorder, struct error *err)
{
	struct run *run = &recorder->identity.run;
	struct error writer_error = { 0 };

	run->ended_ns = sink_now_ns(writer_sink(recorder->writer));
	run->status = recorder->recording->status;
	if (writer_stop(recorder->writer, &writer_error) < 0)
		return error_say(err, EIO, "store the run: %s; it stays, marked incomplete",
				 writer_error.text);
	return writer_seal(recorder->writer, run, err);
}

static int record(struct recorder *recorder, struct error *err)
{
	scoped(buffer) struct buffer taken = { 0 };
	bool more = take_early(recorder, &taken);
	int r = begin(recorder, err);

	if (r < 0)
		return r;
	read_copies(recorder, &taken);
	while (more) {
		more = copies_take(&recorder->recording->copies, &taken);
		read_copies(recorder, &taken);
	}
	end_talk(recorder);
	return seal(recorder, err);
}

static void *run(void *context)
{
	struct tools_recording *recording = context;
	struct recorder recorder = { .recording = recording };

	if (record(&recorder, &recording->error) < 0)
		copies_refuse(&recording->copies);
	end(&recorder);
	return NULL;
}

int tools_recording_start(struct tools_recording *recording)
{
	int r;

	copies_open(&recording->copies);
	r = thread_start(&recording->thread, "pare-tools", run, recording);
	if (r < 0) {
		copies_refuse(&recording->copies);
		error_set(&recording->error, -r, "record calls of tools");
	}
	recording->started = r == 0;
	return r;
}

int tools_recording_stop(struct tools_recording *recording, int status)
{
	recording->status = status;
	copies_close(&recording->copies);
	if (recording->started)
		pthread_join(recording->thread, NULL);
	return -recording->error.code;
}
