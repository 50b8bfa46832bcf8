/* Opening: where the database is, who may read it, and what is said when it cannot be used. */
#include "tests/unit/store_fixture.h"

#include <errno.h>

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void assert_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
}

static void is_private_whatever_the_umask(void **state)
{
	static const mode_t mask[] = { 0, 022, 0777 };

	(void)state;
	for (size_t i = 0; i < sizeof mask / sizeof *mask; i++) {
		char folder[40], path[60], wal[70];
		mode_t before = umask(mask[i]);
		struct store *store;

		snprintf(folder, sizeof folder, "a%zu", i);
		snprintf(path, sizeof path, "%s/b/pare.db", folder);
		snprintf(wal, sizeof wal, "%s-wal", path);
		store = open_store(path, STORE_WRITE);
		add_sample(store, "");
		umask(before);
		assert_mode(folder, 0700);
		assert_mode(path, 0600);
		assert_mode(wal, 0600);
		store_close(store);
	}
}

static void assert_opens_at(const char *want)
{
	struct store *store = open_store(NULL, STORE_WRITE);

	assert_string_equal(store_path(store), want);
	store_close(store);
	assert_int_equal(access(want, F_OK), 0);
}

static void finds_its_place(void **state)
{
	scoped(buffer) struct buffer want = { 0 };
	const char *here = *state;

	buffer_printf(&want, "%s/data/pare/pare.db", here);
	setenv("HOME", here, 1);
	unsetenv("PARE_DB");
	setenv("XDG_DATA_HOME", "data", 1); /* relative: does not count */
	buffer_clear(&want);
	buffer_printf(&want, "%s/.local/share/pare/pare.db", here);
	assert_opens_at(buffer_text(&want));

	buffer_clear(&want);
	buffer_printf(&want, "%s/data", here);
	setenv("XDG_DATA_HOME", buffer_text(&want), 1);
	buffer_add(&want, "/pare/pare.db");
	assert_opens_at(buffer_text(&want));

	setenv("PARE_DB", "mine.db", 1);
	buffer_clear(&want);
	buffer_printf(&want, "%s/mine.db", here);
	assert_opens_at(buffer_text(&want));

	setenv("PARE_DB", "", 1);
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	open_fails(NULL, STORE_WRITE, -ENOENT, "neither PARE_DB nor HOME is set");
}

static void a_path_is_only_a_path(void **state)
{
	static const char *const name[] = { ":memory:", "file:x.db?mode=memory", "a?b#c%41.db",
					    "\xff\n.db" };

	(void)state;
	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		struct store *store = open_store(name[i], STORE_WRITE);

		store_close(store);
		assert_int_equal(access(name[i], F_OK), 0);
	}
	open_fails("", STORE_WRITE, -EINVAL, "its name is empty");
}

static void says_what_it_cannot_use(void **state)
{
	static const char text[] = "This is a letter, not a database; it is long enough to have "
				   "the size of the header of one, which is a hundred bytes.";

	(void)state;
	open_fails("none.db", STORE_READ, -ENOENT,
		   "/none.db: nothing was recorded yet; `pare record");
	open_fails("no/folder/x.db", STORE_READ, -ENOENT, "nothing was recorded yet");
	write_file("empty.db", "", 0);
	open_fails("empty.db", STORE_READ, -ENOENT, "nothing was recorded yet");
	store_close(open_store("empty.db", STORE_WRITE));
	store_close(open_store("empty.db", STORE_READ));
	write_file("letter.db", text, sizeof text);
	open_fails("letter.db", STORE_READ, -EBADMSG, "letter.db: this file is not a database");
	open_fails("letter.db", STORE_WRITE, -EBADMSG, "letter.db: this file is not a database");
	open_fails("letter.db/x.db", STORE_WRITE, -ENOTDIR, "letter.db");
	mkdir("folder.db", 0700);
	open_fails("folder.db", STORE_WRITE, -EISDIR, "folder.db: Is a directory");
	open_fails("folder.db", STORE_READ, -EISDIR, "folder.db: Is a directory");
	tamper("other.db", "CREATE TABLE t (a); PRAGMA user_version = 1");
	open_fails("other.db", STORE_READ, -EINVAL, "a database of another program");
	open_fails("other.db", STORE_WRITE, -EINVAL, "a database of another program");
	assert_int_equal(count_rows("other.db", "SELECT journal_mode = 'delete'"
						" FROM pragma_journal_mode"),
			 1);
	open_fails("bad\x1b[31m.db", STORE_READ, -ENOENT, "bad\\x1b[31m.db");
}

static void refuses_a_newer_schema(void **state)
{
	(void)state;
	store_close(open_store("newer.db", STORE_WRITE));
	tamper("newer.db", "PRAGMA user_version = 11");
	open_fails("newer.db", STORE_READ, -ENOTSUP,
		   "newer.db: written by a newer pare (schema 11, this one knows 10)");
	open_fails("newer.db", STORE_WRITE, -ENOTSUP,
		   "written by a newer pare (schema 11, this one knows 10)");
	assert_int_equal(count_rows("newer.db", "PRAGMA user_version"), 11);
}

