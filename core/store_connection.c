#include "core/error.h"
#include "core/store_private.h"

/* What the store calls the names; 0: none. */
struct keys {
	int64_t name, question, peer, relay;
};

static int find_key(struct store *store, struct bytes name, int64_t *ret, struct error *err)
{
	return name.data ? store_name(store, name, ret, err) : 0;
}

static int find_keys(struct store *store, const struct connection *connection, struct keys *ret,
		     struct error *err)
{
	int status = store_name(store, connection->name, &ret->name, err);

	if (!status)
		status = find_key(store, connection->question, &ret->question, err);
	if (!status)
		status = store_name(store, connection->peer, &ret->peer, err);
	return status ? status : find_key(store, connection->relay, &ret->relay, err);
}

static void bind_bytes(struct query *put, const struct connection *connection, int64_t bytes)
{
	if (connection->measured)
		query_bind_int(put, bytes);
	else
		query_bind_key(put, 0);
}

static void bind_connection(struct query *put, const struct connection *connection,
			    const struct keys *key)
{
	query_bind_int(put, connection->seq);
	query_bind_int(put, connection->image);
	query_bind_int(put, connection->protocol);
	query_bind_int(put, key->name);
	query_bind_int(put, connection->source);
	query_bind_key(put, key->question);
	query_bind_int(put, key->peer);
	query_bind_key(put, key->relay);
	query_bind_int(put, connection->count);
	query_bind_int(put, connection->measured);
	bind_bytes(put, connection, connection->sent);
	bind_bytes(put, connection, connection->received);
	query_bind_int(put, connection->first_ns);
	query_bind_int(put, connection->last_ns);
}

int store_put_connection(struct store *store, int64_t run, const struct connection *connection,
			 struct error *err)
{
	scoped(query) struct query put = { 0 };
	struct keys key = { 0 };
	int status = find_keys(store, connection, &key, err);

	if (!status)
		status = query_open(&put, store, STATEMENT_PUT_CONNECTION, err);
	if (status)
		return status;
	query_bind_int(&put, run);
	bind_connection(&put, connection, &key);
	return query_run(&put, err);
}

int store_drop_connection(struct store *store, int64_t run, int64_t seq, struct error *err)
{
	scoped(query) struct query drop = { 0 };
	int status = query_open(&drop, store, STATEMENT_DROP_CONNECTION, err);

	if (status)
		return status;
	query_bind_int(&drop, run);
	query_bind_int(&drop, seq);
	return query_run(&drop, err);
}

static void read_connection(struct query *query, struct connection *ret)
{
	ret->seq = query_int(query);
	ret->image = query_int(query);
	ret->protocol = (enum protocol)query_int(query);
	ret->name = query_bytes(query);
	ret->source = (enum host_source)query_int(query);
	ret->question = query_bytes(query);
	ret->peer = query_bytes(query);
	ret->relay = query_bytes(query);
	ret->count = query_int(query);
	ret->measured = query_int(query);
	ret->sent = query_int(query);
	ret->received = query_int(query);
	ret->first_ns = query_int(query);
	ret->last_ns = query_int(query);
}

int store_each_connection(struct store *store, int64_t run, connection_visit *visit, void *context,
			  struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_CONNECTION, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		struct connection connection;
		struct image image;

		read_connection(&query, &connection);
		store_read_image(&query, &image);
		status = visit(context, &connection, &image);
		if (status)
			return status;
	}
	return status;
}
