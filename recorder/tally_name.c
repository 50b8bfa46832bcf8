#include "recorder/tally_name.h"

#include <stdlib.h>
#include <string.h>

struct name *name_find(struct name *names, struct bytes bytes)
{
	struct name *name;

	HASH_FIND(hh, names, bytes.data, bytes.size, name);
	return name;
}

struct name *name_intern(struct name **names, struct bytes bytes)
{
	struct name *name = name_find(*names, bytes);

	if (name)
		return name;
	name = calloc(1, sizeof *name + bytes.size);
	if (!name)
		return NULL;
	name->size = bytes.size;
	memcpy(name->bytes, bytes.data, bytes.size);
	HASH_ADD(hh, *names, bytes, name->size, name);
	if (name->hh.tbl)
		return name;
	free(name);
	return NULL;
}

void names_release(struct name **names)
{
	struct name *name = *names, *next;

	HASH_CLEAR(hh, *names);
	for (; name; name = next) {
		next = name->hh.next;
		free(name);
	}
}

int name_know(struct store *store, struct name *name, int64_t *ret, struct error *err)
{
	int r = 0;

	*ret = 0;
	if (name && !name->key)
		r = store_name_key(store, (struct bytes){ name->bytes, name->size }, &name->key,
				   err);
	if (name && r == 0)
		*ret = name->key;
	return r;
}

/* Most names are of one kind of thing. */
int name_know_resource(struct store *store, struct name *name, enum resource kind, int64_t *ret,
		       struct error *err)
{
	int r = name_know(store, name, ret, err);

	if (r == 0 && name->resource && name->kind == kind)
		*ret = name->resource;
	else if (r == 0)
		r = store_resource_key(store, kind, name->key, ret, err);
	if (r == 0) {
		name->resource = *ret;
		name->kind = kind;
	}
	return r;
}

void names_forget_keys(struct name *names)
{
	for (struct name *name = names; name; name = name->hh.next)
		name->key = name->resource = 0;
}
