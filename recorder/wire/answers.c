#include "recorder/wire/answers.h"

#include "core/hash.h"

#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 200000 /* further ones are forgotten: names then come from elsewhere */

/* Each answer is there twice: for the image that asked, and for anyone (image 0). */
struct asker {
	int64_t image;
	uint32_t space;
	struct address address;
};

struct answered {
	UT_hash_handle hh; /* by `asker` and `name`, which follow one another */
	struct answered *older, *newer;
	int64_t first_ns, last_ns;
	size_t size;
	struct asker asker;
	char name[];
};

struct answered_list {
	UT_hash_handle hh;
	struct asker asker;
	struct answered *newest; /* by `last_ns`, mostly: packets may come late */
};

static struct bytes name_of(const struct answered *answered)
{
	return (struct bytes){ answered->name, answered->size };
}

static void make_asker(struct asker *ret, uint32_t space, const struct address *address,
		       int64_t image)
{
	memset(ret, 0, sizeof *ret); /* padding is compared, too */
	ret->image = image;
	ret->space = space;
	ret->address.size = address->size;
	memcpy(ret->address.byte, address->byte, sizeof address->byte);
}

static struct answered *find(const struct answers *answers, const struct asker *asker,
			     struct bytes name)
{
	scoped(buffer) struct buffer key = { 0 };
	struct answered *found;

	buffer_append(&key, asker, sizeof *asker);
	buffer_append(&key, name.data, name.size);
	if (buffer_status(&key) < 0)
		return NULL;
	HASH_FIND(hh, answers->answer, key.data, key.size, found);
	return found;
}

static struct answered_list *find_list(const struct answers *answers, const struct asker *asker)
{
	struct answered_list *found;

	HASH_FIND(hh, answers->list, asker, sizeof *asker, found);
	return found;
}

static struct answered_list *find_or_add_list(struct answers *answers, const struct asker *asker)
{
	struct answered_list *list = find_list(answers, asker);

	if (list)
		return list;
	list = calloc(1, sizeof *list);
	if (!list)
		return NULL;
	memcpy(&list->asker, asker, sizeof *asker);
	HASH_ADD(hh, answers->list, asker, sizeof list->asker, list);
	if (list->hh.tbl)
		return list;
	free(list);
	return NULL;
}

static struct answered *add(struct answers *answers, const struct asker *asker, struct bytes name,
			    int64_t time_ns)
{
	struct answered *added =
		answers->count < ANSWERS_MAX ? calloc(1, sizeof *added + name.size) : NULL;

	if (!added)
		return NULL;
	added->first_ns = time_ns;
	added->size = name.size;
	memcpy(&added->asker, asker, sizeof *asker);
	memcpy(added->name, name.data, name.size);
	HASH_ADD(hh, answers->answer, asker, sizeof added->asker + name.size, added);
	if (added->hh.tbl) {
		answers->count++;
		return added;
	}
	free(added);
	return NULL;
}

static void take_out(struct answered_list *list, struct answered *answered)
{
	if (answered->newer)
		answered->newer->older = answered->older;
	else if (list->newest == answered)
		list->newest = answered->older;
	if (answered->older)
		answered->older->newer = answered->newer;
}

static void put_first(struct answered_list *list, struct answered *answered)
{
	answered->newer = NULL;
	answered->older = list->newest;
	if (list->newest)
		list->newest->newer = answered;
	list->newest = answered;
}

static void answer(struct answers *answers, const struct asker *asker, struct bytes question,
		   int64_t time_ns)
{
	struct answered_list *list = find_or_add_list(answers, asker);
	struct answered *answered;

	if (!list)
		return;
	answered = find(answers, asker, question);
	if (!answered)
		answered = add(answers, asker, question, time_ns);
	if (!answered)
		return;
	answered->last_ns = time_ns;
	take_out(list, answered);
	put_first(list, answered);
}

void answers_add(struct answers *answers, uint32_t space, const struct address *address,
		 struct bytes question, int64_t image, int64_t time_ns)
{
	struct asker asker;

	make_asker(&asker, space, address, 0);
	pthread_mutex_lock(&answers->lock);
	answer(answers, &asker, question, time_ns);
	asker.image = image;
	if (image)
		answer(answers, &asker, question, time_ns);
	pthread_mutex_unlock(&answers->lock);
}

/* When an answer was given that counts at `time_ns`; below 0: it was given later.  What was asked
 * again since had been answered before. */
static int64_t given_ns(const struct answered *answered, int64_t time_ns)
{
	if (answered->last_ns <= time_ns)
		return answered->last_ns;
	return answered->first_ns <= time_ns ? answered->first_ns : -1;
}

struct bytes answers_find(const struct answers *answers, uint32_t space,
			  const struct address *address, int64_t image, int64_t time_ns)
{
	const struct answered_list *list;
	const struct answered *best = NULL;
	int64_t best_ns = -1;
	struct asker asker;

	make_asker(&asker, space, address, image);
	list = find_list(answers, &asker);
	for (const struct answered *each = list ? list->newest : NULL; each; each = each->older) {
		int64_t each_ns = given_ns(each, time_ns);

		if (each_ns > best_ns) {
			best = each;
			best_ns = each_ns;
		}
		if (each->last_ns <= time_ns)
			break; /* all that follow are older */
	}
	return best ? name_of(best) : (struct bytes){ 0 };
}

bool answers_agree(const struct answers *answers, uint32_t space, const struct address *address,
		   struct bytes name)
{
	struct asker asker;

	make_asker(&asker, space, address, 0);
	return find(answers, &asker, name) != NULL;
}

void answers_write(struct answers *answers, uint32_t space, const struct address *address,
		   struct buffer *out)
{
	const struct answered_list *list;
	struct asker asker;

	make_asker(&asker, space, address, 0);
	pthread_mutex_lock(&answers->lock);
	list = find_list(answers, &asker);
	for (const struct answered *each = list ? list->newest : NULL; each; each = each->older) {
		buffer_append(out, each->name, each->size);
		buffer_add_char(out, '\0');
	}
	pthread_mutex_unlock(&answers->lock);
}

void answers_begin(struct answers *answers)
{
	pthread_mutex_init(&answers->lock, NULL);
}

void answers_release(struct answers *answers)
{
	struct answered *answered = answers->answer, *next;
	struct answered_list *list = answers->list, *next_list;

	HASH_CLEAR(hh, answers->answer);
	for (; answered; answered = next) {
		next = answered->hh.next;
		free(answered);
	}
	HASH_CLEAR(hh, answers->list);
	for (; list; list = next_list) {
		next_list = list->hh.next;
		free(list);
	}
	*answers = (struct answers){ 0 };
}
