#include "recorder/selftest/self_test.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/store.h"
#include "recorder/launch.h"
#include "recorder/obstacle.h"
#include "recorder/record.h"
#include "recorder/selftest/probe.h"
#include "recorder/trace/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_NS (20 * SECOND_NS)

/* The folder of one test: FOLDER/work is the child's, FOLDER/said what it was told. */
struct place {
	char path[PATH_MAX];
};

static int make_folder(struct place *ret, const char *below)
{
	char *real = *below ? realpath(below, NULL) : NULL;
	int size = real ? snprintf(ret->path, sizeof ret->path, "%s/pare-self-test.XXXXXX", real)
			: PATH_MAX;

	free(real);
	/* Names in it must fit, too. */
	return size < PATH_MAX - 64 && mkdtemp(ret->path) ? 0 : -1;
}

static int place_open(struct place *ret, const char *database, struct error *err)
{
	scoped(text) char *beside = strdup(database ? database : "");
	const char *temporary = getenv("TMPDIR");
	const char *below[] = { temporary ? temporary : "", "/tmp", "/var/tmp",
				beside ? dirname(beside) : "" };

	for (size_t i = 0; i < sizeof below / sizeof *below; i++)
		if (make_folder(ret, below[i]) == 0)
			return 0;
	ret->path[0] = '\0';
	return error_say(err, EACCES,
			 "make a folder for the self-test: $TMPDIR, /tmp and /var/tmp are not "
			 "writable");
}

static int delete_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	remove(path);
	return 0;
}

static void place_cleanup(struct place *place)
{
	if (place->path[0])
		nftw(place->path, delete_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Who started us may have had more rights than we have: what runs can still be out of reach. */
static int say_hidden(const struct buffer *self, int code, struct error *err)
{
	return error_say(err, code,
			 "test this system: look up %s: %s; the self-test executes pare by that "
			 "name: copy pare to where this user can execute it",
			 buffer_text(self), strerror(code));
}

static int find_self(struct buffer *ret, struct error *err)
{
	char path[PATH_MAX];
	ssize_t got = readlink("/proc/self/exe", path, sizeof path);

	if (got < 0 || got == sizeof path)
		return error_set(err, got < 0 ? errno : ENAMETOOLONG, "find pare's own program");
	buffer_append(ret, path, (size_t)got);
	if (buffer_status(ret) < 0)
		return error_set(err, ENOMEM, "test this system");
	return eaccess(buffer_text(ret), X_OK) < 0 ? say_hidden(ret, errno, err) : 0;
}

/* Who the run says it is matters to nobody. */
static struct run describe(const struct self_test *test)
{
	struct bytes work = buffer_bytes(&test->work);

	return (struct run){
		.agent = "self-test",
		.task = "",
		.host = "",
		.kernel = "",
		.version = PARE_VERSION,
		.assurance = "strict",
		.clock = "system",
		.recorder = "",
		.command = bytes_of("self-test"),
		.cwd = work,
		.workspace = work,
		.home = work,
		.tmp = work,
		.started_ns = clock_now_ns(),
		.status = -1,
	};
}

static int record_child(struct launch *launch, struct store *store, struct run *run,
			struct error *err)
{
	struct record_options options = { .strict = true, .timeout_ns = TIMEOUT_NS };
	struct trace_result result = { 0 };
	bool in_filter;
	int r = store_begin(store, err);

	if (r == 0)
		r = store_add_run(store, run, err);
	if (r == 0)
		r = store_commit(store, err);
	if (r == 0)
		r = record_run(&options, launch, store, run, &result, err);
	if (r < 0)
		return r;
	r = launch_failure(launch, &in_filter);
	if (r < 0)
		return in_filter ? obstacle_filter(-r, err)
				 : error_set(err, -r, "execute pare's own program");
	if (result.status)
		return error_say(err, EIO, "test this system: the recorded child %s (status %d)",
				 result.ended_by_us ? "had to be ended" : "did not come through",
				 result.status);
	return 0;
}

static int read_said(const struct place *place, int ret[static CHECK_COUNT], struct error *err)
{
	scoped(buffer) struct buffer path = { 0 };
	size_t size = CHECK_COUNT * sizeof *ret;
	ssize_t got = -1;
	int fd;

	buffer_printf(&path, "%s/said", place->path);
	fd = open(buffer_text(&path), O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, ret, size);
		close(fd);
	}
	return got == (ssize_t)size ? 0 : error_set(err, EIO, "read what the child was told");
}

static int record_and_compare(struct launch *launch, const struct place *place,
			      struct self_test *test, struct error *err)
{
	scoped(buffer) struct buffer database = { 0 };
	struct run run = describe(test);
	int said[CHECK_COUNT], r;
	struct store *store;

	buffer_printf(&database, "%s/evidence.db", place->path);
	r = store_open(&store, buffer_text(&database), STORE_WRITE, err);
	if (r < 0)
		return r;
	r = secret_key_load(&launch->key, store_path(store), err);
	if (r == 0)
		r = record_child(launch, store, &run, err);
	if (r == 0)
		r = read_said(place, said, err);
	if (r == 0)
		r = self_test_compare(test, store, &run, said, err);
	store_close(store);
	return r;
}

int self_test_run(const struct call_table *table, const char *database, struct self_test *ret,
		  struct error *err)
{
	scoped(place) struct place place = { "" };
	struct launch launch = { .table = table };
	char program[] = "/proc/self/exe", command[] = "self-test", child[] = "--act";
	char *argv[] = { program, command, child, NULL, NULL };
	int r = probe_system(err);

	if (r == 0)
		r = find_self(&ret->self, err);
	if (r == 0)
		r = place_open(&place, database, err);
	if (r < 0)
		return r;
	buffer_printf(&ret->work, "%s/work", place.path);
	r = mkdir(buffer_text(&ret->work), 0700) < 0
		    ? -errno
		    : act_prepare(buffer_text(&ret->work), buffer_text(&ret->self));
	if (r < 0)
		return error_set(err, -r, "fill the self-test's folder");
	argv[3] = ret->work.data;
	launch.path = program;
	launch.argv = argv;
	sigemptyset(&launch.mask_before);
	return record_and_compare(&launch, &place, ret, err);
}

void self_test_cleanup(struct self_test *test)
{
	buffer_release(&test->work);
	buffer_release(&test->self);
}
