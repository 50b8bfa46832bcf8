#include "core/error.h"
#include "core/store_private.h"

int store_each_listener(struct store *store, int64_t run, name_visit *visit, void *context,
			struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_LISTENER, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	query_bind_int(&query, RESOURCE_HOST);
	query_bind_int(&query, ACTION_BIND);
	query_bind_int(&query, ACTION_ACCEPT);
	query_bind_int(&query, OUTCOME_OK);
	while ((status = query_step(&query, err)) > 0) {
		status = visit(context, query_bytes(&query));
		if (status)
			return status;
	}
	return status;
}

int store_each_phase(struct store *store, int64_t run, phase_visit *visit, void *context,
		     struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_PHASE, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct bytes phase = query_bytes(&query);

		status = visit(context, phase, query_int(&query));
		if (status)
			return status;
	}
	return status;
}

int store_count_accesses(struct store *store, const char *agent, int64_t until_ns,
			 int64_t *ret_rows, int64_t *ret_times, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_COUNT_ACCESSES, err);

	if (status)
		return status;
	query_bind_text(&query, agent);
	query_bind_int(&query, until_ns);
	status = query_step(&query, err);
	if (status < 0)
		return status;
	*ret_rows = query_int(&query);
	*ret_times = query_int(&query);
	return 0;
}
