#ifndef TESTS_UNIT_ANALYZER_FIXTURE_H
#define TESTS_UNIT_ANALYZER_FIXTURE_H

/* What the tests of the analyzer share: evidence written as a few lines of facts. */

#include "core/bytes.h"
#include "core/error.h"
#include "core/policy.h"
#include "core/store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES(literal) ((struct bytes){ literal, sizeof(literal) - 1 })

/* The test fails with the text of the error. */
#define assert_done(call, err)                                                                     \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s: %s", #call, (err)->text);                                    \
	} while (0)

#define assert_says(err, part)                                                                     \
	do {                                                                                       \
		if (!strstr((err)->text, part))                                                    \
			fail_msg("no \"%s\" in \"%s\"", part, (err)->text);                        \
	} while (0)

/* One access; what is zero is the usual: ok, once. */
struct fact {
	enum resource resource;
	enum action action;
	struct bytes name;
	enum outcome outcome;
	bool own;
	int64_t count, first_ns, last_ns;
	struct bytes phase;
	int64_t second, minute, hour; /* peaks */
};

#define FACT(kind, verb, bytes, ...)                                                               \
	{                                                                                          \
		.resource = RESOURCE_##kind, .action = ACTION_##verb,                              \
		.name = { bytes, sizeof(bytes) - 1 }, __VA_ARGS__                                  \
	}
#define READ(path) FACT(FILE, READ, path, .first_ns = 20, .last_ns = 30)

/* One call of a tool; status 0: ok. */
struct call_fact {
	const char *tool;
	struct bytes arguments;
	enum call_status status;
	const char *phase;
};

#define CALL(name, text, ...)                                                                      \
	{                                                                                          \
		.tool = (name), .arguments = { text, sizeof(text) - 1 }, __VA_ARGS__               \
	}

enum ending { ENDS, DIES, GOES_ON };

struct story {
	const char *id, *agent, *task, *workspace, *home;
	int64_t started_ns;
	enum ending ending;
	int gaps;
	const struct fact *fact;
	size_t count;
	const struct call_fact *call;
	size_t call_count;
};

#define CALLS(list) .call = (list), .call_count = sizeof(list) / sizeof *(list)
#define FACTS(list) .fact = (list), .count = sizeof(list) / sizeof *(list)

static char folder[] = "/tmp/pare-analyzer.XXXXXX";

static inline int enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static inline void remove_store(const char *path)
{
	static const char *const suffix[] = { "", "-wal", "-shm" };
	char name[64];

	for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++) {
		snprintf(name, sizeof name, "%s%s", path, suffix[i]);
		unlink(name);
	}
}

static inline int leave_folder(void **state)
{
	(void)state;
	remove_store("a.db");
	remove_store("b.db");
	return chdir("/") || rmdir(folder);
}

static inline struct store *open_store(const char *path)
{
	struct error err = { 0 };
	struct store *store = NULL;

	remove_store(path);
	assert_done(store_open(&store, path, STORE_WRITE, &err), &err);
	return store;
}

static inline struct access access_of(const struct fact *fact, int64_t seq)
{
	return (struct access){
		.seq = seq,
		.image = 1,
		.phase = fact->phase.data ? fact->phase : BYTES(""),
		.resource = fact->resource,
		.action = fact->action,
		.name = fact->name,
		.outcome = fact->outcome ? fact->outcome : OUTCOME_OK,
		.count = fact->count ? fact->count : 1,
		.first_ns = fact->first_ns,
		.last_ns = fact->last_ns,
		.peak_second = fact->second,
		.peak_minute = fact->minute,
		.peak_hour = fact->hour,
		.own = fact->own,
		.via = VIA_TRACE,
	};
}

/* With the access that each is. */
static inline void add_call(struct store *store, const struct run *run,
			    const struct call_fact *fact, int64_t seq, int64_t access_seq)
{
	struct tool_call call = {
		.seq = seq,
		.image = 1,
		.phase = bytes_of(fact->phase ? fact->phase : ""),
		.tool = bytes_of(fact->tool),
		.arguments = fact->arguments,
		.status = fact->status ? fact->status : STATUS_OK,
		.started_ns = 20,
		.ended_ns = 30,
	};
	struct fact did = {
		.resource = RESOURCE_TOOL,
		.action = ACTION_CALL,
		.name = call.tool,
		.outcome = status_outcome(call.status),
		.first_ns = 20,
		.last_ns = 30,
		.phase = call.phase,
	};
	struct access access = access_of(&did, access_seq);
	struct error err = { 0 };

	assert_done(store_put_access(store, run->key, &access, &err), &err);
	assert_done(store_put_call(store, run->key, &call, &err), &err);
}

static inline void add_facts(struct store *store, const struct run *run, const struct story *story)
{
	struct image image = {
		.seq = 1,
		.pid = 7,
		.program = BYTES("/usr/bin/agent"),
		.argv = BYTES("agent\0"),
		.cwd = BYTES("/"),
	};
	struct error err = { 0 };

	assert_done(store_add_image(store, run->key, &image, &err), &err);
	for (size_t i = 0; i < story->count; i++) {
		struct access access = access_of(&story->fact[i], (int64_t)i + 1);

		assert_done(store_put_access(store, run->key, &access, &err), &err);
	}
	for (size_t i = 0; i < story->call_count; i++)
		add_call(store, run, &story->call[i], (int64_t)i + 1,
			 (int64_t)(story->count + i) + 1);
	for (int i = 0; i < story->gaps; i++) {
		struct gap gap = {
			.seq = i + 1, .kind = GAP_LOST, .detail = BYTES(""), .count = 1
		};

		assert_done(store_put_gap(store, run->key, &gap, &err), &err);
	}
}

static inline void tell(struct store *store, const struct story *story)
{
	scoped(buffer) struct buffer recorder = { 0 };
	const char *workspace = story->workspace ? story->workspace : "/w";
	struct error err = { 0 };
	struct run run = {
		.agent = story->agent ? story->agent : "ada",
		.task = story->task ? story->task : "",
		.host = "host",
		.kernel = "Linux",
		.version = "0",
		.assurance = "strict",
		.clock = "fixed",
		.recorder = "no-such-boot:1:1",
		.command = BYTES("agent\0"),
		.cwd = bytes_of(workspace),
		.workspace = bytes_of(workspace),
		.home = bytes_of(story->home ? story->home : "/home/ada"),
		.tmp = BYTES("/tmp"),
		.started_ns = story->started_ns,
	};

	if (story->ending == GOES_ON) {
		assert_int_equal(store_recorder_identity(&recorder), 0);
		run.recorder = buffer_text(&recorder);
	}
	snprintf(run.id, sizeof run.id, "%032d", atoi(story->id));
	assert_done(store_begin(store, &err), &err);
	assert_done(store_add_run(store, &run, &err), &err);
	add_facts(store, &run, story);
	assert_done(store_commit(store, &err), &err);
	run.ended_ns = story->started_ns + 1000;
	if (story->ending == ENDS)
		assert_done(store_end_run(store, &run, run.ended_ns, &err), &err);
}

#endif
