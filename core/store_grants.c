#include "core/store_grants.h"

#include "core/error.h"
#include "core/store_private.h"

#include <errno.h>

int store_add_grants(struct store *store, struct stored_grants *grants, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t agent = 0;
	int status = store_agent(store, grants->agent, grants->imported_ns, &agent, err);

	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_GRANTS, err);
	if (status)
		return status;
	query_bind_int(&add, agent);
	query_bind_text(&add, grants->format);
	query_bind_bytes(&add, grants->source);
	query_bind_text(&add, grants->grantor);
	query_bind_int(&add, grants->granted_ns);
	query_bind_int(&add, grants->imported_ns);
	query_bind_int(&add, grants->governs);
	query_bind_text(&add, grants->digest);
	query_bind_bytes(&add, grants->allowed);
	query_bind_bytes(&add, grants->denied);
	status = query_step(&add, err);
	if (status < 0)
		return status;
	grants->key = query_int(&add);
	return query_run(&add, err);
}

int store_add_grant(struct store *store, int64_t grants, int64_t seq,
		    const struct stored_grant *grant, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int status = query_open(&add, store, STATEMENT_ADD_GRANT, err);

	if (status)
		return status;
	query_bind_int(&add, grants);
	query_bind_int(&add, seq);
	query_bind_int(&add, grant->is_denied);
	query_bind_text(&add, grant->rule);
	query_bind_int(&add, grant->resource);
	query_bind_int(&add, grant->action);
	query_bind_text(&add, grant->pattern);
	query_bind_key(&add, grant->expires_ns);
	return query_run(&add, err);
}

int store_add_grant_note(struct store *store, int64_t grants, int64_t seq,
			 const struct stored_note *note, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int status = query_open(&add, store, STATEMENT_ADD_GRANT_NOTE, err);

	if (status)
		return status;
	query_bind_int(&add, grants);
	query_bind_int(&add, seq);
	query_bind_text(&add, note->kind);
	query_bind_int(&add, note->line);
	query_bind_bytes(&add, note->text);
	query_bind_text(&add, note->reason);
	return query_run(&add, err);
}

static void read_grants(struct query *query, struct stored_grants *ret)
{
	ret->key = query_int(query);
	ret->agent = query_text(query);
	ret->format = query_text(query);
	ret->source = query_bytes(query);
	ret->grantor = query_text(query);
	ret->granted_ns = query_int(query);
	ret->imported_ns = query_int(query);
	ret->governs = (unsigned)query_int(query);
	ret->digest = query_text(query);
	ret->allowed = query_bytes(query);
	ret->denied = query_bytes(query);
}

int store_each_grants(struct store *store, const char *agent, grants_visit *visit, void *context,
		      struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_GRANTS, err);

	if (status)
		return status;
	query_bind_text(&query, agent);
	while ((status = query_step(&query, err)) > 0) {
		struct stored_grants grants;

		read_grants(&query, &grants);
		status = visit(context, &grants);
		if (status)
			return status;
	}
	return status;
}

int store_each_grant_note(struct store *store, int64_t grants, grant_note_visit *visit,
			  void *context, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_GRANT_NOTE, err);

	if (status)
		return status;
	query_bind_int(&query, grants);
	while ((status = query_step(&query, err)) > 0) {
		struct stored_note note = { .kind = query_text(&query),
					    .line = (int)query_int(&query),
					    .text = query_bytes(&query),
					    .reason = query_text(&query) };

		status = visit(context, &note);
		if (status)
			return status;
	}
	return status;
}
