#include "core/error.h"
#include "core/store_private.h"

/* What the store calls the names; 0: none. */
struct keys {
	int64_t phase, tool, caller;
};

static int find_keys(struct store *store, const struct tool_call *call, struct keys *ret,
		     struct error *err)
{
	int status = store_name(store, call->phase, &ret->phase, err);

	if (!status)
		status = store_resource(store, RESOURCE_TOOL, call->tool, &ret->tool, err);
	if (!status && call->caller.data)
		status = store_name(store, call->caller, &ret->caller, err);
	return status;
}

int store_put_call(struct store *store, int64_t run, const struct tool_call *call,
		   struct error *err)
{
	scoped(query) struct query put = { 0 };
	struct keys key = { 0 };
	int status = find_keys(store, call, &key, err);

	if (!status)
		status = query_open(&put, store, STATEMENT_PUT_CALL, err);
	if (status)
		return status;
	query_bind_int(&put, run);
	query_bind_int(&put, call->seq);
	query_bind_int(&put, call->image);
	query_bind_int(&put, key.phase);
	query_bind_int(&put, key.tool);
	query_bind_key(&put, key.caller);
	query_bind_bytes(&put, call->arguments);
	query_bind_int(&put, call->status);
	query_bind_int(&put, call->started_ns);
	query_bind_int(&put, call->ended_ns);
	query_bind_int(&put, call->sent);
	query_bind_int(&put, call->received);
	return query_run(&put, err);
}

static void read_call(struct query *query, struct tool_call *ret)
{
	ret->seq = query_int(query);
	ret->image = query_int(query);
	ret->phase = query_bytes(query);
	ret->tool = query_bytes(query);
	ret->caller = query_bytes(query);
	ret->arguments = query_bytes(query);
	ret->status = (enum call_status)query_int(query);
	ret->started_ns = query_int(query);
	ret->ended_ns = query_int(query);
	ret->sent = query_int(query);
	ret->received = query_int(query);
}

int store_each_call(struct store *store, int64_t run, call_visit *visit, void *context,
		    struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_CALL, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct tool_call call;
		struct image image;

		read_call(&query, &call);
		store_read_image(&query, &image);
		status = visit(context, &call, &image);
		if (status)
			return status;
	}
	return status;
}
