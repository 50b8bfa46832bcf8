#ifndef TESTS_UNIT_REPORT_FIXTURE_H
#define TESTS_UNIT_REPORT_FIXTURE_H

/* Runs for the tests of the report, and ten weeks of a pretend agent to look at. */

#include "core/clock.h"
#include "tests/unit/store_fixture.h"

#include <errno.h>

#define DAY_NS	 (INT64_C(86400) * SECOND_NS)
#define START_NS (INT64_C(1789005600) * SECOND_NS) /* 2026-09-10 02:00:00 UTC */

struct filling {
	struct store *store;
	struct run run;
	struct error err;
	int64_t seq, images;
};

static inline void begin_run(struct filling *filling, int number, const char *agent,
			     const char *task)
{
	char id[33];

	snprintf(id, sizeof id, "%032x", number + 1);
	filling->run = sample_run(id);
	filling->run.agent = agent;
	filling->run.task = task;
	filling->run.started_ns = START_NS + number * DAY_NS;
	filling->seq = filling->images = 0;
	assert_done(store_begin(filling->store, &filling->err), &filling->err);
	assert_done(store_add_run(filling->store, &filling->run, &filling->err), &filling->err);
}

static inline void start(struct filling *filling, const char *program, const char *argument)
{
	char argv[200];
	int size = snprintf(argv, sizeof argv, "%s%c%s", program, 0, argument) + 1;
	struct image image = {
		.seq = ++filling->images,
		.parent = filling->images > 1,
		.pid = 100 + (int)filling->images,
		.program = bytes_of(program),
		.argv = { argv, (size_t)size },
		.cwd = BYTES("/w"),
		.started_ns = filling->run.started_ns,
	};

	assert_done(store_add_image(filling->store, filling->run.key, &image, &filling->err),
		    &filling->err);
}

static inline struct access *did(struct filling *filling, enum resource resource,
				 enum action action, enum outcome outcome, const char *name,
				 int64_t count)
{
	static struct access access;

	access = sample_access(++filling->seq, name);
	access.image = filling->images;
	access.resource = resource;
	access.action = action;
	access.outcome = outcome;
	access.error = outcome == OUTCOME_DENIED   ? EACCES
		       : outcome == OUTCOME_ABSENT ? ENOENT
		       : outcome == OUTCOME_FAILED ? EIO
						   : 0;
	access.count = count;
	access.first_ns = filling->run.started_ns + SECOND_NS;
	access.last_ns = filling->run.started_ns + 2 * SECOND_NS;
	assert_done(store_put_access(filling->store, filling->run.key, &access, &filling->err),
		    &filling->err);
	return &access;
}

static inline void did_own(struct filling *filling, enum action action, const char *name)
{
	struct access access = *did(filling, RESOURCE_FILE, action, OUTCOME_OK, name, 1);

	access.own = true;
	assert_done(store_put_access(filling->store, filling->run.key, &access, &filling->err),
		    &filling->err);
}

static inline void has_gap(struct filling *filling, enum gap_kind kind, const char *detail)
{
	struct gap gap = { .seq = ++filling->seq, .kind = kind, .count = 3 };

	gap.detail = bytes_of(detail);
	gap.first_ns = gap.last_ns = filling->run.started_ns;
	assert_done(store_put_gap(filling->store, filling->run.key, &gap, &filling->err),
		    &filling->err);
}

static inline void commit_run(struct filling *filling)
{
	assert_done(store_commit(filling->store, &filling->err), &filling->err);
}

static inline void end_run(struct filling *filling)
{
	commit_run(filling);
	filling->run.ended_ns = filling->run.started_ns + 90 * SECOND_NS;
	filling->run.status = 0;
	assert_done(
		store_end_run(filling->store, &filling->run, filling->run.ended_ns, &filling->err),
		&filling->err);
}

static inline void read_file(struct filling *filling, const char *name)
{
	did(filling, RESOURCE_FILE, ACTION_READ, OUTCOME_OK, name, 4);
}

/* A run that needs the same three permissions each time. */
static inline void same_run(struct filling *filling, int number)
{
	begin_run(filling, number, "agent", "task");
	start(filling, "/usr/bin/git", "status");
	did(filling, RESOURCE_PROGRAM, ACTION_EXEC, OUTCOME_OK, "/usr/bin/git", 1);
	read_file(filling, "/w/a.c");
	did(filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_OK, "tcp/api.example.com:443", 2);
	end_run(filling);
}

/* ---- something to look at ---- */

static inline void fill_run(struct filling *filling, int number)
{
	const char *task = number % 5 == 0 ? "update dependencies" : "fix failing build";
	char name[120];

	begin_run(filling, number, "build-fixer", task);
	start(filling, "/usr/local/bin/agent", "--task");
	for (int i = 0; i < 60 + (number < 6 ? number * 4 : 24); i++) {
		snprintf(name, sizeof name, "/w/src/module%d/file%02d.c", i % 7, i);
		did(filling, RESOURCE_FILE, i % 4 ? ACTION_READ : ACTION_WRITE, OUTCOME_OK, name,
		    3);
	}
	did(filling, RESOURCE_VARIABLE, ACTION_HOLD, OUTCOME_OK, "GITHUB_TOKEN", 1);
	did(filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_OK, "tcp/api.example.com:443", 40);
	did(filling, RESOURCE_FILE, ACTION_READ, OUTCOME_DENIED, "/home/a/.ssh/id_ed25519", 1);
	did(filling, RESOURCE_FILE, ACTION_STAT, OUTCOME_ABSENT, "/home/a/.aws/credentials", 1);
	start(filling, "/usr/bin/git", "status");
	read_file(filling, "/home/a/.gitconfig");
	did(filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_OK, "tcp/github.com:443", 6);
	start(filling, "/usr/bin/make", "-j4");
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof name, "/usr/include/part%d/header%02d.h", i % 3, i);
		read_file(filling, name);
	}
	start(filling, "/usr/bin/cc1", "-quiet");
	did_own(filling, ACTION_CREATE, "/w/build/out.o");
	if (number % 5 == 0) {
		start(filling, "/usr/bin/npm", "install");
		did(filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_OK,
		    "tcp/registry.npmjs.org:443", 120);
		read_file(filling, "/w/package.json");
	}
	if (number == 17) {
		start(filling, "/usr/bin/curl", "http://169.254.169.254/");
		did(filling, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_DENIED,
		    "tcp/169.254.169.254:80", 4);
		has_gap(filling, GAP_UNREADABLE, "openat");
	}
	end_run(filling);
}

static inline int fill(const char *path)
{
	struct filling filling = { .store = open_store(path, STORE_WRITE) };

	for (int i = 0; i < 70; i++)
		fill_run(&filling, i);
	store_close(filling.store);
	return 0;
}

#endif
