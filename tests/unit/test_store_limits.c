/* What the system and the other processes do to a store: locks, limits, full disks, no permission.
 */
#include "tests/unit/store_fixture.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void begin_twice_is_an_error(void **state)
{
	struct store *store = open_store("twice.db", STORE_WRITE);
	struct error err = { 0 };

	(void)state;
	assert_done(store_begin(store, &err), &err);
	assert_true(store_begin(store, &err) < 0);
	assert_says(&err, "twice.db");
	store_rollback(store);
	store_rollback(store);
	store_close(store);
}

/* One process of several: small transactions, as a recorder makes them. */
static void write_much(const char *path)
{
	struct store *store = open_store(path, STORE_WRITE);
	struct run run = add_sample(store, "");
	struct error err = { 0 };
	char name[40];

	for (int i = 3; i < 203; i++) {
		struct access access;

		snprintf(name, sizeof name, "/shared/%d", i % 50);
		access = sample_access(i, name);
		if (i % 5 == 3)
			assert_done(store_begin(store, &err), &err);
		assert_done(store_put_access(store, run.key, &access, &err), &err);
		if (i % 5 == 2)
			assert_done(store_commit(store, &err), &err);
	}
	end_sample(store, &run);
	store_close(store);
}

static void many_create_and_write_at_once(void **state)
{
	int status;

	(void)state;
	for (int i = 0; i < 6; i++) {
		if (fork())
			continue;
		alarm(60);
		write_much("deep/er/many.db");
		_exit(0);
	}
	for (int i = 0; i < 6; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_rows("deep/er/many.db", "SELECT count(*) FROM access"), 6 * 202);
	assert_int_equal(count_rows("deep/er/many.db", "SELECT count(*) FROM seal"), 6);
	assert_int_equal(count_rows("deep/er/many.db", "SELECT count(DISTINCT previous) FROM seal"),
			 6);
}
/* Runs `work` in a process of its own; it ends with 0, or 77 where it cannot be tried. */
static void in_child(void (*work)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		work();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define child_assert(condition)                                                                    \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "# line %d: %s\n", __LINE__, #condition);                  \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)

/* Writes until the store says that it cannot, then shows that what was committed is there and
 * that the handle works again when there is room. */
static void fill(struct store *store, const char *reason)
{
	struct run run = add_sample(store, "");
	struct error err = { 0 };
	int64_t seq = 2, kept = 2;
	int status = 0, seen = 0;
	char name[3000];

	memset(name, 'n', sizeof name);
	while (!status && seq < 5000) {
		status = store_begin(store, &err);
		for (int i = 0; i < 10 && !status; i++) {
			struct access access = sample_access(++seq, "");

			snprintf(name, 20, "%d", (int)seq);
			name[19] = 'n';
			access.name = (struct bytes){ name, sizeof name };
			status = store_put_access(store, run.key, &access, &err);
		}
		if (!status)
			status = store_commit(store, &err);
		if (!status)
			kept = seq;
	}
	store_rollback(store);
	child_assert(status < 0 && seq > 20);
	if (!strstr(err.text, reason))
		fprintf(stderr, "# %s\n", err.text);
	child_assert(strstr(err.text, reason));
	err = (struct error){ 0 };
	assert_done(store_each_access(store, run.key, count_access, &seen, &err), &err);
	child_assert(seen == kept);
}

static void file_may_not_grow(void)
{
	struct store *store = open_store("limit.db", STORE_WRITE);
	struct rlimit limit = { .rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY };
	struct access access = sample_access(9000, "/after");
	struct error err = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	child_assert(!setrlimit(RLIMIT_FSIZE, &limit));
	fill(store, "limit.db: File too large");
	limit.rlim_cur = RLIM_INFINITY;
	child_assert(!setrlimit(RLIMIT_FSIZE, &limit));
	assert_done(store_begin(store, &err), &err);
	assert_done(store_put_access(store, 1, &access, &err), &err);
	assert_done(store_commit(store, &err), &err);
	store_close(store);
	child_assert(count_rows("limit.db", "SELECT count(*) FROM pragma_foreign_key_check") == 0);
}

static bool write_line(const char *path, const char *format, unsigned id)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return false;
	fprintf(file, format, id);
	return !fclose(file);
}

/* At least inside a user namespace, user_namespaces(7). */
static bool become_root(void)
{
	unsigned uid = geteuid(), gid = getegid();

	return !uid || (!unshare(CLONE_NEWUSER) && write_line("/proc/self/setgroups", "deny", 0) &&
			write_line("/proc/self/uid_map", "0 %u 1", uid) &&
			write_line("/proc/self/gid_map", "0 %u 1", gid));
}

static void disk_is_full(void)
{
	struct store *store;

	mkdir("small", 0700);
	if (!become_root() || unshare(CLONE_NEWNS) ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "small", "tmpfs", 0, "size=1M"))
		_exit(77);
	store = open_store("small/full.db", STORE_WRITE);
	fill(store, "full.db: No space left on device");
	store_close(store);
}

