#include "core/error.h"
#include "core/store_private.h"

#include <errno.h>

void store_read_image(struct query *query, struct image *ret)
{
	ret->seq = query_int(query);
	ret->parent = query_int(query);
	ret->pid = (int32_t)query_int(query);
	ret->program = query_bytes(query);
	ret->argv = query_bytes(query);
	ret->cwd = query_bytes(query);
	ret->started_ns = query_int(query);
}

int store_each_image(struct store *store, int64_t run, image_visit *visit, void *context,
		     struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_IMAGE, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct image image;

		store_read_image(&query, &image);
		status = visit(context, &image);
		if (status)
			return status;
	}
	return status;
}

static void read_access(struct query *query, struct access *ret)
{
	ret->seq = query_int(query);
	ret->image = query_int(query);
	ret->phase = query_bytes(query);
	ret->call = query_int(query);
	ret->resource = (enum resource)query_int(query);
	ret->action = (enum action)query_int(query);
	ret->name = query_bytes(query);
	ret->requested = query_bytes(query);
	ret->peer = query_bytes(query);
	ret->outcome = (enum outcome)query_int(query);
	ret->error = (int)query_int(query);
	ret->count = query_int(query);
	ret->bytes = query_int(query);
	ret->first_ns = query_int(query);
	ret->last_ns = query_int(query);
	ret->peak_second = query_int(query);
	ret->peak_minute = query_int(query);
	ret->peak_hour = query_int(query);
	ret->own = query_int(query) != 0;
	ret->via = (enum via)query_int(query);
	ret->dev = (uint64_t)query_int(query);
	ret->ino = (uint64_t)query_int(query);
}

int store_each_access(struct store *store, int64_t run, access_visit *visit, void *context,
		      struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_ACCESS, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct access access;
		struct image image;

		read_access(&query, &access);
		store_read_image(&query, &image);
		status = visit(context, &access, &image);
		if (status)
			return status;
	}
	return status;
}

int store_find_access(struct store *store, const char *run, int64_t seq, access_visit *visit,
		      void *context, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_FIND_ACCESS, err);
	struct access access;
	struct image image;

	if (status)
		return status;
	query_bind_text(&query, run);
	query_bind_int(&query, seq);
	status = query_step(&query, err);
	if (status < 0)
		return status;
	if (!status)
		return error_set(err, ENOENT, "find access %s:%lld", run, (long long)seq);
	read_access(&query, &access);
	store_read_image(&query, &image);
	return visit(context, &access, &image);
}

int store_each_gap(struct store *store, int64_t run, gap_visit *visit, void *context,
		   struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_GAP, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct gap gap;

		gap.seq = query_int(&query);
		gap.kind = (enum gap_kind)query_int(&query);
		gap.image = query_int(&query);
		gap.detail = query_bytes(&query);
		gap.count = query_int(&query);
		gap.first_ns = query_int(&query);
		gap.last_ns = query_int(&query);
		status = visit(context, &gap);
		if (status)
			return status;
	}
	return status;
}

int store_each_policy(struct store *store, const char *agent, policy_visit *visit, void *context,
		      struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_POLICY, err);

	if (status)
		return status;
	query_bind_text(&query, agent);
	while ((status = query_step(&query, err)) > 0) {
		struct stored_policy policy;

		policy.key = query_int(&query);
		policy.agent = query_text(&query);
		policy.digest = query_text(&query);
		policy.parent = query_text(&query);
		policy.created_ns = query_int(&query);
		policy.document = query_bytes(&query);
		policy.author = query_text(&query);
		status = visit(context, &policy);
		if (status)
			return status;
	}
	return status;
}

static bool only_goes_on(enum action action)
{
	return action == ACTION_STAT || action == ACTION_READ || action == ACTION_LIST ||
	       action == ACTION_WRITE || action == ACTION_APPEND;
}

bool access_is_covered(const struct access *access)
{
	if (bytes_start_with(access->requested, bytes_of("descriptor:")))
		return only_goes_on(access->action);
	return bytes_start_with(access->requested, bytes_of("inherited:")) ||
	       bytes_start_with(access->requested, bytes_of("received:"));
}
