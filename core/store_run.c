#include "core/error.h"
#include "core/store_private.h"
#include "core/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX_MIN 4
#define ID_SIZE	   32
#define ID_DIGITS  "0123456789abcdef"

/* ---- is its recorder alive? ---- */

static int read_small_file(const char *path, char *ret, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -errno;
	got = read(fd, ret, size - 1);
	close(fd);
	if (got < 0)
		return -EIO;
	ret[got] = '\0';
	return 0;
}

/* Fields 3 (state) and 22 (start time) of /proc/PID/stat, proc(5).  Field 2, the command, may
 * hold anything, so what follows is counted from its last parenthesis. */
static int read_start_time(long pid, unsigned long long *ret)
{
	char path[40], stat[1024], state;
	const char *rest;

	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (read_small_file(path, stat, sizeof stat))
		return -ESRCH;
	rest = strrchr(stat, ')');
	if (!rest || sscanf(rest + 1,
			    " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			    "%*s %*s %*s %llu",
			    &state, ret) != 2)
		return -EIO;
	return strchr("ZXx", state) ? -ESRCH : 0;
}

static int identify(long pid, struct buffer *out)
{
	char boot[64];
	unsigned long long start;
	int status = read_small_file("/proc/sys/kernel/random/boot_id", boot, sizeof boot);

	if (!status)
		status = read_start_time(pid, &start);
	if (status)
		return status;
	buffer_printf(out, "%.*s:%ld:%llu", (int)strcspn(boot, "\n"), boot, pid, start);
	return buffer_status(out);
}

int store_recorder_identity(struct buffer *out)
{
	return identify(getpid(), out);
}

int store_process_identity(pid_t pid, struct buffer *out)
{
	return identify(pid, out);
}

bool store_recorder_lives(const char *recorder)
{
	scoped(buffer) struct buffer now = { 0 };
	const char *colon = strchr(recorder, ':');
	long pid = colon ? strtol(colon + 1, NULL, 10) : 0;

	return pid > 0 && !identify(pid, &now) && !strcmp(buffer_text(&now), recorder);
}

/* ---- reading runs ---- */

static enum run_state state_of(const struct run *run)
{
	if (run->ended_ns)
		return RUN_COMPLETE;
	return store_recorder_lives(run->recorder) ? RUN_RECORDING : RUN_INCOMPLETE;
}

/* An id is shown as it is, so whatever a foreign database holds becomes harmless here. */
static void read_id(struct query *query, char ret[static ID_SIZE + 1])
{
	snprintf(ret, ID_SIZE + 1, "%s", query_text(query));
	for (char *c = ret; *c; c++)
		if (!strchr(ID_DIGITS, *c))
			*c = '?';
}

/* The columns of RUN_COLUMNS in store.def. */
static void read_run(struct query *query, struct run *ret)
{
	bool ended;

	*ret = (struct run){ .key = query_int(query) };
	read_id(query, ret->id);
	ret->agent = query_text(query);
	ret->task = query_text(query);
	ret->host = query_text(query);
	ret->kernel = query_text(query);
	ret->version = query_text(query);
	ret->assurance = query_text(query);
	ret->clock = query_text(query);
	ret->recorder = query_text(query);
	ret->uid = (uint32_t)query_int(query);
	ret->command = query_bytes(query);
	ret->cwd = query_bytes(query);
	ret->workspace = query_bytes(query);
	ret->home = query_bytes(query);
	ret->tmp = query_bytes(query);
	ret->started_ns = query_int(query);
	ret->ended_ns = query_int(query);
	ended = ret->ended_ns != 0;
	ret->status = (int)query_int(query);
	if (!ended)
		ret->status = -1;
	ret->stops = query_int(query);
	ret->calls = query_int(query);
	ret->gaps = query_int(query);
	ret->usage.tasks = query_int(query);
	ret->usage.memory_bytes = query_int(query);
	ret->usage.file_bytes = query_int(query);
	ret->state = state_of(ret);
}

int store_each_run(struct store *store, const struct run_filter *filter, run_visit *visit,
		   void *context, struct error *err)
{
	static const struct run_filter all = { .since_ns = INT64_MIN };
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_RUN, err);

	if (status)
		return status;
	if (!filter)
		filter = &all;
	query_bind_filter(&query, filter->agent);
	query_bind_filter(&query, filter->task);
	query_bind_int(&query, filter->since_ns);
	query_bind_int(&query, filter->until_ns);
	while ((status = query_step(&query, err)) > 0) {
		struct run run;

		read_run(&query, &run);
		status = visit(context, &run);
		if (status)
			return status;
	}
	return status;
}

/* ---- a run that outlives the query ---- */

