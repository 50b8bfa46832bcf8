#include "core/store_private.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Identifiers are given out in order, so an array finds what they stand for. */

struct known_entry {
	char *data; /* NULL: not read yet */
	size_t size;
	enum resource kind;
};

/* Identifiers beyond are no work of ours. */
#define KNOWN_MAX (INT64_C(1) << 32)

static void forget(struct known *known)
{
	for (size_t i = 0; i < known->count; i++)
		free(known->entry[i].data);
	free(known->entry);
	*known = (struct known){ 0 };
}

void store_forget_known(struct store *store)
{
	forget(&store->known_name);
	forget(&store->known_resource);
}

static int grow(struct known *known, size_t id)
{
	size_t count = known->count ? known->count : 1024;
	struct known_entry *grown;

	while (count <= id)
		count *= 2;
	grown = reallocarray(known->entry, count, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	memset(grown + known->count, 0, (count - known->count) * sizeof *grown);
	known->entry = grown;
	known->count = count;
	return 0;
}

static int keep(struct known_entry *entry, struct bytes bytes)
{
	entry->data = malloc(bytes.size + 1);
	if (!entry->data)
		return -ENOMEM;
	if (bytes.size)
		memcpy(entry->data, bytes.data, bytes.size);
	entry->size = bytes.size;
	return 0;
}

static int read_entry(struct store *store, enum statement statement, int64_t id,
		      struct known_entry *entry, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, statement, err);

	if (status)
		return status;
	query_bind_int(&query, id);
	status = query_step(&query, err);
	if (status < 0)
		return status;
	/* One that is missing is told by fsck; here it is an empty name. */
	if (status && statement == STATEMENT_RESOURCE_OF)
		entry->kind = (enum resource)query_int(&query);
	if (keep(entry, status ? query_bytes(&query) : (struct bytes){ "", 0 }) < 0)
		return error_set(err, ENOMEM, "read %s", store_path(store));
	return 0;
}

/* What the identifier stands for, 0: nothing. */
static int look_up(struct store *store, struct known *known, enum statement statement, int64_t id,
		   struct bytes *ret, enum resource *ret_kind, struct error *err)
{
	struct known_entry *entry;
	int status = 0;

	*ret = (struct bytes){ 0 };
	if (id <= 0 || id >= KNOWN_MAX)
		return 0;
	if ((size_t)id >= known->count && grow(known, (size_t)id) < 0)
		return error_set(err, ENOMEM, "read %s", store_path(store));
	entry = &known->entry[id];
	if (!entry->data)
		status = read_entry(store, statement, id, entry, err);
	if (status)
		return status;
	*ret = (struct bytes){ entry->data, entry->size };
	if (ret_kind)
		*ret_kind = entry->kind;
	return 0;
}

struct keys {
	int64_t phase, requested, peer;
};

static void read_row(struct query *query, struct access *ret, struct keys *ret_keys)
{
	*ret = (struct access){ 0 };
	ret->seq = query_int(query);
	ret->image = query_int(query);
	ret_keys->phase = query_int(query);
	ret->call = query_int(query);
	ret->key = query_int(query);
	ret->action = (enum action)query_int(query);
	ret_keys->requested = query_int(query);
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
	ret_keys->peer = query_int(query);
}

static int find_names(struct store *store, struct access *access, const struct keys *keys,
		      struct error *err)
{
	int status = look_up(store, &store->known_name, STATEMENT_BYTES_OF, keys->phase,
			     &access->phase, NULL, err);

	if (!status)
		status = look_up(store, &store->known_name, STATEMENT_BYTES_OF, keys->requested,
				 &access->requested, NULL, err);
	if (!status)
		status = look_up(store, &store->known_resource, STATEMENT_RESOURCE_OF, access->key,
				 &access->name, &access->resource, err);
	if (!status && access->resource == RESOURCE_VARIABLE)
		status = look_up(store, &store->known_name, STATEMENT_BYTES_OF, keys->peer,
				 &access->peer, NULL, err);
	return status;
}

static void read_use(struct query *query, struct access *ret, struct keys *ret_keys)
{
	*ret = (struct access){ 0 };
	ret->seq = query_int(query);
	ret->image = query_int(query);
	ret_keys->phase = query_int(query);
	ret->call = query_int(query);
	ret->key = query_int(query);
	ret->action = (enum action)query_int(query);
	ret_keys->requested = query_int(query);
	ret->outcome = (enum outcome)query_int(query);
	ret->count = query_int(query);
	ret->first_ns = query_int(query);
	ret->last_ns = query_int(query);
	ret->own = query_int(query) != 0;
	ret_keys->peer = query_int(query);
}

typedef void row_reader(struct query *query, struct access *ret, struct keys *ret_keys);

static int each_row(struct query *query, row_reader *read, need_visit *visit, void *context,
		    struct error *err)
{
	int status;

	while ((status = query_step(query, err)) > 0) {
		struct access access;
		struct keys keys;

		read(query, &access, &keys);
		status = find_names(query->store, &access, &keys, err);
		if (!status)
			status = visit(context, &access);
		if (status)
			return status;
	}
	return status;
}

int store_each_need(struct store *store, int64_t run, need_visit *visit, void *context,
		    struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_NEED, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	return each_row(&query, read_row, visit, context, err);
}

int store_each_use(struct store *store, int64_t run, need_visit *visit, void *context,
		   struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_USE, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	return each_row(&query, read_use, visit, context, err);
}