static void brings_an_older_schema_up_to_date(void **state)
{
	struct store *store = open_store("older.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	store_close(store);
	tamper("older.db",
	       "CREATE INDEX access_by_resource ON access (resource);"
	       "DROP TABLE usage; DROP VIEW tools; DROP TABLE tool; DROP VIEW calls; DROP VIEW "
	       "connections; DROP TABLE connection;"
	       "DROP TABLE event; DROP VIEW fingerprints; DROP TABLE fingerprint; DROP VIEW "
	       "decisions; DROP INDEX decision_by_policy; ALTER TABLE "
	       "policy DROP COLUMN "
	       "author;"
	       "DROP VIEW granted; DROP TABLE grant_note; DROP TABLE grant_; DROP TABLE grants;"
	       "CREATE TABLE grant_ (id INTEGER PRIMARY KEY);"
	       "PRAGMA user_version = 1");
	open_fails("older.db", STORE_READ, -ENOTSUP,
		   "older.db: written by an older pare (schema 1, this one wants 10);"
		   " the next `pare record` brings it up to date");
	store_close(open_store("older.db", STORE_WRITE));
	assert_int_equal(count_rows("older.db", "PRAGMA user_version"), 10);
	assert_int_equal(count_rows("older.db", "SELECT count(*) FROM sqlite_schema"
						" WHERE name = 'access_by_resource'"),
			 0);
	store = open_store("older.db", STORE_READ);
	assert_int_equal(store_each_access(store, run.key, count_access, &seen, &err), 0);
	assert_true(seen > 0);
	store_close(store);
}

static void hear_bad(void *context, bool bad, const char *line)
{
	if (bad)
		fail_msg("%s", line);
	(void)context;
}

static int count_connection(void *context, const struct connection *connection,
			    const struct image *image)
{
	(void)connection, (void)image;
	++*(int *)context;
	return 0;
}

/* Runs from before there was a table of connections have none, and their seals hold. */
static void keeps_the_seals_of_schema_2(void **state)
{
	struct store *store = open_store("two.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct fsck_result result;
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	end_sample(store, &run);
	store_close(store);
	tamper("two.db",
	       "DROP TABLE usage; DROP VIEW tools; DROP TABLE tool; DROP VIEW calls; DROP VIEW "
	       "connections; DROP TABLE connection;"
	       "DROP TABLE event; DROP VIEW fingerprints; DROP TABLE fingerprint; DROP VIEW "
	       "decisions; DROP INDEX decision_by_policy; ALTER TABLE "
	       "policy DROP COLUMN "
	       "author;"
	       "DROP VIEW granted; DROP TABLE grant_note; DROP TABLE grant_; DROP TABLE grants;"
	       "CREATE TABLE grant_ (id INTEGER PRIMARY KEY);"
	       "DELETE FROM word WHERE list IN ('protocol', 'source', 'status');"
	       "PRAGMA user_version = 2");
	open_fails("two.db", STORE_READ, -ENOTSUP, "(schema 2, this one wants 10)");
	store_close(open_store("two.db", STORE_WRITE));
	assert_int_equal(count_rows("two.db", "PRAGMA user_version"), 10);
	assert_int_equal(count_rows("two.db", "SELECT count(*) FROM word WHERE list = 'source'"),
			 8);
	store = open_store("two.db", STORE_READ);
	assert_done(store_fsck(store, hear_bad, NULL, &result, &err), &err);
	assert_int_equal(result.sealed, 1);
	assert_done(store_each_connection(store, run.key, count_connection, &seen, &err), &err);
	assert_int_equal(seen, 0);
	store_close(store);
}

/* Overwrites `count` pages, or as many as there are, from number `first`, counted from 0. */
static void overwrite(const char *path, long first, long count)
{
	FILE *file = fopen(path, "r+");
	char junk[4096];
	long size;

	memset(junk, 0xa5, sizeof junk);
	assert_non_null(file);
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	fseek(file, first * (long)sizeof junk, SEEK_SET);
	for (long page = first; page < first + count && page * (long)sizeof junk < size; page++)
		fwrite(junk, 1, sizeof junk, file);
	assert_int_equal(fclose(file), 0);
}

/* Whatever is asked fails, and nothing crashes. */
static void survives_damage(void **state)
{
	struct store *store = open_store("damaged.db", STORE_WRITE);
	struct run run = add_sample(store, "");
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	store_close(store);
	overwrite("damaged.db",
		  count_rows("damaged.db",
			     "SELECT rootpage - 1 FROM sqlite_schema WHERE name = 'access'"),
		  1);
	store = open_store("damaged.db", STORE_READ);
	assert_int_equal(store_each_access(store, run.key, count_access, &seen, &err), -EBADMSG);
	assert_says(&err, "damaged.db: the database is damaged");
	store_close(store);
	overwrite("damaged.db", 1, 1000);
	open_fails("damaged.db", STORE_READ, -EBADMSG, "the database is damaged");
	open_fails("damaged.db", STORE_WRITE, -EBADMSG, "the database is damaged");
	assert_int_equal(truncate("damaged.db", 5000), 0);
	open_fails("damaged.db", STORE_WRITE, -EBADMSG, "the database is damaged");
}

static void adds_words_of_a_later_program(void **state)
{
	int64_t words;

	(void)state;
	store_close(open_store("words.db", STORE_WRITE));
	words = count_rows("words.db", "SELECT count(*) FROM word");
	assert_true(words > 40);
	tamper("words.db", "DELETE FROM word WHERE list = 'action'");
	store_close(open_store("words.db", STORE_READ));
	assert_true(count_rows("words.db", "SELECT count(*) FROM word") < words);
	store_close(open_store("words.db", STORE_WRITE));
	assert_int_equal(count_rows("words.db", "SELECT count(*) FROM word"), words);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(is_private_whatever_the_umask),
		cmocka_unit_test(finds_its_place),
		cmocka_unit_test(a_path_is_only_a_path),
		cmocka_unit_test(says_what_it_cannot_use),
		cmocka_unit_test(refuses_a_newer_schema),
		cmocka_unit_test(brings_an_older_schema_up_to_date),
		cmocka_unit_test(keeps_the_seals_of_schema_2),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(adds_words_of_a_later_program),
	};

	return cmocka_run_group_tests_name("store open", test, enter_folder, leave_folder);
}
