#include "core/digest.h"
#include "core/error.h"
#include "core/store_private.h"

#include <errno.h>
#include <stdio.h>

/* A seal sums up, as fields of core/digest.h:
 *
 *     evidence = for each row of SEALED_IMAGE, _ACCESS, _CALL, _GAP, _CONNECTION, _USAGE, _EVENT,
 *                _FINGERPRINT, _TOOL: its table, then its columns
 *     seal     = "pare seal 1", previous seal, time of sealing, columns of SEALED_RUN, evidence
 *
 * in two steps, because the first may take seconds and the second holds the write lock. */
#define SEAL_FORM "pare seal 1"

static const struct part {
	const char *table;
	enum statement statement;
} part_row[] = {
	{ "image", STATEMENT_SEALED_IMAGE },
	{ "access", STATEMENT_SEALED_ACCESS },
	{ "call", STATEMENT_SEALED_CALL },
	{ "gap", STATEMENT_SEALED_GAP },
	{ "connection", STATEMENT_SEALED_CONNECTION },
	{ "usage", STATEMENT_SEALED_USAGE },
	{ "event", STATEMENT_SEALED_EVENT },
	{ "fingerprint", STATEMENT_SEALED_FINGERPRINT },
	{ "tool", STATEMENT_SEALED_TOOL },
};

/* Where accesses come from when they are not read back. */
struct source {
	access_source *visit;
	void *source;
};

static void add_column(struct digest *digest, sqlite3_stmt *row, int column)
{
	const char *data;

	switch (sqlite3_column_type(row, column)) {
	case SQLITE_NULL:
		digest_null(digest);
		break;
	case SQLITE_INTEGER:
		digest_int(digest, sqlite3_column_int64(row, column));
		break;
	default:
		data = sqlite3_column_blob(row, column);
		digest_bytes(digest,
			     (struct bytes){ data, (size_t)sqlite3_column_bytes(row, column) });
	}
}

