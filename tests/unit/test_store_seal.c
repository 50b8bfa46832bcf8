/* The chain: whatever is changed after a run was sealed, fsck names the run. */
#include "tests/unit/store_fixture.h"

#define RUN_A "aaaa0000000000000000000000000001"
#define RUN_B "bbbb0000000000000000000000000002"
#define RUN_C "cccc0000000000000000000000000003"

struct said {
	struct buffer bad, good;
};

static void hear(void *context, bool bad, const char *line)
{
	struct said *said = context;

	buffer_printf(bad ? &said->bad : &said->good, "%s\n", line);
}

/* Checks "chain.db" and compares all that is wrong with `bad`; `what` is for the message. */
static struct fsck_result check_after(const char *what, const char *bad)
{
	struct said said = { 0 };
	struct fsck_result result;
	struct store *store = open_store("chain.db", STORE_READ);
	struct error err = { 0 };

	assert_done(store_fsck(store, hear, &said, &result, &err), &err);
	store_close(store);
	if (strcmp(buffer_text(&said.bad), bad))
		fail_msg("%s: said \"%s\", not \"%s\"", what, buffer_text(&said.bad), bad);
	buffer_release(&said.bad);
	buffer_release(&said.good);
	return result;
}

static struct fsck_result check(const char *bad)
{
	return check_after("check", bad);
}

/* Three sealed runs and one whose recorder died. */
static void make_chain(void)
{
	static const char *const id[] = { RUN_A, RUN_B, RUN_C };
	struct store *store;

	unlink("chain.db");
	unlink("chain.db-wal");
	unlink("chain.db-shm");
	store = open_store("chain.db", STORE_WRITE);
	for (int i = 0; i < 3; i++) {
		struct run run = add_sample(store, id[i]);
		struct connection connection = sample_connection(1, "tcp/a.test:443");
		struct error err = { 0 };

		connection.question = BYTES("a.test");
		connection.measured = connection.sent = connection.received = 1;
		assert_done(store_put_connection(store, run.key, &connection, &err), &err);
		end_sample(store, &run);
	}
	add_sample(store, "dddd0000000000000000000000000004");
	store_close(store);
}

static void finds_nothing_wrong(void **state)
{
	struct fsck_result result;

	(void)state;
	make_chain();
	result = check("");
	assert_int_equal(result.runs, 4);
	assert_int_equal(result.sealed, 3);
	assert_int_equal(result.incomplete, 1);
	assert_int_equal(result.damaged, 0);
	assert_int_equal(result.altered, 0);
}

