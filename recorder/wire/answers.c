#include "recorder/wire/answers.h"

#include "core/hash.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 100000 /* further ones are forgotten: names then come from elsewhere */

struct answered {
	struct answered *next; /* older */
	int64_t image, time_ns;
	size_t size;
	char name[];
};

struct answered_key {
	uint32_t space;
	struct address address;
};

struct answered_address {
	UT_hash_handle hh;
	struct answered_key key;
	struct answered *newest;
};

static struct bytes name_of(const struct answered *answered)
{
	return (struct bytes){ answered->name, answered->size };
}

static struct answered_key key_of(uint32_t space, const struct address *address)
{
	struct answered_key key;

	memset(&key, 0, sizeof key); /* padding is compared, too */
	key.space = space;
	memcpy(&key.address, address, sizeof *address);
	return key;
}

static struct answered_address *find(const struct answers *answers, uint32_t space,
				     const struct address *address)
{
	const struct answered_key key = key_of(space, address);
	struct answered_address *found;

	HASH_FIND(hh, answers->address, &key, sizeof key, found);
	return found;
}

static struct answered_address *find_or_add(struct answers *answers, uint32_t space,
					    const struct address *address)
{
	struct answered_address *found = find(answers, space, address);

	if (found)
		return found;
	found = calloc(1, sizeof *found);
	if (!found)
		return NULL;
	found->key = key_of(space, address);
	HASH_ADD(hh, answers->address, key, sizeof found->key, found);
	if (found->hh.tbl)
		return found;
	free(found);
	return NULL;
}

void answers_add(struct answers *answers, uint32_t space, const struct address *address,
		 struct bytes question, int64_t image, int64_t time_ns)
{
	struct answered_address *at = find_or_add(answers, space, address);
	struct answered *added;

	if (!at)
		return;
	for (struct answered *old = at->newest; old; old = old->next)
		if (old->image == image && bytes_equal(name_of(old), question)) {
			old->time_ns = time_ns;
			return;
		}
	if (answers->count >= ANSWERS_MAX)
		return;
	added = malloc(sizeof *added + question.size);
	if (!added)
		return;
	*added = (struct answered){ at->newest, image, time_ns, question.size };
	memcpy(added->name, question.data, question.size);
	at->newest = added;
	answers->count++;
}

struct bytes answers_find(const struct answers *answers, uint32_t space,
			  const struct address *address, int64_t image, int64_t time_ns)
{
	const struct answered_address *at = find(answers, space, address);
	const struct answered *best = NULL;

	for (const struct answered *each = at ? at->newest : NULL; each; each = each->next)
		if ((!image || each->image == image) && each->time_ns <= time_ns &&
		    (!best || each->time_ns > best->time_ns))
			best = each;
	return best ? name_of(best) : (struct bytes){ 0 };
}

bool answers_agree(const struct answers *answers, uint32_t space, const struct address *address,
		   struct bytes name)
{
	const struct answered_address *at = find(answers, space, address);

	for (const struct answered *each = at ? at->newest : NULL; each; each = each->next)
		if (bytes_equal(name_of(each), name))
			return true;
	return false;
}

void answers_release(struct answers *answers)
{
	struct answered_address *at, *next;

	HASH_ITER(hh, answers->address, at, next)
	{
		HASH_DEL(answers->address, at);
		while (at->newest) {
			struct answered *old = at->newest;

			at->newest = old->next;
			free(old);
		}
		free(at);
	}
	*answers = (struct answers){ 0 };
}
