#ifndef CORE_STORE_PRIVATE_H
#define CORE_STORE_PRIVATE_H

/* What the files core/store*.c share; nobody else includes this. */

#include "core/bytes.h"
#include "core/store.h"

#include <sqlite3.h>

struct error;

enum statement {
#define STATEMENT(name, sql) STATEMENT_##name,
#include "core/store.def"
#undef STATEMENT
	STATEMENT_COUNT
};

/* Identifiers that were looked up before, by bytes (store_name.c). */
struct cache {
	struct cached *entry;
	size_t bytes;
};

/* What identifiers stand for, by identifier (store_need.c). */
struct known {
	struct known_entry *entry;
	size_t count;
};

struct store {
	sqlite3 *db;
	enum store_mode mode;
	struct buffer path;  /* absolute */
	struct buffer shown; /* the path, fit for a message */
	sqlite3_stmt *statement[STATEMENT_COUNT];
	struct cache name, resource;
	struct known known_name, known_resource;
};

/* ---- store_need.c ---- */

void store_forget_known(struct store *store);

/* ---- store_query.c ---- */

/* One use of a statement.  Parameters are bound and columns are read from left to right.  A
 * statement that is still in use (a visitor asks the same again) is prepared once more. */
struct query {
	struct store *store;
	enum statement statement;
	sqlite3_stmt *row;
	int parameter, column; /* the next one */
	int failed;	       /* SQLite's code of a bind that failed */
};

int query_open(struct query *query, struct store *store, enum statement statement,
	       struct error *err);
void query_cleanup(struct query *query); /* for scoped(query) */

void query_bind_int(struct query *query, int64_t value);
void query_bind_key(struct query *query, int64_t key);		/* 0: NULL */
void query_bind_text(struct query *query, const char *value);	/* NULL: "" */
void query_bind_filter(struct query *query, const char *value); /* NULL: NULL */
void query_bind_bytes(struct query *query, struct bytes value); /* NULL: no bytes */

/* 1: a row is there; 0: no more; -errno. */
int query_step(struct query *query, struct error *err);
/* Steps to the end; 0 or -errno. */
int query_run(struct query *query, struct error *err);

int64_t query_int(struct query *query);	     /* NULL: 0 */
const char *query_text(struct query *query); /* NULL: ""; valid until the next step */
/* Whether the column that is next is NULL. */
bool query_is_null(struct query *query);
struct bytes query_bytes(struct query *query); /* NULL: NULL data; the same */

/* A statement without parameters and rows. */
int store_execute(struct store *store, enum statement statement, struct error *err);
/* Fills `err` from SQLite's last failure: "VERB PATH: REASON". */
int store_fail(struct store *store, const char *verb, struct error *err);
/* Runs SQL that has no result; SQLite's code.  For what is not kept prepared. */
int store_sql(struct store *store, const char *sql);

/* ---- store_locate.c and store_migrate.c ---- */

/* Where the database is; makes its folders and the file when `mode` is STORE_WRITE. */
int store_locate(struct store *store, const char *path, struct error *err);
/* Says why such a database cannot be used, or whether its schema or words are behind this
 * program's (STORE_WRITE). */
int store_check(struct store *store, bool *ret_behind, struct error *err);
/* Brings schema and words up to this program's. */
int store_migrate(struct store *store, struct error *err);

/* ---- store_name.c ---- */

int store_name(struct store *store, struct bytes name, int64_t *ret, struct error *err);
int store_resource(struct store *store, enum resource kind, struct bytes name, int64_t *ret,
		   struct error *err);
int store_agent(struct store *store, const char *name, int64_t created_ns, int64_t *ret,
		struct error *err);
/* Identifiers are no longer known to be there: a transaction was taken back. */
void store_forget(struct store *store);

/* ---- store_write.c ---- */

/* What is stored as requested: no data where it is the name of the resource. */
struct bytes store_requested(const struct access *access);

/* ---- store_read.c ---- */

/* The columns of an image. */
void store_read_image(struct query *query, struct image *ret);

/* ---- store_run.c ---- */

/* Whether the process that wrote run.recorder is still there. */
bool store_recorder_lives(const char *recorder);

/* ---- store_seal.c ---- */

/* The sum of what a run holds, its own row aside. */
int store_digest_evidence(struct store *store, int64_t run, char *ret_hex, struct error *err);
/* The digest that the run's seal should have. */
int store_digest_seal(struct store *store, int64_t run, const char *evidence, const char *previous,
		      int64_t sealed_ns, char *ret_hex, struct error *err);

#endif
