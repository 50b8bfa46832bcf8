#include "reports/connections.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct bytes copy(char **at, struct bytes from)
{
	struct bytes copied = { from.data ? *at : NULL, from.size };

	if (from.size)
		memcpy(*at, from.data, from.size);
	*at += from.size;
	return copied;
}

static int make_key(int64_t image, struct bytes name, struct bytes peer, struct buffer *ret)
{
	buffer_append(ret, &image, sizeof image);
	buffer_append(ret, &name.size, sizeof name.size);
	if (name.size)
		buffer_append(ret, name.data, name.size);
	if (peer.size)
		buffer_append(ret, peer.data, peer.size);
	return buffer_status(ret);
}

static struct connection_row *copy_row(const struct connection *from, struct bytes program)
{
	struct connection_row *row =
		calloc(1, sizeof *row + from->name.size + from->question.size + from->peer.size +
				  from->relay.size + program.size);
	char *at;

	if (!row)
		return NULL;
	at = row->bytes;
	row->connection = *from;
	row->connection.name = copy(&at, from->name);
	row->connection.question = copy(&at, from->question);
	row->connection.peer = copy(&at, from->peer);
	row->connection.relay = copy(&at, from->relay);
	row->program = copy(&at, program);
	return row;
}

static int index_row(struct connections *connections, struct connection_row *row)
{
	scoped(buffer) struct buffer key = { 0 };
	struct connection_row *first;

	if (make_key(row->connection.image, row->connection.name, row->connection.peer, &key) < 0)
		return -ENOMEM;
	HASH_FIND(hh, connections->index, key.data, key.size, first);
	if (first) {
		row->alike = first->alike;
		first->alike = row;
		return 0;
	}
	row->key_size = key.size;
	row->key = buffer_steal(&key);
	HASH_ADD_KEYPTR(hh, connections->index, row->key, row->key_size, row);
	return row->hh.tbl ? 0 : -ENOMEM;
}

static int keep(void *context, const struct connection *connection, const struct image *image)
{
	struct connections *connections = context;
	struct connection_row **grown, *row;
	size_t capacity = connections->capacity ? 2 * connections->capacity : 64;

	if (connections->count == connections->capacity) {
		grown = reallocarray(connections->row, capacity, sizeof(struct connection_row *));
		if (!grown)
			return -ENOMEM;
		connections->row = grown;
		connections->capacity = capacity;
	}
	row = copy_row(connection, image->program);
	if (!row)
		return -ENOMEM;
	connections->row[connections->count++] = row;
	return index_row(connections, row);
}

int connections_read(struct connections *ret, struct store *store, int64_t run, struct error *err)
{
	int rc = store_each_connection(store, run, keep, ret, err);

	return rc == -ENOMEM ? error_set(err, ENOMEM, "read the connections") : rc;
}

/* What failed, only asked for a name, or waits for others, has made none. */
static bool may_connect(const struct access *access)
{
	if (access->resource != RESOURCE_HOST || access->outcome != OUTCOME_OK)
		return false;
	if (access->action == ACTION_ACCEPT)
		return access->peer.size;
	return access->action == ACTION_CONNECT || access->action == ACTION_SEND;
}

bool connections_of(const struct connections *connections, const struct access *access,
		    struct connection *ret)
{
	scoped(buffer) struct buffer key = { 0 };
	struct connection_row *row;

	if (!may_connect(access) ||
	    make_key(access->image, access->name, access->peer.data ? access->peer : access->name,
		     &key) < 0)
		return false;
	HASH_FIND(hh, connections->index, key.data, key.size, row);
	if (!row)
		return false;
	*ret = row->connection;
	while ((row = row->alike)) {
		ret->count += row->connection.count;
		ret->measured += row->connection.measured;
		ret->sent += row->connection.sent;
		ret->received += row->connection.received;
	}
	return true;
}

void connections_release(struct connections *connections)
{
	HASH_CLEAR(hh, connections->index);
	for (size_t i = 0; i < connections->count; i++) {
		free(connections->row[i]->key);
		free(connections->row[i]);
	}
	free(connections->row);
	*connections = (struct connections){ 0 };
}

void connections_cleanup(struct connections *connections)
{
	connections_release(connections);
}