/* Every column that a seal covers, changed in the second run (row 2). */
static const char *const alteration[] = {
	"UPDATE run SET uuid = 'bbbb0000000000000000000000000009' WHERE id = 2",
	"INSERT INTO agent VALUES (9, 'other', 0); UPDATE run SET agent = 9 WHERE id = 2",
	"UPDATE run SET task = 'x' WHERE id = 2",
	"UPDATE run SET host = 'x' WHERE id = 2",
	"UPDATE run SET uid = 0 WHERE id = 2",
	"UPDATE run SET command = x'00' WHERE id = 2",
	"UPDATE run SET cwd = x'00' WHERE id = 2",
	"UPDATE run SET workspace = x'00' WHERE id = 2",
	"UPDATE run SET home = x'00' WHERE id = 2",
	"UPDATE run SET tmp = x'00' WHERE id = 2",
	"UPDATE run SET kernel = '' WHERE id = 2",
	"UPDATE run SET version = '' WHERE id = 2",
	"UPDATE run SET assurance = 'fast' WHERE id = 2",
	"UPDATE run SET clock = '' WHERE id = 2",
	"UPDATE run SET recorder = '' WHERE id = 2",
	"UPDATE run SET started = started - 1 WHERE id = 2",
	"UPDATE run SET ended = ended + 1 WHERE id = 2",
	"UPDATE run SET ended = NULL WHERE id = 2",
	"UPDATE run SET status = 0 WHERE id = 2",
	"UPDATE run SET stops = 0 WHERE id = 2",
	"UPDATE run SET calls = 0 WHERE id = 2",
	"UPDATE image SET seq = 2 WHERE run = 2",
	"UPDATE image SET parent = 9 WHERE run = 2",
	"UPDATE image SET pid = 9 WHERE run = 2",
	"UPDATE image SET program = argv WHERE run = 2",
	"UPDATE image SET argv = program WHERE run = 2",
	"UPDATE image SET cwd = program WHERE run = 2",
	"UPDATE image SET started = 9 WHERE run = 2",
	"DELETE FROM image WHERE run = 2",
	"INSERT INTO image SELECT 2, 2, 1, 1, program, argv, cwd, 0 FROM image WHERE run = 2",
	"UPDATE access SET seq = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET image = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET phase = (SELECT id FROM name WHERE bytes = x'') WHERE run = 2 AND seq = "
	"2",
	"UPDATE access SET call = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET action = 2 WHERE run = 2 AND seq = 2",
	"UPDATE access SET resource = (SELECT min(id) FROM resource) WHERE run = 2 AND seq = 2",
	"UPDATE access SET requested = NULL WHERE run = 2 AND seq = 2",
	"UPDATE access SET peer = NULL WHERE run = 2 AND seq = 2",
	"UPDATE access SET peer = requested, requested = peer WHERE run = 2 AND seq = 2",
	"UPDATE access SET outcome = 3 WHERE run = 2 AND seq = 2",
	"UPDATE access SET errno = 13 WHERE run = 2 AND seq = 2",
	"UPDATE access SET count = 2 WHERE run = 2 AND seq = 2",
	"UPDATE access SET bytes = 2 WHERE run = 2 AND seq = 2",
	"UPDATE access SET first = 1, last = last WHERE run = 2 AND seq = 2",
	"UPDATE access SET last = 9999 WHERE run = 2 AND seq = 2",
	"UPDATE access SET peak_second = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET peak_minute = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET peak_hour = 9 WHERE run = 2 AND seq = 2",
	"UPDATE access SET own = 1 WHERE run = 2 AND seq = 2",
	"UPDATE access SET via = 2 WHERE run = 2 AND seq = 2",
	"UPDATE access SET dev = 2 WHERE run = 2 AND seq = 2",
	"UPDATE access SET ino = 2 WHERE run = 2 AND seq = 2",
	"UPDATE connection SET seq = 2 WHERE run = 2",
	"UPDATE connection SET image = 2 WHERE run = 2",
	"UPDATE connection SET protocol = 2 WHERE run = 2",
	"UPDATE connection SET name = peer WHERE run = 2",
	"UPDATE connection SET source = 2 WHERE run = 2",
	"UPDATE connection SET question = NULL WHERE run = 2",
	"UPDATE connection SET peer = name WHERE run = 2",
	"UPDATE connection SET relay = peer WHERE run = 2",
	"UPDATE connection SET count = 2 WHERE run = 2",
	"UPDATE connection SET measured = 0 WHERE run = 2",
	"UPDATE connection SET sent = 2 WHERE run = 2",
	"UPDATE connection SET received = NULL WHERE run = 2",
	"UPDATE connection SET first = 1 WHERE run = 2",
	"UPDATE connection SET last = 1 WHERE run = 2",
	"DELETE FROM connection WHERE run = 2",
	"INSERT INTO connection SELECT 2, 2, image, protocol, name, source, question, peer, relay, "
	"count, measured, sent, received, first, last FROM connection WHERE run = 2",
	"DELETE FROM access WHERE run = 2 AND seq = 2",
	"INSERT INTO access SELECT 2, 3, image, phase, call, action, resource, requested, peer, "
	"outcome,"
	" errno, count, bytes, first, last, peak_second, peak_minute, peak_hour, own, via, dev, ino"
	" FROM access WHERE run = 2 AND seq = 2",
	"UPDATE gap SET seq = 2 WHERE run = 2",
	"UPDATE gap SET kind = 1 WHERE run = 2",
	"UPDATE gap SET image = 1 WHERE run = 2",
	"UPDATE gap SET detail = (SELECT id FROM name WHERE bytes = x'') WHERE run = 2",
	"UPDATE gap SET count = 0 WHERE run = 2",
	"UPDATE gap SET first = 9 WHERE run = 2",
	"UPDATE gap SET last = 9 WHERE run = 2",
	"DELETE FROM gap WHERE run = 2",
	"INSERT INTO call SELECT 2, 1, 0, phase, min(resource.id), NULL, x'7b7d', 1, 1, 2, 0, 0"
	" FROM resource, access",
	"UPDATE seal SET sealed = 9 WHERE run = 2",
};

static void names_the_run_that_was_altered(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof alteration / sizeof *alteration; i++) {
		const char *id = i ? RUN_B : "bbbb0000000000000000000000000009";
		char want[100];
		struct fsck_result result;

		make_chain();
		tamper("chain.db", alteration[i]);
		snprintf(want, sizeof want, "run %s was altered after it was sealed\n", id);
		result = check_after(alteration[i], want);
		assert_int_equal(result.altered, 1);
		assert_int_equal(result.damaged, 0);
	}
}

/* A name belongs to every run that has it. */
static void notices_a_changed_name(void **state)
{
	(void)state;
	make_chain();
	tamper("chain.db", "UPDATE name SET bytes = CAST('/etc/motd' AS BLOB)"
			   " WHERE bytes = CAST('/etc/passwd' AS BLOB)");
	assert_int_equal(check("run " RUN_A " was altered after it was sealed\n"
			       "run " RUN_B " was altered after it was sealed\n"
			       "run " RUN_C " was altered after it was sealed\n")
				 .altered,
			 3);
	make_chain();
	tamper("chain.db", "UPDATE resource SET kind = 2; UPDATE agent SET name = 'x'");
	assert_int_equal(check("run " RUN_A " was altered after it was sealed\n"
			       "run " RUN_B " was altered after it was sealed\n"
			       "run " RUN_C " was altered after it was sealed\n")
				 .altered,
			 3);
}

#define REMOVE_CONTENT(run)                                                                        \
	"DELETE FROM access WHERE run = " run "; DELETE FROM image WHERE run = " run               \
	"; DELETE FROM gap WHERE run = " run "; DELETE FROM connection WHERE run = " run           \
	"; DELETE FROM run WHERE id = " run