static void tells_of_a_file_that_may_not_grow(void **state)
{
	(void)state;
	in_child(file_may_not_grow);
}

static void tells_of_a_full_disk(void **state)
{
	(void)state;
	in_child(disk_is_full);
}

/* ---- permission ---- */

/* Root may do anything, so that it has to become nobody. */
static void become_powerless(void)
{
	if (geteuid())
		return;
	child_assert(!setgroups(0, NULL) && !setresgid(65534, 65534, 65534) &&
		     !setresuid(65534, 65534, 65534));
}

static void folder_is_closed(void)
{
	struct store *store;
	struct error err = { 0 };
	int seen = 0;

	become_powerless();
	store = open_store("closed/a b%20?.db", STORE_READ);
	assert_done(store_each_access(store, 1, count_access, &seen, &err), &err);
	child_assert(seen == 2);
	store_close(store);
	child_assert(store_open(&store, "closed/a b%20?.db", STORE_WRITE, &err) == -EACCES);
	child_assert(strstr(err.text, "Permission denied"));
	err = (struct error){ 0 };
	child_assert(store_open(&store, "closed/new.db", STORE_WRITE, &err) == -EACCES);
	child_assert(strstr(err.text, "create "));
	err = (struct error){ 0 };
	child_assert(store_open(&store, "closed/cut.db", STORE_READ, &err) < 0);
	child_assert(strstr(err.text, "was not closed"));
}

/* A database whose recorder was killed: part of it is in the -wal file. */
static void make_cut(void)
{
	add_sample(open_store("closed/cut.db", STORE_WRITE), "");
	kill(getpid(), SIGKILL);
}

static void reads_where_it_may_not_write(void **state)
{
	struct store *store = open_store("closed/a b%20?.db", STORE_WRITE);
	pid_t pid;

	add_sample(store, "");
	store_close(store);
	pid = fork();
	if (!pid)
		make_cut();
	waitpid(pid, NULL, 0);
	unlink("closed/cut.db-shm");
	fclose(fopen("closed/a b%20?.db-wal", "w")); /* a reader was here */
	chmod(*state, 0755);
	chmod("closed/a b%20?.db", 0444);
	chmod("closed/cut.db", 0444);
	chmod("closed/cut.db-wal", 0444);
	chmod("closed", 0555);
	in_child(folder_is_closed);
	chmod("closed", 0755);
}

static void loses_nothing_when_killed(void **state)
{
	struct store *store;
	struct error err = { 0 };
	int seen = 0;
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		store = open_store("killed.db", STORE_WRITE);
		add_sample(store, "");
		store_begin(store, &err);
		store_put_access(store, 1, &(struct access){ .seq = 3, .count = 1 }, &err);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(access("killed.db-wal", F_OK), 0);
	store = open_store("killed.db", STORE_READ);
	assert_done(store_each_access(store, 1, count_access, &seen, &err), &err);
	assert_int_equal(seen, 2);
	store_close(store);
}

/* Without WAL, as on a file system that cannot do it. */
static void break_off_a_change(void)
{
	tamper("journal.db", "PRAGMA journal_mode = DELETE");
	if (fork())
		return;
	sqlite3 *db;
	sqlite3_open("journal.db", &db);
	sqlite3_exec(db,
		     "PRAGMA cache_size = 1; BEGIN; CREATE TABLE t (a);"
		     "INSERT INTO t VALUES (zeroblob(100000)), (zeroblob(100000))",
		     NULL, NULL, NULL);
	kill(getpid(), SIGKILL);
}

static void mends_a_broken_off_change(void **state)
{
	struct store *store = open_store("journal.db", STORE_WRITE);
	struct error err = { 0 };
	int seen = 0;

	(void)state;
	add_sample(store, "");
	store_close(store);
	break_off_a_change();
	wait(NULL);
	assert_int_equal(access("journal.db-journal", F_OK), 0);
	open_fails("journal.db", STORE_READ, -EROFS, "the next `pare record` mends it");
	store_close(open_store("journal.db", STORE_WRITE));
	store = open_store("journal.db", STORE_READ);
	assert_done(store_each_access(store, 1, count_access, &seen, &err), &err);
	assert_int_equal(seen, 2);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(begin_twice_is_an_error),
		cmocka_unit_test(many_create_and_write_at_once),
		cmocka_unit_test(tells_of_a_file_that_may_not_grow),
		cmocka_unit_test(tells_of_a_full_disk),
		cmocka_unit_test(reads_where_it_may_not_write),
		cmocka_unit_test(loses_nothing_when_killed),
		cmocka_unit_test(mends_a_broken_off_change),
	};

	return cmocka_run_group_tests_name("store limits", test, enter_folder, leave_folder);
}
