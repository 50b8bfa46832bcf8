#include "core/store.h"
#include "core/error.h"
#include "core/store_private.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define BUSY_MS 10000

/* A database may come from somebody else: nothing in its schema may run anything. */
static void distrust(sqlite3 *db)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	/* What is referred to was looked up or added just before, and `pare fsck` checks it: to
	 * have every row checked as it is written is a quarter of what writing costs. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
}

static int connect_to(struct store *store, const char *name, int flags, struct error *err)
{
	int code;

	/* Nobody asks how much memory SQLite uses, and the count costs a lock each time.
	 * Refused, and no matter, once it has begun. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(name, &store->db,
			       flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (!store->db)
		return error_set(err, ENOMEM, "open %s", buffer_text(&store->shown));
	if (code)
		return store_fail(store, "open", err);
	distrust(store->db);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return 0;
}

/* Settings of the connection; none of them fails on its own. */
static int configure(struct store *store, struct error *err)
{
	if (store_sql(store, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
			     "PRAGMA synchronous = NORMAL"))
		return store_fail(store, "open", err);
	/* Who reads goes through runs in their order: more would only take memory. */
	if (store->mode != STORE_READ && store_sql(store, "PRAGMA cache_size = -16384"))
		return store_fail(store, "open", err);
	return 0;
}

/* The change to WAL needs the file for itself, and SQLite does not always wait for that.  Where
 * a file system cannot do it SQLite stays with its rollback journal, which is as safe. */
static int use_wal(struct store *store, struct error *err)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int code = SQLITE_BUSY;

	for (int tries = BUSY_MS / 5; tries > 0 && (code & 0xff) == SQLITE_BUSY; tries--) {
		code = store_sql(store, "PRAGMA journal_mode = WAL");
		if ((code & 0xff) == SQLITE_BUSY)
			nanosleep(&pause, NULL);
	}
	return code ? store_fail(store, "open", err) : 0;
}

/* WAL comes before the schema, so that a recorder that is killed leaves all of it or nothing, but
 * after the check, so that no other program's database is touched. */
static int open_to_write(struct store *store, struct error *err)
{
	bool behind = false;
	int status = connect_to(store, buffer_text(&store->path), SQLITE_OPEN_READWRITE, err);

	/* SQLite opens what it may not write to for reading, without a word. */
	if (!status && sqlite3_db_readonly(store->db, "main") == 1)
		status = error_set(err, EACCES, "write %s", buffer_text(&store->shown));
	if (!status)
		status = configure(store, err);
	if (!status)
		status = store_check(store, &behind, err);
	if (!status)
		status = use_wal(store, err);
	return !status && behind ? store_migrate(store, err) : status;
}

/* SQLite's name of the file as a URI (RFC 3986) that says: nobody will change it. */
static void make_uri(const struct store *store, struct buffer *uri)
{
	buffer_add(uri, "file:");
	for (size_t i = 0; i < store->path.size; i++) {
		unsigned char c = (unsigned char)store->path.data[i];

		if (c == '/' || (c < 0x80 && strchr("-._~", c)) || (c >= '0' && c <= '9') ||
		    ((c | 32) >= 'a' && (c | 32) <= 'z'))
			buffer_add_char(uri, (char)c);
		else
			buffer_printf(uri, "%%%02X", c);
	}
	buffer_add(uri, "?immutable=1");
}

/* A reader of a WAL database makes a -shm file beside it.  Where it may not, and no -wal file
 * says that somebody is writing, the file is complete as it is. */
static int open_unchanging(struct store *store, struct error *err)
{
	scoped(buffer) struct buffer wal = { 0 }, uri = { 0 };
	struct stat st;

	buffer_printf(&wal, "%s-wal", buffer_text(&store->path));
	if (!stat(buffer_text(&wal), &st) && st.st_size > 0)
		return error_say(err, EACCES,
				 "read %s: it was not closed (there is a -wal file beside it) and "
				 "this folder is not writable; copy both to one that is",
				 buffer_text(&store->shown));
	sqlite3_close_v2(store->db);
	store->db = NULL;
	make_uri(store, &uri);
	if (buffer_status(&uri))
		return error_set(err, ENOMEM, "open %s", buffer_text(&store->shown));
	return connect_to(store, buffer_text(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
}

static int open_to_read(struct store *store, struct error *err)
{
	bool behind;
	int code, status = connect_to(store, buffer_text(&store->path), SQLITE_OPEN_READONLY, err);

	if (status)
		return status;
	code = store_sql(store, "SELECT 1 FROM sqlite_schema LIMIT 1");
	if (code == SQLITE_READONLY_ROLLBACK)
		status = error_say(err, EROFS,
				   "read %s: a change was broken off; the next `pare record` "
				   "mends it",
				   buffer_text(&store->shown));
	else if ((code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY)
		status = open_unchanging(store, err);
	if (!status)
		status = configure(store, err);
	return status ? status : store_check(store, &behind, err);
}

int store_open(struct store **ret, const char *path, enum store_mode mode, struct error *err)
{
	struct store *store = calloc(1, sizeof *store);
	int status;

	if (!store)
		return error_set(err, ENOMEM, "open the database");
	store->mode = mode;
	status = store_locate(store, path, err);
	if (!status)
		status = mode == STORE_READ ? open_to_read(store, err) : open_to_write(store, err);
	if (status) {
		store_close(store);
		return status;
	}
	*ret = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		sqlite3_finalize(store->statement[i]);
	sqlite3_close_v2(store->db);
	store_forget(store);
	store_forget_known(store);
	buffer_release(&store->path);
	buffer_release(&store->shown);
	free(store);
}

const char *store_path(const struct store *store)
{
	return buffer_text(&store->path);
}

int store_begin(struct store *store, struct error *err)
{
	/* A writer takes its lock at once: waiting for it later could be a deadlock. */
	return store_execute(
		store, store->mode == STORE_READ ? STATEMENT_BEGIN_READ : STATEMENT_BEGIN_WRITE,
		err);
}

int store_commit(struct store *store, struct error *err)
{
	return store_execute(store, STATEMENT_COMMIT, err);
}

void store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		store_sql(store, "ROLLBACK");
	store_forget(store);
}
