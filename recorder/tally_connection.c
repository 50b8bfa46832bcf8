#include "recorder/tally_connection.h"

#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct counted_row {
	UT_hash_handle hh;
	struct connection connection; /* its names are in `key` */
	struct counted_row *next_changed;
	bool changed, stored;
	size_t key_size;
	char key[];
};

/* What makes two of them different, before the bytes of the names. */
struct key {
	int64_t image;
	int32_t protocol, source;
	size_t name, question, peer, relay; /* sizes; SIZE_MAX: no data */
};

static size_t size_of(struct bytes name)
{
	return name.data ? name.size : SIZE_MAX;
}

static void add_name(struct buffer *key, struct bytes name)
{
	if (name.size)
		buffer_append(key, name.data, name.size);
}

static int make_key(const struct connection *of, struct buffer *ret)
{
	struct key key;

	memset(&key, 0, sizeof key); /* padding is compared, too */
	key.image = of->image;
	key.protocol = (int32_t)of->protocol;
	key.source = (int32_t)of->source;
	key.name = size_of(of->name);
	key.question = size_of(of->question);
	key.peer = size_of(of->peer);
	key.relay = size_of(of->relay);
	buffer_append(ret, &key, sizeof key);
	add_name(ret, of->name);
	add_name(ret, of->question);
	add_name(ret, of->peer);
	add_name(ret, of->relay);
	return buffer_status(ret);
}

static struct bytes cut(const char **at, struct bytes like)
{
	struct bytes name = { like.data ? *at : NULL, like.size };

	*at += like.size;
	return name;
}

static struct counted_row *add_row(struct counted *counted, const struct connection *like,
				   const struct buffer *key)
{
	struct counted_row *row = calloc(1, sizeof *row + key->size);
	const char *at;

	if (!row)
		return NULL;
	row->key_size = key->size;
	memcpy(row->key, key->data, key->size);
	at = row->key + sizeof(struct key);
	row->connection = (struct connection){
		.seq = counted->rows + 1,
		.image = like->image,
		.protocol = like->protocol,
		.source = like->source,
	};
	row->connection.name = cut(&at, like->name);
	row->connection.question = cut(&at, like->question);
	row->connection.peer = cut(&at, like->peer);
	row->connection.relay = cut(&at, like->relay);
	HASH_ADD_KEYPTR(hh, counted->row, row->key, row->key_size, row);
	if (row->hh.tbl) {
		counted->rows++;
		return row;
	}
	free(row);
	return NULL;
}

/* What is taken back came before what is said instead, so its times say nothing. */
static void count(struct connection *connection, const struct connection *change)
{
	connection->count += change->count;
	connection->measured += change->measured;
	connection->sent += change->sent;
	connection->received += change->received;
	if (change->count < 0)
		return;
	if (!connection->first_ns || change->first_ns < connection->first_ns)
		connection->first_ns = change->first_ns;
	if (change->last_ns > connection->last_ns)
		connection->last_ns = change->last_ns;
}

int counted_add(struct counted *counted, const struct connection *change)
{
	scoped(buffer) struct buffer key = { 0 };
	struct counted_row *row;

	if (make_key(change, &key) < 0)
		return -ENOMEM;
	HASH_FIND(hh, counted->row, key.data, key.size, row);
	if (!row)
		row = add_row(counted, change, &key);
	if (!row)
		return -ENOMEM;
	count(&row->connection, change);
	if (row->changed)
		return 0;
	row->changed = true;
	row->next_changed = counted->changed;
	counted->changed = row;
	return 0;
}

int counted_save(const struct counted *counted, struct store *store, int64_t run, bool again,
		 struct error *err)
{
	int r = 0;

	for (struct counted_row *row = counted->changed; r == 0 && row; row = row->next_changed) {
		if (row->connection.count == 0)
			r = store_drop_connection(store, run, row->connection.seq, err);
		else if (again || !row->stored)
			r = store_put_connection(store, run, &row->connection, err);
	}
	return r;
}

bool counted_grew(const struct counted *counted)
{
	return counted->changed != NULL;
}

void counted_saved(struct counted *counted, bool again)
{
	struct counted_row *row = counted->changed, *next;

	counted->changed = NULL;
	for (; row; row = next) {
		bool is_there = row->connection.count != 0;

		next = row->next_changed;
		row->changed = is_there && row->stored && !again;
		row->stored = is_there;
		if (!row->changed)
			continue;
		row->next_changed = counted->changed;
		counted->changed = row;
	}
}

void counted_release(struct counted *counted)
{
	struct counted_row *row = counted->row, *next;

	HASH_CLEAR(hh, counted->row);
	for (; row; row = next) {
		next = row->hh.next;
		free(row);
	}
	*counted = (struct counted){ 0 };
}
