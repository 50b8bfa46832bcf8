#include "core/clock.h"
#include "core/error.h"
#include "core/store.h"
#include "core/text.h"
#include "reports/fold.h"
#include "reports/summary.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define STARTED_NS (INT64_C(1795244400) * SECOND_NS) /* 2026-11-21 07:00:00 UTC */

struct seeded {
	char folder[40], database[60];
	struct store *store;
	struct run run;
	int64_t seq;
};

static void begin(struct seeded *seeded, const char *agent)
{
	struct error err = { 0 };

	*seeded = (struct seeded){ .folder = "/tmp/pare-summary.XXXXXX" };
	assert_non_null(mkdtemp(seeded->folder));
	snprintf(seeded->database, sizeof seeded->database, "%s/pare.db", seeded->folder);
	assert_int_equal(store_open(&seeded->store, seeded->database, STORE_WRITE, &err), 0);
	seeded->run = (struct run){
		.id = "0123456789abcdef0123456789abcdef",
		.agent = agent,
		.task = "",
		.host = "build-7",
		.kernel = "Linux 6.1",
		.version = "0.1",
		.assurance = "strict",
		.clock = "system",
		.recorder = "",
		.command = { "make\0a\x1b\xff\n\0", 10 },
		.cwd = bytes_of("/home/me/project"),
		.workspace = bytes_of("/home/me/project"),
		.home = bytes_of("/home/me"),
		.tmp = bytes_of("/tmp"),
		.started_ns = STARTED_NS,
		.ended_ns = STARTED_NS + 2 * SECOND_NS,
		.stops = 50,
		.calls = 200,
	};
	assert_int_equal(store_begin(seeded->store, &err), 0);
	assert_int_equal(store_add_run(seeded->store, &seeded->run, &err), 0);
	assert_int_equal(store_add_image(seeded->store, seeded->run.key,
					 &(struct image){ .seq = 1,
							  .pid = 7,
							  .program = bytes_of("/usr/bin/make"),
							  .argv = seeded->run.command,
							  .cwd = seeded->run.cwd,
							  .started_ns = STARTED_NS },
					 &err),
			 0);
}

static void add(struct seeded *seeded, enum resource resource, enum action action,
		enum outcome outcome, int error, bool own, const char *name)
{
	struct error err = { 0 };
	const struct access access = {
		.seq = ++seeded->seq,
		.image = 1,
		.phase = bytes_of(""),
		.resource = resource,
		.action = action,
		.name = bytes_of(name),
		.outcome = outcome,
		.error = error,
		.count = 2,
		.first_ns = STARTED_NS,
		.last_ns = STARTED_NS,
		.own = own,
		.via = VIA_TRACE,
	};

	assert_int_equal(store_put_access(seeded->store, seeded->run.key, &access, &err), 0);
}

static void add_read(struct seeded *seeded, const char *name)
{
	add(seeded, RESOURCE_FILE, ACTION_READ, OUTCOME_OK, 0, false, name);
}

static void add_gap(struct seeded *seeded, enum gap_kind kind, const char *detail)
{
	struct error err = { 0 };
	const struct gap gap = {
		++seeded->seq, kind, 1, bytes_of(detail), 3, STARTED_NS, STARTED_NS
	};

	assert_int_equal(store_put_gap(seeded->store, seeded->run.key, &gap, &err), 0);
}

typedef int summarizer(struct store *store, const struct run *run, FILE *out, struct error *err);

/* Ends the run where asked, reads it back and returns its summary; the caller frees it. */
static char *finish(struct seeded *seeded, bool end, summarizer *function)
{
	struct error err = { 0 };
	struct run run;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(store_commit(seeded->store, &err), 0);
	if (end)
		assert_int_equal(
			store_end_run(seeded->store, &seeded->run, seeded->run.ended_ns, &err), 0);
	assert_int_equal(store_find_run(seeded->store, "last", &run, &err), 0);
	assert_int_equal(function(seeded->store, &run, out, &err), 0);
	fclose(out);
	run_release(&run);
	store_close(seeded->store);
	return text;
}

static void clean(struct seeded *seeded, char *text)
{
	char path[80];

	free(text);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", seeded->database,
			 (const char *[]){ "", "-wal", "-shm" }[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(seeded->folder), 0);
}

