#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

/* What the tests of the store share: a folder of their own, and a run to put into it. */

#include "core/bytes.h"
#include "core/error.h"
#include "core/store.h"

#include <ftw.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The process that runs the tests: a child of it cannot fail one, only itself. */
static pid_t tester;

/* The test fails with the text of the error. */
#define assert_done(call, err)                                                                     \
	do {                                                                                       \
		if ((call) == 0)                                                                   \
			break;                                                                     \
		if (getpid() == tester)                                                            \
			fail_msg("%s: %s", #call, (err)->text);                                    \
		fprintf(stderr, "# %s: %s\n", #call, (err)->text);                                 \
		_exit(1);                                                                          \
	} while (0)

#define assert_says(err, part)                                                                     \
	do {                                                                                       \
		if (!strstr((err)->text, part))                                                    \
			fail_msg("no \"%s\" in \"%s\"", part, (err)->text);                        \
	} while (0)

static inline int enter_folder(void **state)
{
	char *name = strdup("/tmp/pare-store.XXXXXX");

	tester = getpid();
	*state = name;
	return !name || !mkdtemp(name) || chdir(name) ? -1 : 0;
}

static inline int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline int leave_folder(void **state)
{
	char *name = *state;
	int rc = chdir("/");

	rc |= nftw(name, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(name);
	return rc;
}

static inline struct store *open_store(const char *path, enum store_mode mode)
{
	struct error err = { 0 };
	struct store *store = NULL;

	assert_done(store_open(&store, path, mode, &err), &err);
	return store;
}

static inline void open_fails(const char *path, enum store_mode mode, int status, const char *part)
{
	struct store *store = NULL;
	struct error err = { 0 };
	int got = store_open(&store, path, mode, &err);

	assert_null(store);
	assert_says(&err, part);
	assert_int_equal(got, status);
	assert_null(strchr(err.text, '\n'));
}

static inline int count_access(void *context, const struct access *access,
			       const struct image *image)
{
	(void)access, (void)image;
	++*(int *)context;
	return 0;
}

/* Changes the database behind the store's back. */
static inline void tamper(const char *path, const char *sql)
{
	char *why = NULL;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	if (sqlite3_exec(db, sql, NULL, NULL, &why))
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

static inline int64_t count_rows(const char *path, const char *sql)
{
	sqlite3_stmt *row;
	sqlite3 *db;
	int64_t count;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 5000);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	count = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return count;
}

#define BYTES(literal) ((struct bytes){ literal, sizeof(literal) - 1 })

static inline struct run sample_run(const char *id)
{
	struct run run = {
		.agent = "agent",
		.task = "task",
		.host = "host",
		.kernel = "Linux 6.1",
		.version = "0.1",
		.assurance = "strict",
		.clock = "fixed",
		.recorder = "no-such-boot:1:1",
		.uid = 1000,
		.command = BYTES("git\0status\0"),
		.cwd = BYTES("/w"),
		.workspace = BYTES("/w"),
		.home = BYTES("/home/a"),
		.tmp = BYTES("/tmp"),
		.started_ns = 1000,
	};

	snprintf(run.id, sizeof run.id, "%s", id);
	return run;
}

static inline struct access sample_access(int64_t seq, const char *name)
{
	return (struct access){
		.seq = seq,
		.image = 1,
		.resource = RESOURCE_FILE,
		.action = ACTION_READ,
		.name = bytes_of(name),
		.outcome = OUTCOME_OK,
		.count = 1,
		.first_ns = 2000,
		.last_ns = 3000,
		.via = VIA_TRACE,
	};
}

static inline struct connection sample_connection(int64_t seq, const char *name)
{
	return (struct connection){
		.seq = seq,
		.image = 1,
		.protocol = PROTOCOL_TCP,
		.name = bytes_of(name),
		.source = SOURCE_SNI,
		.peer = BYTES("tcp/192.0.2.1:443"),
		.count = 1,
		.first_ns = 2000,
		.last_ns = 3000,
	};
}

/* A run with one image, two accesses and a gap, not ended. */
static inline struct run add_sample(struct store *store, const char *id)
{
	struct run run = sample_run(id);
	struct image image = {
		.seq = 1,
		.pid = 77,
		.program = BYTES("/usr/bin/git"),
		.argv = BYTES("git\0status\0"),
		.cwd = BYTES("/w"),
		.started_ns = 1500,
	};
	struct access first = sample_access(1, "/etc/passwd");
	struct access second = sample_access(2, "/etc/hosts");
	struct gap gap = { .seq = 1, .kind = GAP_LOST, .detail = BYTES("ring"), .count = 1 };
	struct error err = { 0 };

	second.requested = BYTES("../etc/hosts");
	second.peer = BYTES("10.0.0.1");
	second.phase = BYTES("setup");
	assert_done(store_begin(store, &err), &err);
	assert_done(store_add_run(store, &run, &err), &err);
	assert_done(store_add_image(store, run.key, &image, &err), &err);
	assert_done(store_put_access(store, run.key, &first, &err), &err);
	assert_done(store_put_access(store, run.key, &second, &err), &err);
	assert_done(store_put_gap(store, run.key, &gap, &err), &err);
	assert_done(store_commit(store, &err), &err);
	return run;
}

static inline void end_sample(struct store *store, struct run *run)
{
	struct error err = { 0 };

	run->ended_ns = 5000;
	run->status = 3;
	run->stops = 40;
	run->calls = 50;
	assert_done(store_end_run(store, run, 6000, &err), &err);
}

#endif