static void notices_removed_runs(void **state)
{
	(void)state;
	make_chain();
	tamper("chain.db", REMOVE_CONTENT("2"));
	assert_int_equal(
		check("table seal refers to rows of table run that are not there: 1 times\n"
		      "the run of seal 2 (1970-01-01T00:00:00.000006000Z) was removed\n")
			.altered,
		1);
	make_chain();
	tamper("chain.db", REMOVE_CONTENT("2") "; DELETE FROM seal WHERE run = 2");
	check("seal 3 does not follow seal 1: a sealed run was removed or sealed anew\n");
	make_chain();
	tamper("chain.db", REMOVE_CONTENT("1") "; DELETE FROM seal WHERE run = 1");
	check("seal 2 follows one that is not there: a sealed run was removed\n");
	make_chain();
	tamper("chain.db", REMOVE_CONTENT("3") "; DELETE FROM seal WHERE run = 3");
	check("the chain ends with seal 2, but there was a seal 3\n");
	make_chain();
	tamper("chain.db", "DELETE FROM seal WHERE run = 3");
	check("the chain ends with seal 2, but there was a seal 3\n"
	      "run " RUN_C " ended, but its seal was removed\n");
	make_chain();
	tamper("chain.db", "UPDATE seal SET digest = 'x' WHERE run = 2");
	check("run " RUN_B " was altered after it was sealed\n"
	      "seal 3 does not follow seal 2: a sealed run was removed or sealed anew\n");
	make_chain();
	tamper("chain.db", "UPDATE seal SET previous = '' WHERE run = 2");
	check("seal 2 does not follow seal 1: a sealed run was removed or sealed anew\n"
	      "run " RUN_B " was altered after it was sealed\n");
}

/* The same evidence under other row numbers has the same sum: seals can be compared. */
static void seals_do_not_depend_on_row_numbers(void **state)
{
	struct store *store = open_store("one.db", STORE_WRITE);
	struct run run = add_sample(store, RUN_A);

	(void)state;
	end_sample(store, &run);
	store_close(store);
	store = open_store("two.db", STORE_WRITE);
	add_sample(store, RUN_B);
	tamper("two.db", "UPDATE agent SET id = 50; UPDATE run SET agent = 50;"
			 "INSERT INTO name VALUES (900, x'AA')");
	store_close(store);
	store = open_store("two.db", STORE_WRITE);
	run = add_sample(store, RUN_A);
	end_sample(store, &run);
	store_close(store);
	tamper("two.db", "ATTACH 'one.db' AS one;"
			 "CREATE TABLE same AS SELECT a.digest = b.digest AS same FROM seal AS a, "
			 "one.seal AS b");
	assert_int_equal(count_rows("two.db", "SELECT same FROM same"), 1);
}

static void finds_damage(void **state)
{
	struct said said = { 0 };
	struct fsck_result result;
	struct store *store;
	struct error err = { 0 };

	(void)state;
	make_chain();
	tamper("chain.db", "PRAGMA writable_schema = ON;"
			   "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema"
			   " WHERE name = 'gap') WHERE name = 'run_by_agent'");
	store = open_store("chain.db", STORE_READ);
	assert_done(store_fsck(store, hear, &said, &result, &err), &err);
	store_close(store);
	assert_true(result.damaged > 0);
	assert_non_null(strstr(buffer_text(&said.bad), "the database is damaged: "));
	buffer_release(&said.bad);
	buffer_release(&said.good);
}

static void tells_of_unfinished_runs(void **state)
{
	scoped(buffer) struct buffer identity = { 0 };
	struct said said = { 0 };
	struct fsck_result result;
	struct store *store;
	struct run run = sample_run(RUN_A);
	struct error err = { 0 };

	(void)state;
	unlink("chain.db");
	store = open_store("chain.db", STORE_WRITE);
	assert_int_equal(store_recorder_identity(&identity), 0);
	run.recorder = buffer_text(&identity);
	assert_done(store_add_run(store, &run, &err), &err);
	add_sample(store, RUN_B);
	assert_done(store_fsck(store, hear, &said, &result, &err), &err);
	assert_string_equal(buffer_text(&said.bad), "");
	assert_string_equal(buffer_text(&said.good),
			    "run " RUN_A " is being recorded\n"
			    "run " RUN_B " is incomplete: its recorder died, so it has no seal\n");
	assert_int_equal(result.runs, 2);
	assert_int_equal(result.incomplete, 1);
	buffer_release(&said.bad);
	buffer_release(&said.good);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(finds_nothing_wrong),
		cmocka_unit_test(names_the_run_that_was_altered),
		cmocka_unit_test(notices_a_changed_name),
		cmocka_unit_test(notices_removed_runs),
		cmocka_unit_test(seals_do_not_depend_on_row_numbers),
		cmocka_unit_test(finds_damage),
		cmocka_unit_test(tells_of_unfinished_runs),
	};

	return cmocka_run_group_tests_name("store seal", test, enter_folder, leave_folder);
}