static void assert_says(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void assert_not(const char *text, const char *line)
{
	if (strstr(text, line))
		fail_msg("\"%s\" in:\n%s", line, text);
}

static void the_verdict_comes_first(void **state)
{
	struct seeded seeded;
	char *text;

	(void)state;
	begin(&seeded, "fixer");
	seeded.run.status = 137;
	add_read(&seeded, "/home/me/project/a.c");
	text = finish(&seeded, true, summarize);
	assert_says(text, "* fixer, run 0123456789ab: exit 137 (SIGKILL) after 2");
	assert_says(text, ", complete, strict recording\n");
	assert_says(text, "when     2026-11-21 07:00:00 UTC on build-7\n");
	assert_says(text, "where    $WS is /home/me/project, $HOME is /home/me, $TMP is /tmp\n");
	assert_says(text, "\nRead 1 file: $WS/a.c\n");
	assert_says(text, "  pare propose --agent fixer -o policy.xml\n");
	assert_not(text, "Not all was seen");
	clean(&seeded, text);
}

static void names_are_told_by_folder(void **state)
{
	struct seeded seeded;
	char *text, name[80];

	(void)state;
	begin(&seeded, "fixer");
	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof name, "/usr/lib/python3/m%d.py", i);
		add_read(&seeded, name);
		snprintf(name, sizeof name, "/home/me/project/src/f%02d.c", i);
		add_read(&seeded, name);
	}
	add_read(&seeded, "/home/me/.ssh/id_ed25519");
	add_read(&seeded, "/home/mean/x"); /* not below $HOME */
	add(&seeded, RESOURCE_FILE, ACTION_WRITE, OUTCOME_OK, 0, true, "/tmp/t/1");
	add(&seeded, RESOURCE_FILE, ACTION_APPEND, OUTCOME_OK, 0, false, "/tmp/t/2");
	add(&seeded, RESOURCE_FILE, ACTION_DELETE, OUTCOME_OK, 0, true, "/tmp/t/1");
	text = finish(&seeded, true, summarize);
	assert_says(text, "\nRead 62 files\n"
			  "      30  $WS/src/  f00.c f01.c f02.c");
	assert_says(text, "\n       1  $HOME/.ssh/id_ed25519\n"
			  "       1  /home/mean/x\n"
			  "      30  /usr/lib/python3/");
	assert_says(text, "\nWrote 2 files, 1 made in this run\n"
			  "       1  $TMP/t/1\n"
			  "       1  $TMP/t/2\n");
	assert_says(text, "\nDeleted 1 file or folder, all made in this run\n");
	clean(&seeded, text);
}

static void refusals_are_named(void **state)
{
	struct seeded seeded;
	char *text;

	(void)state;
	begin(&seeded, "fixer");
	add(&seeded, RESOURCE_FILE, ACTION_READ, OUTCOME_DENIED, EACCES, false, "/etc/shadow");
	add(&seeded, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_FAILED, ECONNREFUSED, false,
	    "tcp/10.0.0.1:22");
	add(&seeded, RESOURCE_FILE, ACTION_STAT, OUTCOME_ABSENT, ENOENT, false, "/etc/none");
	add(&seeded, RESOURCE_FILE, ACTION_LINK, OUTCOME_UNKNOWN, 0, false, "/tmp/a");
	text = finish(&seeded, true, summarize);
	assert_says(text, "\nWas denied 1 access, 2 times: read /etc/shadow  EACCES\n");
	assert_says(text, "\nFailed at 1 attempt, 2 times: connect tcp/10.0.0.1:22  ECONNREFUSED");
	assert_says(text, "\nLooked for 1 name that does not exist: 1 in /etc\n");
	assert_says(text, "\nDid not show the end of 1 attempt, 2 times: link $TMP/a\n");
	assert_not(text, "/etc/none");
	clean(&seeded, text);
}

static void many_are_told_by_the_most_telling(void **state)
{
	struct seeded seeded;
	char *text, name[80];

	(void)state;
	begin(&seeded, "fixer");
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof name, "/usr/bin/p%02d", i);
		add(&seeded, RESOURCE_PROGRAM, ACTION_EXEC, OUTCOME_OK, 0, false, name);
		add(&seeded, RESOURCE_FILE, ACTION_STAT, OUTCOME_FAILED, EINVAL, false, name);
	}
	add(&seeded, RESOURCE_PROGRAM, ACTION_EXEC, OUTCOME_OK, 0, false, "/usr/bin/p07");
	add(&seeded, RESOURCE_PROGRAM, ACTION_EXEC, OUTCOME_OK, 0, false, "/tmp/dropped");
	add(&seeded, RESOURCE_FILE, ACTION_WRITE, OUTCOME_FAILED, ENOSPC, false, "/tmp/x");
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "tcp/h%d:443", i);
		add(&seeded, RESOURCE_HOST, ACTION_CONNECT, OUTCOME_OK, 0, false, name);
	}
	text = finish(&seeded, true, summarize);
	assert_says(text, "\nExecuted 13 programs, 28 times\n"
			  "       2  $TMP/dropped\n"
			  "       4  /usr/bin/p07\n"
			  "       2  /usr/bin/p00\n");
	assert_says(text, "\n          and 5 more\n");
	assert_says(text, "\nFailed at 13 attempts, 26 times\n"
			  "      12  stat EINVAL  /usr/bin/p00 ...\n"
			  "       1  write ENOSPC  $TMP/x\n");
	assert_says(text, "       2  tcp/h9:443\n"); /* two beyond the limit are not cut */
	clean(&seeded, text);
}

static void what_was_not_seen_is_said(void **state)
{
	struct seeded seeded;
	char *text;

	(void)state;
	begin(&seeded, "fixer");
	add_gap(&seeded, GAP_UNKNOWN_CALL, "call 470");
	add_gap(&seeded, GAP_UNKNOWN_CALL, "call 471");
	text = finish(&seeded, false, summarize);
	assert_says(text, "no exit seen, incomplete, 2 gaps");
	assert_says(text, "\nNot all was seen, so this run cannot show that something is never");
	assert_says(text, "  the recorder died");
	assert_says(text, "  unknown-call: a system call that is not in the table\n"
			  "      6 times, first: call 470\n");
	clean(&seeded, text);
}

