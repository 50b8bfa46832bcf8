#include "core/store_private.h"
#include "core/error.h"
#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this the cache begins anew: the database still knows. */
#define CACHE_BYTES_MAX ((size_t)64 << 20)

struct cached {
	UT_hash_handle hh;
	int64_t id;
	size_t size;
	char key[];
};

static void cache_clear(struct cache *cache)
{
	struct cached *entry, *next;

	HASH_ITER(hh, cache->entry, entry, next)
	{
		HASH_DEL(cache->entry, entry);
		free(entry);
	}
	*cache = (struct cache){ 0 };
}

static int64_t cache_find(const struct cache *cache, struct bytes key)
{
	struct cached *entry;

	HASH_FIND(hh, cache->entry, key.data, key.size, entry);
	return entry ? entry->id : 0;
}

/* A cache may forget, so that running out of memory is no failure. */
static void cache_add(struct cache *cache, struct bytes key, int64_t id)
{
	size_t bytes = sizeof(struct cached) + key.size;
	struct cached *entry;

	if (cache->bytes + bytes > CACHE_BYTES_MAX)
		cache_clear(cache);
	entry = malloc(bytes);
	if (!entry)
		return;
	memset(entry, 0, sizeof *entry);
	entry->id = id;
	entry->size = key.size;
	memcpy(entry->key, key.data, key.size);
	HASH_ADD(hh, cache->entry, key, entry->size, entry);
	if (entry->hh.tbl)
		cache->bytes += bytes;
	else
		free(entry);
}

void store_forget(struct store *store)
{
	cache_clear(&store->name);
	cache_clear(&store->resource);
}

/* Runs `add`, whose parameters are bound; when the row was there already, asks `find`. */
static int add_or_find(struct query *add, struct query *find, int64_t *ret, struct error *err)
{
	sqlite3 *db = add->store->db;
	int status = query_run(add, err);

	if (status)
		return status;
	if (sqlite3_changes(db)) {
		*ret = sqlite3_last_insert_rowid(db);
		return 0;
	}
	status = query_step(find, err);
	if (status > 0)
		*ret = query_int(find);
	else if (!status)
		return error_say(err, EBADMSG, "write %s: a row that is there is not found",
				 buffer_text(&add->store->shown));
	return status < 0 ? status : 0;
}

static int open_both(struct query *add, enum statement add_row, struct query *find,
		     enum statement find_row, struct store *store, struct error *err)
{
	int status = query_open(add, store, add_row, err);

	return status ? status : query_open(find, store, find_row, err);
}

int store_name_key(struct store *store, struct bytes name, int64_t *ret, struct error *err)
{
	scoped(query) struct query add = { 0 }, find = { 0 };
	int status = open_both(&add, STATEMENT_ADD_NAME, &find, STATEMENT_FIND_NAME, store, err);

	if (!name.data)
		name = bytes_of("");
	if (status)
		return status;
	query_bind_bytes(&add, name);
	query_bind_bytes(&find, name);
	return add_or_find(&add, &find, ret, err);
}

int store_resource_key(struct store *store, enum resource kind, int64_t name, int64_t *ret,
		       struct error *err)
{
	scoped(query) struct query add = { 0 }, find = { 0 };
	int status =
		open_both(&add, STATEMENT_ADD_RESOURCE, &find, STATEMENT_FIND_RESOURCE, store, err);

	if (status)
		return status;
	query_bind_int(&add, kind);
	query_bind_int(&add, name);
	query_bind_int(&find, kind);
	query_bind_int(&find, name);
	return add_or_find(&add, &find, ret, err);
}

int store_name(struct store *store, struct bytes name, int64_t *ret, struct error *err)
{
	int status;

	if (!name.data)
		name = bytes_of("");
	*ret = cache_find(&store->name, name);
	if (*ret)
		return 0;
	status = store_name_key(store, name, ret, err);
	if (!status)
		cache_add(&store->name, name, *ret);
	return status;
}

int store_resource(struct store *store, enum resource kind, struct bytes name, int64_t *ret,
		   struct error *err)
{
	int64_t key[2] = { kind, 0 };
	struct bytes pair = { (const char *)key, sizeof key };
	int status = store_name(store, name, &key[1], err);

	if (status)
		return status;
	*ret = cache_find(&store->resource, pair);
	if (*ret)
		return 0;
	status = store_resource_key(store, kind, key[1], ret, err);
	if (!status)
		cache_add(&store->resource, pair, *ret);
	return status;
}

int store_agent(struct store *store, const char *name, int64_t created_ns, int64_t *ret,
		struct error *err)
{
	scoped(query) struct query add = { 0 }, find = { 0 };
	int status = open_both(&add, STATEMENT_ADD_AGENT, &find, STATEMENT_FIND_AGENT, store, err);

	if (status)
		return status;
	query_bind_text(&add, name);
	query_bind_int(&add, created_ns);
	query_bind_text(&find, name);
	return add_or_find(&add, &find, ret, err);
}
