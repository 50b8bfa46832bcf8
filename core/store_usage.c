#include "core/error.h"
#include "core/store_private.h"

static int put(struct store *store, int64_t run, const struct usage *usage, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_PUT_USAGE, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	query_bind_int(&query, usage->tasks);
	query_bind_int(&query, usage->memory_bytes);
	query_bind_int(&query, usage->file_bytes);
	return query_run(&query, err);
}

int store_put_usage(struct store *store, int64_t run, const struct usage *usage, struct error *err)
{
	int status = store_begin(store, err);

	if (status)
		return status;
	status = put(store, run, usage, err);
	if (!status)
		status = store_commit(store, err);
	if (status)
		store_rollback(store);
	return status;
}