/* Adds every row of `statement` for the run; the number of rows, or -errno. */
static int64_t add_rows(struct digest *digest, struct store *store, const char *table,
			enum statement statement, int64_t run, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int64_t count = 0;
	int status = query_open(&query, store, statement, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	for (; (status = query_step(&query, err)) > 0; count++) {
		digest_bytes(digest, bytes_of(table));
		for (int i = 0; i < sqlite3_column_count(query.row); i++)
			add_column(digest, query.row, i);
	}
	return status ? status : count;
}

static int finish(struct digest *digest, int64_t status, char *ret_hex, struct error *err)
{
	char hex[DIGEST_HEX_SIZE];

	digest_close(digest, hex);
	if (status < 0)
		return (int)status;
	if (!hex[0])
		return error_say(err, EIO, "sum up a run: SHA-256 does not work");
	snprintf(ret_hex, DIGEST_HEX_SIZE, "%s", hex);
	return 0;
}

static void add_name(struct digest *digest, struct bytes name)
{
	if (name.data)
		digest_bytes(digest, name);
	else
		digest_null(digest);
}

/* What SEALED_ACCESS reads. */
static void add_access(void *context, const struct access *access)
{
	struct digest *digest = context;
	const int64_t rest[] = {
		access->outcome,      access->error,   access->count,	    access->bytes,
		access->first_ns,     access->last_ns, access->peak_second, access->peak_minute,
		access->peak_hour,    access->own,     access->via,	    (int64_t)access->dev,
		(int64_t)access->ino,
	};

	digest_bytes(digest, bytes_of("access"));
	digest_int(digest, access->seq);
	digest_int(digest, access->image);
	digest_bytes(digest, access->phase);
	digest_int(digest, access->call);
	digest_int(digest, access->resource);
	digest_int(digest, access->action);
	digest_bytes(digest, access->name);
	add_name(digest, store_requested(access));
	add_name(digest, access->peer);
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
		digest_int(digest, rest[i]);
}

static int digest_evidence(struct store *store, int64_t run, const struct source *accesses,
			   char *ret_hex, struct error *err)
{
	const struct part *end = part_row + sizeof part_row / sizeof *part_row;
	struct digest *digest;
	int64_t status = 0;

	if (digest_open(&digest))
		return error_set(err, ENOMEM, "sum up a run");
	for (const struct part *part = part_row; part < end && status >= 0; part++)
		if (accesses && part->statement == STATEMENT_SEALED_ACCESS)
			accesses->visit(accesses->source, add_access, digest);
		else
			status = add_rows(digest, store, part->table, part->statement, run, err);
	return finish(digest, status, ret_hex, err);
}

int store_digest_evidence(struct store *store, int64_t run, char *ret_hex, struct error *err)
{
	return digest_evidence(store, run, NULL, ret_hex, err);
}

int store_digest_seal(struct store *store, int64_t run, const char *evidence, const char *previous,
		      int64_t sealed_ns, char *ret_hex, struct error *err)
{
	struct digest *digest;
	int64_t status;

	if (digest_open(&digest))
		return error_set(err, ENOMEM, "sum up a run");
	digest_bytes(digest, bytes_of(SEAL_FORM));
	digest_bytes(digest, bytes_of(previous));
	digest_int(digest, sealed_ns);
	status = add_rows(digest, store, "run", STATEMENT_SEALED_RUN, run, err);
	digest_bytes(digest, bytes_of(evidence));
	return finish(digest, status, ret_hex, err);
}

static int end_run(struct store *store, const struct run *run, struct error *err)
{
	scoped(query) struct query end = { 0 };
	int status = query_open(&end, store, STATEMENT_END_RUN, err);

	if (status)
		return status;
	query_bind_int(&end, run->ended_ns);
	query_bind_int(&end, run->status);
	query_bind_int(&end, run->stops);
	query_bind_int(&end, run->calls);
	query_bind_int(&end, run->key);
	status = query_run(&end, err);
	if (!status && !sqlite3_changes(store->db))
		return error_say(err, EINVAL, "end run %s: it is not there, or was ended before",
				 run->id);
	return status;
}

static int last_seal(struct store *store, char *ret_hex, struct error *err)
{
	scoped(query) struct query last = { 0 };
	int status = query_open(&last, store, STATEMENT_LAST_SEAL, err);

	if (!status)
		status = query_step(&last, err);
	if (status < 0)
		return status;
	snprintf(ret_hex, DIGEST_HEX_SIZE, "%s", status ? query_text(&last) : "");
	return 0;
}

static int add_seal(struct store *store, int64_t run, const char *previous, const char *digest,
		    int64_t sealed_ns, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int status = query_open(&add, store, STATEMENT_ADD_SEAL, err);

	if (status)
		return status;
	query_bind_int(&add, run);
	query_bind_text(&add, previous);
	query_bind_text(&add, digest);
	query_bind_int(&add, sealed_ns);
	return query_run(&add, err);
}

static int seal(struct store *store, const struct run *run, const char *evidence, int64_t sealed_ns,
		struct error *err)
{
	char previous[DIGEST_HEX_SIZE], digest[DIGEST_HEX_SIZE];
	int status = end_run(store, run, err);

	if (!status)
		status = last_seal(store, previous, err);
	if (!status)
		status = store_digest_seal(store, run->key, evidence, previous, sealed_ns, digest,
					   err);
	return status ? status : add_seal(store, run->key, previous, digest, sealed_ns, err);
}

/* Whoever removes or replaces the file leaves the writer with one that nobody else will see. */
static int still_there(struct store *store, struct error *err)
{
	int moved = 0;

	if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) || !moved)
		return 0;
	return error_say(err, ESTALE,
			 "end the run in %s: the file was removed or replaced meanwhile",
			 buffer_text(&store->shown));
}

static int end_and_seal(struct store *store, const struct run *run, int64_t sealed_ns,
			const struct source *accesses, struct error *err)
{
	char evidence[DIGEST_HEX_SIZE];
	int status = still_there(store, err);

	if (!status)
		status = digest_evidence(store, run->key, accesses, evidence, err);
	if (!status)
		status = store_begin(store, err);
	if (status)
		return status;
	status = seal(store, run, evidence, sealed_ns, err);
	if (!status)
		status = store_commit(store, err);
	if (status)
		store_rollback(store);
	return status;
}

int store_end_run(struct store *store, const struct run *run, int64_t sealed_ns, struct error *err)
{
	return end_and_seal(store, run, sealed_ns, NULL, err);
}

int store_end_run_of(struct store *store, const struct run *run, int64_t sealed_ns,
		     access_source *accesses, void *source, struct error *err)
{
	const struct source from = { accesses, source };

	return end_and_seal(store, run, sealed_ns, &from, err);
}
