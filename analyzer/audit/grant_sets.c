#include "analyzer/audit/grant_sets.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int make_room(struct grant_sets *sets)
{
	size_t capacity = sets->capacity ? sets->capacity * 2 : 64;
	struct grant_set **grown;

	if (sets->count < sets->capacity)
		return 0;
	grown = reallocarray(sets->set, capacity, sizeof(struct grant_set *));
	if (!grown)
		return -ENOMEM;
	sets->set = grown;
	sets->capacity = capacity;
	return 0;
}

/* From `beyond` to the last grant. */
static size_t key_size(size_t count)
{
	return offsetof(struct grant_set, grant) - offsetof(struct grant_set, beyond) +
	       count * sizeof(uint32_t);
}

static int add(struct grant_sets *sets, struct grant_set *set, uint32_t *ret)
{
	if (make_room(sets) < 0)
		return -ENOMEM;
	set->number = (uint32_t)sets->count;
	HASH_ADD_KEYPTR(hh, sets->by_content, &set->beyond, key_size(set->count), set);
	if (!set->hh.tbl)
		return -ENOMEM;
	sets->set[sets->count++] = set;
	*ret = set->number;
	return 0;
}

int grant_sets_find(struct grant_sets *sets, uint64_t beyond, const uint32_t *grant, size_t count,
		    uint32_t *ret)
{
	struct grant_set *set = calloc(1, sizeof *set + count * sizeof *grant), *found;
	int r = 0;

	if (!set)
		return -ENOMEM;
	set->beyond = beyond;
	set->count = count;
	if (count)
		memcpy(set->grant, grant, count * sizeof *grant);
	HASH_FIND(hh, sets->by_content, &set->beyond, key_size(count), found);
	if (found)
		*ret = found->number;
	else
		r = add(sets, set, ret);
	if (found || r < 0)
		free(set);
	return r;
}

void grant_sets_release(struct grant_sets *sets)
{
	HASH_CLEAR(hh, sets->by_content);
	for (size_t i = 0; i < sets->count; i++)
		free(sets->set[i]);
	free(sets->set);
	*sets = (struct grant_sets){ 0 };
}
