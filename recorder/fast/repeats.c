#include "recorder/fast/repeats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS	   1024
#define TEXT_BYTES 512

/* A call that changes nothing, and how often it was made since it was replayed. */
struct slot {
	struct log_call call; /* its texts point into `text` */
	int64_t times;
	size_t size;
	char text[TEXT_BYTES];
};

struct repeats {
	struct slot slot[SLOTS];
	uint16_t counted[SLOTS]; /* slots with times > 0 */
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

/* A collision costs a replay, and is therefore nothing that anybody gains from. */
static struct slot *slot_of(struct repeats *repeats, const struct log_call *call)
{
	uint64_t hash = mix((uint64_t)call->image << 16 ^ call->number, call->flags);

	hash = mix_text(mix_text(hash, call->place[0].base), call->place[0].path);
	return &repeats->slot[hash % SLOTS];
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

static void remember(struct slot *slot, const struct log_call *call)
{
	struct bytes base = call->place[0].base, path = call->place[0].path;

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

void repeats_flush(struct repeats *repeats, struct replay *replay)
{
	for (size_t i = 0; i < repeats->count; i++) {
		struct slot *slot = &repeats->slot[repeats->counted[i]];

		replay_call(replay, &slot->call, slot->times);
		slot->times = 0;
	}
	repeats->count = 0;
}

void repeats_call(struct repeats *repeats, struct replay *replay, const struct log_call *call)
{
	struct slot *slot;

	if (!call->ended || replay_changes(replay, call)) {
		repeats_flush(repeats, replay);
		replay_call(replay, call, 1);
		return;
	}
	slot = slot_of(repeats, call);
	if (is_same(slot, call)) {
		if (slot->times++ == 0)
			repeats->counted[repeats->count++] = (uint16_t)(slot - repeats->slot);
		return;
	}
	if (slot->times)
		repeats_flush(repeats, replay);
	replay_call(replay, call, 1);
	remember(slot, call);
}