static const size_t text_place[] = {
	offsetof(struct run, agent),   offsetof(struct run, task),
	offsetof(struct run, host),    offsetof(struct run, kernel),
	offsetof(struct run, version), offsetof(struct run, assurance),
	offsetof(struct run, clock),   offsetof(struct run, recorder),
};

static const size_t bytes_place[] = {
	offsetof(struct run, command), offsetof(struct run, cwd), offsetof(struct run, workspace),
	offsetof(struct run, home),    offsetof(struct run, tmp),
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char **text_at(struct run *run, size_t i)
{
	return (const char **)((char *)run + text_place[i]);
}

static struct bytes *bytes_at(struct run *run, size_t i)
{
	return (struct bytes *)((char *)run + bytes_place[i]);
}

/* Replaces what was borrowed by copies. */
static int own_run(struct run *run)
{
	bool failed = false;

	for (size_t i = 0; i < COUNT(text_place); i++) {
		*text_at(run, i) = strdup(*text_at(run, i));
		failed |= !*text_at(run, i);
	}
	for (size_t i = 0; i < COUNT(bytes_place); i++) {
		struct bytes *bytes = bytes_at(run, i);
		char *copy = malloc(bytes->size + 1);

		if (copy && bytes->size)
			memcpy(copy, bytes->data, bytes->size);
		failed |= !copy;
		bytes->data = copy;
	}
	if (failed)
		run_release(run);
	return failed ? -ENOMEM : 0;
}

void run_release(struct run *run)
{
	for (size_t i = 0; i < COUNT(text_place); i++)
		free((void *)*text_at(run, i));
	for (size_t i = 0; i < COUNT(bytes_place); i++)
		free((void *)bytes_at(run, i)->data);
	*run = (struct run){ 0 };
}

void run_cleanup(struct run *run)
{
	run_release(run);
}

/* ---- finding one ---- */

static bool is_prefix(const char *which)
{
	size_t size = strspn(which, ID_DIGITS);

	return !which[size] && size >= PREFIX_MIN && size <= ID_SIZE;
}

/* The rows at hand are the candidates; `query` stands on the first of them. */
static int say_ambiguous(struct query *query, const char *which, struct error *err)
{
	scoped(buffer) struct buffer list = { 0 };
	struct run run;
	int more = 1;

	for (int i = 0; i < 3 && more > 0; i++) {
		read_run(query, &run);
		buffer_printf(&list, "%s%s", i ? ", " : "", run.id);
		more = query_step(query, err);
	}
	return error_say(err, EINVAL, "find run %s: more than one begins so: %s%s", which,
			 buffer_text(&list), more > 0 ? ", ..." : "");
}

static int find_prefix(struct query *query, const char *which, struct run *ret, struct error *err)
{
	scoped(run) struct run first = { 0 };
	struct run borrowed;
	int status;

	query_bind_text(query, which);
	status = query_step(query, err);
	if (status < 0)
		return status;
	if (!status)
		return error_say(err, ENOENT,
				 "find run %s: no run begins so; `pare runs` lists them", which);
	read_run(query, &borrowed);
	status = own_run(&borrowed);
	if (status)
		return error_set(err, ENOMEM, "find run %s", which);
	first = borrowed;
	status = query_step(query, err);
	if (status < 0)
		return status;
	if (status > 0) {
		sqlite3_reset(query->row);
		query_step(query, err);
		return say_ambiguous(query, which, err);
	}
	*ret = first;
	first = (struct run){ 0 };
	return 0;
}

static int find_last(struct query *query, struct run *ret, struct error *err)
{
	struct run run;
	int status = query_step(query, err);

	if (status < 0)
		return status;
	if (!status)
		return error_say(err, ENOENT,
				 "find the last run: nothing was recorded yet; `pare record -- "
				 "COMMAND` does that");
	read_run(query, &run);
	if (own_run(&run))
		return error_set(err, ENOMEM, "find the last run");
	*ret = run;
	return 0;
}

int store_find_run(struct store *store, const char *which, struct run *ret, struct error *err)
{
	scoped(query) struct query query = { 0 };
	scoped(buffer) struct buffer shown = { 0 };
	bool last = !strcmp(which, "last");
	int status;

	if (!last && !is_prefix(which))
		return error_say(err, EINVAL,
				 "find run %s: not a run: give at least %d digits of its id, or "
				 "`last`",
				 text_safe(bytes_of(which), 40, &shown), PREFIX_MIN);
	status = query_open(&query, store, last ? STATEMENT_LAST_RUN : STATEMENT_RUNS_LIKE, err);
	if (status)
		return status;
	return last ? find_last(&query, ret, err) : find_prefix(&query, which, ret, err);
}
