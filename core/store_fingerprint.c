#include "core/store_fingerprint.h"

#include "core/error.h"
#include "core/store_private.h"

#include <errno.h>

int store_add_fingerprint(struct store *store, int64_t run, enum fingerprint_kind kind,
			  struct bytes value, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int64_t name;
	int status = store_name(store, value, &name, err);

	if (!status)
		status = query_open(&add, store, STATEMENT_ADD_FINGERPRINT, err);
	if (status)
		return status;
	query_bind_int(&add, run);
	query_bind_int(&add, kind);
	query_bind_int(&add, name);
	return query_run(&add, err);
}

int store_each_fingerprint(struct store *store, int64_t run, fingerprint_visit *visit,
			   void *context, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_FINGERPRINT, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		enum fingerprint_kind kind = (enum fingerprint_kind)query_int(&query);

		status = visit(context, kind, query_bytes(&query));
		if (status)
			return status;
	}
	return status;
}

int store_last_fingerprint(struct store *store, enum fingerprint_kind kind, struct buffer *out,
			   struct error *err)
{
	scoped(query) struct query query = { 0 };
	struct bytes value;
	int status = query_open(&query, store, STATEMENT_LAST_FINGERPRINT, err);

	if (status)
		return status;
	query_bind_int(&query, kind);
	status = query_step(&query, err);
	if (status <= 0)
		return status;
	value = query_bytes(&query);
	buffer_append(out, value.data, value.size);
	return buffer_status(out) < 0 ? error_set(err, ENOMEM, "read %s", store_path(store)) : 0;
}
