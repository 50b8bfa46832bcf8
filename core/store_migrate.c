#include "core/store_private.h"
#include "core/error.h"
#include "core/schema.h"

#include <errno.h>

#define APPLICATION_ID 0x70617265 /* "pare", as in schema.sql */

/* What leads from each version to the next; an empty database has version 0.  Rows are only
 * ever added. */
static const struct {
	int version;
	const char *sql;
} migration[] = {
	{ 1, schema_data },
	{ 2, "DROP INDEX IF EXISTS access_by_resource" }, /* nobody asks by it, and it has to be
							     filled */
	{ 3, schema_3_data },
	{ 4, schema_4_data },
	{ 5, schema_5_data },
	{ 6, schema_6_data },
	{ 7, schema_7_data },
	{ 8, schema_8_data },
	{ 9, schema_9_data },
	{ 10, schema_10_data },
};

#define MIGRATION_COUNT (sizeof migration / sizeof *migration)

int store_schema_version(void)
{
	return migration[MIGRATION_COUNT - 1].version;
}

static const struct {
	const char *list;
	const struct word *word;
} word_list[] = {
	{ "resource", resource_word }, { "action", action_word },
	{ "outcome", outcome_word },   { "via", via_word },
	{ "gap", gap_word },	       { "protocol", protocol_word },
	{ "source", source_word },     { "status", status_word },
	{ "ruling", ruling_word },     { "fingerprint", fingerprint_word },
	{ "listing", listing_word },
};

#define WORD_LIST_COUNT (sizeof word_list / sizeof *word_list)

struct version {
	int64_t schema, application, tables;
};

static int read_version(struct store *store, struct version *ret, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_VERSION, err);

	if (!status)
		status = query_step(&query, err);
	if (status < 0)
		return status;
	ret->schema = query_int(&query);
	ret->application = query_int(&query);
	ret->tables = query_int(&query);
	return 0;
}

static bool is_empty(const struct version *version)
{
	return !version->schema && !version->tables && !version->application;
}

/* 0 when this program may use or migrate such a database. */
static int judge(struct store *store, const struct version *version, struct error *err)
{
	const char *shown = buffer_text(&store->shown);
	int known = store_schema_version();

	if (is_empty(version) && store->mode == STORE_WRITE)
		return 0;
	if (is_empty(version))
		return error_say(err, ENOENT,
				 "read %s: nothing was recorded yet; `pare record -- COMMAND` "
				 "does that",
				 shown);
	if (version->application != APPLICATION_ID || version->schema < 1)
		return error_say(err, EINVAL,
				 "open %s: this is a database of another program, not of pare",
				 shown);
	if (version->schema > known)
		return error_say(err, ENOTSUP,
				 "open %s: written by a newer pare (schema %lld, this one knows "
				 "%d)",
				 shown, (long long)version->schema, known);
	if (version->schema < known && store->mode == STORE_READ)
		return error_say(err, ENOTSUP,
				 "read %s: written by an older pare (schema %lld, this one wants "
				 "%d); the next `pare record` brings it up to date",
				 shown, (long long)version->schema, known);
	return 0;
}

static int count_words(struct store *store, int64_t *ret, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_COUNT_WORDS, err);

	if (!status)
		status = query_step(&query, err);
	if (status < 0)
		return status;
	*ret = query_int(&query);
	return 0;
}

static int add_word(struct store *store, const char *list, const struct word *word,
		    struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_ADD_WORD, err);

	if (status)
		return status;
	query_bind_text(&query, list);
	query_bind_int(&query, word->code);
	query_bind_text(&query, word->text);
	return query_run(&query, err);
}

/* The words of this program; those of a newer one stay. */
static int add_words(struct store *store, struct error *err)
{
	int status = 0;

	for (size_t i = 0; i < WORD_LIST_COUNT; i++)
		for (const struct word *word = word_list[i].word; word->code && !status; word++)
			status = add_word(store, word_list[i].list, word, err);
	return status;
}

static int apply(struct store *store, int version, const char *sql, struct error *err)
{
	char set_version[48];

	sqlite3_snprintf(sizeof set_version, set_version, "PRAGMA user_version = %d", version);
	if (store_sql(store, sql) || store_sql(store, set_version))
		return store_fail(store, "migrate", err);
	return 0;
}

/* Inside a transaction, because another process may have done it just now. */
static int migrate_locked(struct store *store, struct error *err)
{
	struct version version;
	int status = read_version(store, &version, err);

	if (!status)
		status = judge(store, &version, err);
	for (size_t i = 0; i < MIGRATION_COUNT && !status; i++)
		if (migration[i].version > version.schema)
			status = apply(store, migration[i].version, migration[i].sql, err);
	return status ? status : add_words(store, err);
}

int store_check(struct store *store, bool *ret_behind, struct error *err)
{
	struct version version;
	int64_t have = 0, want = 0;
	int status = read_version(store, &version, err);

	if (!status)
		status = judge(store, &version, err);
	if (status)
		return status;
	*ret_behind = version.schema < migration[MIGRATION_COUNT - 1].version;
	if (*ret_behind || store->mode == STORE_READ)
		return 0;
	for (size_t i = 0; i < WORD_LIST_COUNT; i++)
		for (const struct word *word = word_list[i].word; word->code; word++)
			want++;
	status = count_words(store, &have, err);
	*ret_behind = have < want;
	return status;
}

int store_migrate(struct store *store, struct error *err)
{
	int status = store_begin(store, err);

	if (!status)
		status = migrate_locked(store, err);
	if (!status)
		status = store_commit(store, err);
	if (status)
		store_rollback(store);
	return status;
}
