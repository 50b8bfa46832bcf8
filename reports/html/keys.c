#include "reports/html/keys.h"

#include "core/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct key {
	UT_hash_handle hh;
	size_t number;
	char data[];
};

static struct key *find(const struct keys *keys, struct bytes key)
{
	struct key *found;

	HASH_FIND(hh, keys->key, key.data, key.size, found);
	return found;
}

static struct key *add(struct keys *keys, struct bytes key)
{
	struct key *added = calloc(1, sizeof *added + key.size + 1);

	if (!added)
		return NULL;
	memcpy(added->data, key.data, key.size);
	HASH_ADD_KEYPTR(hh, keys->key, added->data, key.size, added);
	if (!added->hh.tbl) {
		free(added);
		return NULL;
	}
	added->number = keys->count++;
	return added;
}

int keys_number(struct keys *keys, struct bytes key, size_t *ret)
{
	struct key *found;

	if (!key.data) /* no bytes at all: memcpy() and memcmp() want an address all the same */
		key.data = "";
	found = find(keys, key);
	if (!found)
		found = add(keys, key);
	if (!found)
		return -ENOMEM;
	*ret = found->number;
	return 0;
}

void keys_release(struct keys *keys)
{
	struct key *key = keys->key, *next;

	HASH_CLEAR(hh, keys->key);
	for (; key; key = next) {
		next = key->hh.next;
		free(key);
	}
	*keys = (struct keys){ 0 };
}
