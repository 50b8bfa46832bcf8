#include "recorder/fast/repeats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SETS	   1024
#define WAYS	   4
#define TEXT_BYTES 512

/* A call that changes nothing, and how often it was made since it was replayed. */
struct slot {
	uint64_t hash;
	int64_t times;
	bool counted;	      /* is in `counted` */
	struct log_call call; /* its texts point into `text` */
	size_t size;	      /* 0: there is none */
	char text[TEXT_BYTES];
};

struct repeats {
	struct slot slot[SETS][WAYS];
	uint8_t next[SETS];		   /* the way to be given away */
	struct slot *counted[SETS * WAYS]; /* with times > 0, or so they were */
	size_t count;
};

int repeats_open(struct repeats **ret)
{
	*ret = calloc(1, sizeof **ret);
	return *ret ? 0 : -ENOMEM;
}

void repeats_close(struct repeats *repeats)
{
	free(repeats);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, struct bytes text)
{
	uint64_t word = 0;

	for (; text.size >= sizeof word; text.size -= sizeof word) {
		memcpy(&word, text.data, sizeof word);
		hash = mix(hash, word);
		text.data += sizeof word;
	}
	word = 0;
	if (text.size)
		memcpy(&word, text.data, text.size);
	return mix(hash, word);
}

static uint64_t hash_call(const struct log_call *call)
{
	uint64_t hash = mix((uint64_t)call->image << 16 ^ call->number, call->flags);

	return mix_text(mix_text(hash, call->place[0].base), call->place[0].path);
}

/* Of a result, only the error counts. */
static int32_t error_of(const struct log_call *call)
{
	return call->result < 0 ? call->result : 0;
}

static bool is_same(const struct slot *slot, const struct log_call *call)
{
	return slot->size && slot->call.image == call->image && slot->call.number == call->number &&
	       slot->call.flags == call->flags && error_of(&slot->call) == error_of(call) &&
	       bytes_equal(slot->call.place[0].base, call->place[0].base) &&
	       bytes_equal(slot->call.place[0].path, call->place[0].path);
}

static struct slot *find_slot(struct repeats *repeats, uint64_t hash, const struct log_call *call)
{
	struct slot *set = repeats->slot[hash % SETS];

	for (int i = 0; i < WAYS; i++)
		if (set[i].hash == hash && is_same(&set[i], call))
			return &set[i];
	return NULL;
}

static void remember(struct slot *slot, uint64_t hash, const struct log_call *call)
{
	struct bytes base = call->place[0].base, path = call->place[0].path;

	slot->hash = hash;
	slot->size = base.size + path.size;
	if (slot->size > sizeof slot->text) {
		slot->size = 0;
		return;
	}
	slot->call = *call;
	if (base.size)
		memcpy(slot->text, base.data, base.size);
	if (path.size)
		memcpy(slot->text + base.size, path.data, path.size);
	slot->call.place[0].base.data = slot->text;
	slot->call.place[0].path.data = slot->text + base.size;
}

static void replay_slot(struct replay *replay, struct slot *slot)
{
	if (slot->times)
		replay_call(replay, &slot->call, slot->times);
	slot->times = 0;
}

/* Too many calls of one set cost a replay each, and are therefore nothing that anybody gains from.
 */
static void replay_new(struct repeats *repeats, struct replay *replay, uint64_t hash,
		       const struct log_call *call)
{
	uint8_t *next = &repeats->next[hash % SETS];
	struct slot *slot = &repeats->slot[hash % SETS][*next];

	*next = (uint8_t)((*next + 1) % WAYS);
	replay_slot(replay, slot);
	replay_call(replay, call, 1);
	remember(slot, hash, call);
}

void repeats_flush(struct repeats *repeats, struct replay *replay)
{
	for (size_t i = 0; i < repeats->count; i++) {
		replay_slot(replay, repeats->counted[i]);
		repeats->counted[i]->counted = false;
	}
	repeats->count = 0;
}

void repeats_call(struct repeats *repeats, struct replay *replay, const struct log_call *call)
{
	struct slot *slot;
	uint64_t hash;

	if (!call->ended || replay_changes(replay, call)) {
		repeats_flush(repeats, replay);
		replay_call(replay, call, 1);
		return;
	}
	hash = hash_call(call);
	slot = find_slot(repeats, hash, call);
	if (!slot) {
		replay_new(repeats, replay, hash, call);
		return;
	}
	slot->times++;
	if (!slot->counted)
		repeats->counted[repeats->count++] = slot;
	slot->counted = true;
}
