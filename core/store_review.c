#include "core/store_review.h"

#include "core/error.h"
#include "core/store_private.h"

int store_add_decision(struct store *store, const struct stored_decision *decision,
		       struct error *err)
{
	scoped(query) struct query add = { 0 };
	int status = query_open(&add, store, STATEMENT_ADD_DECISION, err);

	if (status)
		return status;
	query_bind_text(&add, decision->rule);
	query_bind_int(&add, decision->verdict);
	query_bind_text(&add, decision->reviewer);
	query_bind_text(&add, decision->login);
	query_bind_text(&add, decision->reason);
	query_bind_int(&add, decision->decided_ns);
	query_bind_key(&add, decision->effective_ns);
	query_bind_key(&add, decision->until_ns);
	query_bind_text(&add, decision->digest);
	return query_run(&add, err);
}

int store_each_decision(struct store *store, const char *agent, decision_visit *visit,
			void *context, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_DECISION, err);

	if (status)
		return status;
	query_bind_text(&query, agent);
	while ((status = query_step(&query, err)) > 0) {
		struct stored_decision decision = { .digest = query_text(&query),
						    .rule = query_text(&query),
						    .verdict = (enum ruling)query_int(&query),
						    .reviewer = query_text(&query),
						    .login = query_text(&query),
						    .reason = query_text(&query),
						    .decided_ns = query_int(&query),
						    .effective_ns = query_int(&query),
						    .until_ns = query_int(&query) };

		status = visit(context, &decision);
		if (status)
			return status;
	}
	return status;
}
