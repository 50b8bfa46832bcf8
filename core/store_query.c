#include "core/store_private.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

static const char *const statement_sql[] = {
#define STATEMENT(name, sql) sql,
#include "core/store.def"
#undef STATEMENT
};

static const struct {
	int code, error;
} errno_row[] = {
	{ SQLITE_PERM, EACCES },    { SQLITE_AUTH, EACCES },	   { SQLITE_BUSY, EBUSY },
	{ SQLITE_LOCKED, EBUSY },   { SQLITE_PROTOCOL, EBUSY },	   { SQLITE_NOMEM, ENOMEM },
	{ SQLITE_READONLY, EROFS }, { SQLITE_INTERRUPT, EINTR },   { SQLITE_CORRUPT, EBADMSG },
	{ SQLITE_NOTADB, EBADMSG }, { SQLITE_FULL, ENOSPC },	   { SQLITE_CANTOPEN, EACCES },
	{ SQLITE_TOOBIG, EFBIG },   { SQLITE_CONSTRAINT, EINVAL }, { SQLITE_MISMATCH, EINVAL },
};

/* The errno behind a failure of these two, 0 for none.  SQLite does not keep that of a failed
 * commit; what the C library has is it, because the callers set errno to 0 before. */
static int system_errno(sqlite3 *db, int code)
{
	int before = errno, error;

	if ((code & 0xff) != SQLITE_CANTOPEN && (code & 0xff) != SQLITE_IOERR)
		return 0;
	error = sqlite3_system_errno(db);
	return error > 0 ? error : before;
}

static int nearest_errno(int code)
{
	for (size_t i = 0; i < sizeof errno_row / sizeof *errno_row; i++)
		if (errno_row[i].code == (code & 0xff))
			return errno_row[i].error;
	return EIO;
}

int store_sql(struct store *store, const char *sql)
{
	errno = 0;
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

int store_fail(struct store *store, const char *verb, struct error *err)
{
	scoped(buffer) struct buffer reason = { 0 };
	int code = sqlite3_extended_errcode(store->db);
	int system = system_errno(store->db, code), error = system ? system : nearest_errno(code);
	const char *shown = buffer_text(&store->shown);

	switch (code & 0xff) {
	case SQLITE_NOTADB:
		return error_say(err, error, "%s %s: this file is not a database", verb, shown);
	case SQLITE_CORRUPT:
		return error_say(err, error,
				 "%s %s: the database is damaged; `sqlite3 FILE .recover` saves "
				 "what can still be read",
				 verb, shown);
	case SQLITE_FULL:
		return error_set(err, error, "%s %s", verb, shown);
	case SQLITE_BUSY:
		return error_say(err, error, "%s %s: another process keeps it locked", verb, shown);
	}
	if (system)
		return error_set(err, error, "%s %s", verb, shown);
	return error_say(err, error, "%s %s: %s", verb, shown,
			 text_safe(bytes_of(sqlite3_errmsg(store->db)), 200, &reason));
}

/* What the caller was about to do, for the message. */
static const char *verb_of(const struct store *store)
{
	return store->mode == STORE_READ ? "read" : "write";
}

int query_open(struct query *query, struct store *store, enum statement statement,
	       struct error *err)
{
	sqlite3_stmt *row = store->statement[statement];

	store->statement[statement] = NULL;
	if (!row && sqlite3_prepare_v3(store->db, statement_sql[statement], -1,
				       SQLITE_PREPARE_PERSISTENT, &row, NULL))
		return store_fail(store, verb_of(store), err);
	*query = (struct query){ .store = store, .statement = statement, .row = row };
	return 0;
}

void query_cleanup(struct query *query)
{
	sqlite3_stmt **place;

	if (!query->row)
		return;
	place = &query->store->statement[query->statement];
	sqlite3_reset(query->row);
	sqlite3_clear_bindings(query->row);
	if (*place)
		sqlite3_finalize(query->row);
	else
		*place = query->row;
	query->row = NULL;
}

static void keep(struct query *query, int code)
{
	if (code && !query->failed)
		query->failed = code;
}

void query_bind_int(struct query *query, int64_t value)
{
	keep(query, sqlite3_bind_int64(query->row, ++query->parameter, value));
}

void query_bind_key(struct query *query, int64_t key)
{
	if (key)
		query_bind_int(query, key);
	else
		query->parameter++;
}

void query_bind_filter(struct query *query, const char *value)
{
	keep(query, sqlite3_bind_text(query->row, ++query->parameter, value, -1, SQLITE_STATIC));
}

void query_bind_text(struct query *query, const char *value)
{
	query_bind_filter(query, value ? value : "");
}

void query_bind_bytes(struct query *query, struct bytes value)
{
	keep(query, sqlite3_bind_blob64(query->row, ++query->parameter,
					value.data ? value.data : "", value.size, SQLITE_STATIC));
}

int query_step(struct query *query, struct error *err)
{
	int code, status;

	errno = 0;
	code = query->failed ? query->failed : sqlite3_step(query->row);
	query->column = 0;
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	status = store_fail(query->store, verb_of(query->store), err);
	/* SQLite may have taken the transaction back by itself. */
	store_forget(query->store);
	return status;
}

int query_run(struct query *query, struct error *err)
{
	int status;

	do
		status = query_step(query, err);
	while (status > 0);
	return status;
}

int64_t query_int(struct query *query)
{
	return sqlite3_column_int64(query->row, query->column++);
}

bool query_is_null(struct query *query)
{
	return sqlite3_column_type(query->row, query->column) == SQLITE_NULL;
}

const char *query_text(struct query *query)
{
	const void *text = sqlite3_column_text(query->row, query->column++);

	return text ? text : "";
}

struct bytes query_bytes(struct query *query)
{
	bool none = query_is_null(query);
	int column = query->column++;
	const char *data = sqlite3_column_blob(query->row, column);

	if (none)
		return (struct bytes){ 0 };
	/* SQLite gives NULL for no bytes, which here would mean "none". */
	return (struct bytes){ data ? data : "", (size_t)sqlite3_column_bytes(query->row, column) };
}

int store_execute(struct store *store, enum statement statement, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, statement, err);

	return status ? status : query_run(&query, err);
}
