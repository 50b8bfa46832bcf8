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

int store_each_resource(struct store *store, resource_visit *visit, void *context,
			struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_RESOURCE, err);

	if (status)
		return status;
	while ((status = query_step(&query, err)) > 0) {
		enum resource kind = (enum resource)query_int(&query);

		status = visit(context, kind, query_bytes(&query));
		if (status)
			return status;
	}
	return status;
}

static void read_denied(struct query *query, struct denied_use *ret)
{
	ret->resource = (enum resource)query_int(query);
	ret->action = (enum action)query_int(query);
	ret->name = query_bytes(query);
	ret->outcome = (enum outcome)query_int(query);
	ret->error = (int)query_int(query);
	ret->runs = query_int(query);
	ret->count = query_int(query);
	ret->last_ns = query_int(query);
	ret->run = query_text(query);
	ret->seq = query_int(query);
}

int store_each_denied(struct store *store, const struct run_filter *filter, denied_visit *visit,
		      void *context, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_DENIED, err);

	if (status)
		return status;
	query_bind_text(&query, filter->agent);
	query_bind_int(&query, filter->since_ns);
	query_bind_int(&query, filter->until_ns);
	query_bind_int(&query, OUTCOME_DENIED);
	query_bind_int(&query, OUTCOME_SUPPRESSED);
	while ((status = query_step(&query, err)) > 0) {
		struct denied_use use = { 0 };

		read_denied(&query, &use);
		status = visit(context, &use);
		if (status)
			return status;
	}
	return status;
}