static void nothing_raw_and_nothing_too_wide(void **state)
{
	struct seeded seeded;
	char *text, *line, *rest, name[300];

	(void)state;
	setenv("COLUMNS", "60", 1);
	begin(&seeded, "fi\x1b[2J xer");
	memset(name, 'x', sizeof name);
	name[0] = '/';
	name[sizeof name - 1] = '\0';
	for (int action = ACTION_READ; action <= ACTION_MAP; action++) {
		add(&seeded, RESOURCE_FILE, action, OUTCOME_OK, 0, false, name);
		add(&seeded, RESOURCE_FILE, action, OUTCOME_OK, 0, false, "/a\x1b]0;x\a");
		add(&seeded, RESOURCE_FILE, action, OUTCOME_DENIED, 1, false,
		    "/\xc2\x9b"
		    "31m");
	}
	add_gap(&seeded, GAP_NESTED_FILTER, "\x1b[1m");
	text = finish(&seeded, true, summarize);
	unsetenv("COLUMNS");
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		assert_in_range(text_columns(line), 0, 60);
		for (const char *c = line; *c; c++)
			assert_in_range((unsigned char)*c, 0x20, 0x7e);
	}
	clean(&seeded, text);
}

static void the_numbers_are_json(void **state)
{
	struct seeded seeded;
	json_t *root;
	char *text;

	(void)state;
	begin(&seeded, "fi\"x\\er\xff\n");
	add_read(&seeded, "/home/me/project/a");
	add_read(&seeded, "/usr/lib/a");
	add_gap(&seeded, GAP_LOST, "");
	text = finish(&seeded, true, summarize_json);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "agent")),
			    "fi\"x\\\\er\\xff\n");
	assert_int_equal(json_integer_value(json_object_get(root, "calls")), 200);
	assert_true(json_real_value(json_object_get(root, "stops_per_call")) == 0.25);
	json_t *read = json_object_get(json_object_get(root, "did"), "read");
	assert_int_equal(json_integer_value(json_object_get(read, "distinct")), 2);
	assert_int_equal(json_integer_value(json_object_get(read, "uses")), 4);
	assert_int_equal(json_integer_value(json_object_get(read, "workspace")), 1);
	assert_int_equal(json_array_size(json_object_get(root, "not_seen")), 1);
	json_decref(root);
	clean(&seeded, text);
}

/* ---- folding ---- */

static int by_name(const void *left, const void *right)
{
	const struct tally_row *a = *(struct tally_row *const *)left;
	const struct tally_row *b = *(struct tally_row *const *)right;

	return a->place != b->place ? (int)a->place - (int)b->place
				    : bytes_compare(a->name, b->name);
}

/* Whatever the names, the lines stand for each row exactly once. */
static void folding_loses_nothing(void **state)
{
	static char name[200][40];
	static struct tally_row row[200];
	struct tally_row *pointer[200];
	struct fold_line line[FOLD_LINES];

	(void)state;
	srand(1);
	for (unsigned turn = 0; turn < 500; turn++) {
		struct tally_part part = { .row = pointer, .count = 1 + turn % 200 };
		size_t limit = PLACE_COUNT + turn % (FOLD_LINES - PLACE_COUNT), count, next = 0;

		for (size_t i = 0; i < part.count; i++) {
			snprintf(name[i], sizeof name[i], "/%c/%c%s/%c%zu", 'a' + rand() % 4,
				 'a' + rand() % 3, rand() % 2 ? "/x" : "", 'a' + rand() % 9, i);
			if (rand() % 50 == 0)
				name[i][1] = '\0';
			row[i] = (struct tally_row){ .place = (enum place)(rand() % PLACE_COUNT),
						     .name = bytes_of(name[i]) };
			part.place[row[i].place]++;
			pointer[i] = &row[i];
		}
		qsort(pointer, part.count, sizeof *pointer, by_name);
		count = fold(&part, turn % 2, limit, line);
		assert_in_range(count, 1, limit);
		for (size_t i = 0; i < count; i++) {
			assert_int_equal(line[i].begin, next);
			assert_true(line[i].end > line[i].begin);
			next = line[i].end;
		}
		assert_int_equal(next, part.count);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(the_verdict_comes_first),
		cmocka_unit_test(names_are_told_by_folder),
		cmocka_unit_test(refusals_are_named),
		cmocka_unit_test(many_are_told_by_the_most_telling),
		cmocka_unit_test(what_was_not_seen_is_said),
		cmocka_unit_test(nothing_raw_and_nothing_too_wide),
		cmocka_unit_test(the_numbers_are_json),
		cmocka_unit_test(folding_loses_nothing),
	};

	unsetenv("COLUMNS");
	setenv("NO_COLOR", "1", 1);
	return cmocka_run_group_tests(test, NULL, NULL);
}
