#include "core/store_tool.h"

#include "core/error.h"
#include "core/store_private.h"

int store_add_tool(struct store *store, int64_t run, const struct tool_listing *listing,
		   struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t tool;
	int status = store_resource(store, RESOURCE_TOOL, listing->tool, &tool, err);

	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_TOOL, err);
	if (status)
		return status;
	query_bind_int(&add, run);
	query_bind_int(&add, listing->seq);
	query_bind_int(&add, tool);
	query_bind_int(&add, listing->change);
	query_bind_bytes(&add, listing->digest);
	query_bind_bytes(&add, listing->annotations);
	query_bind_bytes(&add, listing->definition);
	query_bind_bytes(&add, listing->differs);
	query_bind_int(&add, listing->seen_ns);
	return query_run(&add, err);
}

int store_each_tool(struct store *store, int64_t run, tool_visit *visit, void *context,
		    struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_TOOL, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct tool_listing listing;

		listing.seq = query_int(&query);
		listing.tool = query_bytes(&query);
		listing.change = (enum tool_change)query_int(&query);
		listing.digest = query_bytes(&query);
		listing.annotations = query_bytes(&query);
		listing.definition = query_bytes(&query);
		listing.differs = query_bytes(&query);
		listing.seen_ns = query_int(&query);
		status = visit(context, &listing);
		if (status)
			return status;
	}
	return status;
}
