/* The producer's side of the log: see enum phase in layout.h. */
#include "recorder/fast/hook/hook.h"

#include <asm/unistd.h>

static struct log_entry *unit_at(uint64_t position)
{
	return (struct log_entry *)(ring()->unit + position % RING_UNITS * UNIT_BYTES);
}

static int exchange(uint64_t *word, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(word, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

uint32_t owner(void)
{
	if (!region_owner.tgid)
		region_owner.tgid = (uint32_t)TRUSTED(__NR_getpid, 0);
	return region_owner.tgid;
}

/* Makes what is left before the end of the log an entry, because none goes round it. */
static void pad(uint64_t position, uint32_t units)
{
	struct log_entry *entry = unit_at(position);
	uint32_t lap = (uint32_t)(position / RING_UNITS);
	uint64_t claimed = state_of(PHASE_CLAIMED, lap, units, owner());

	if (!exchange(&entry->state, state_of(PHASE_FREE, lap, 0, 0), claimed))
		return;
	entry->note = NOTE_PADDING;
	exchange(&entry->state, claimed, state_of(PHASE_DONE, 0, units, owner()));
}

/* Claims units; NULL when the log is full.  Fills the record's state and position. */
static struct log_entry *claim(uint32_t units, struct record *record)
{
	struct ring *log = ring();

	for (;;) {
		uint64_t head = __atomic_load_n(&log->head, __ATOMIC_RELAXED);
		uint32_t lap = (uint32_t)(head / RING_UNITS), left = RING_UNITS - head % RING_UNITS;
		uint32_t take = left < units ? left : units;
		uint64_t claimed = state_of(PHASE_CLAIMED, lap, units, owner());

		if (head + take - __atomic_load_n(&log->tail, __ATOMIC_ACQUIRE) > RING_UNITS)
			return 0;
		if (!exchange(&log->head, head, head + take))
			continue;
		if (left < units) {
			/* An entry says how many units it has in six bits; this is fewer. */
			pad(head, left);
			continue;
		}
		if (!exchange(&unit_at(head)->state, state_of(PHASE_FREE, lap, 0, 0), claimed))
			continue;
		record->state = claimed;
		record->position = head;
		return unit_at(head);
	}
}

static uint32_t path_bytes(const struct path *path)
{
	return path ? (uint32_t)path->base_size + path->size : 0;
}

static void path_put(struct log_entry *entry, uint32_t index, uint32_t offset,
		     const struct path *path)
{
	entry->size[index] = path ? path->base_size : 0;
	entry->size[index + 1] = path ? path->size : 0;
	if (!path)
		return;
	copy(entry->bytes + offset, path->base, path->base_size);
	copy(entry->bytes + offset + path->base_size, path->text, path->size);
}

int record_begin(struct record *record, uint64_t number, uint64_t flags, uint32_t note,
		 const struct path *first, const struct path *second)
{
	uint32_t bytes =
		(uint32_t)sizeof(struct log_entry) + path_bytes(first) + path_bytes(second);
	struct log_entry *entry = claim((bytes + UNIT_BYTES - 1) / UNIT_BYTES, record);
	uint64_t entered;

	if (!entry) {
		__atomic_fetch_add(&ring()->full, 1, __ATOMIC_RELAXED);
		return 0;
	}
	entry->image = region_control.image;
	entry->number = (uint16_t)number;
	entry->note = (uint16_t)note;
	entry->flags = flags;
	path_put(entry, 0, 0, first);
	path_put(entry, 2, path_bytes(first), second);
	entered = record->state + ((uint64_t)(PHASE_ENTERED - PHASE_CLAIMED) << 24);
	if (!exchange(&entry->state, record->state, entered))
		return 0;
	record->entry = entry;
	record->state = entered;
	return 1;
}

/* The result of any call that is logged fits 32 bits, but for addresses, which nobody wants. */
static uint32_t short_result(int64_t result)
{
	return result > 0x7fffffff ? 0x7fffffff : (uint32_t)(int32_t)result;
}

/* Makes the recorder read the log: a call that stops and comes to nothing. */
static void wait_for_reader(void)
{
	static const uint64_t nothing[6];

	hook_stopping(__NR_access, nothing);
}

void record_end(const struct record *record, int64_t result)
{
	uint32_t units = state_units(record->state), owner_now = state_owner(record->state);
	uint64_t done = state_of(PHASE_DONE, short_result(result), units, owner_now);
	struct record end;

	if (exchange(&record->entry->state, record->state, done))
		return;
	/* It was taken meanwhile: the result follows, and must not be lost, even if that is taken
	 * before it is complete. */
	do {
		while (!record_begin(&end, 0, record->position, NOTE_RESULT, 0, 0))
			wait_for_reader();
	} while (!exchange(
		&end.entry->state, end.state,
		state_of(PHASE_DONE, short_result(result), state_units(end.state), owner_now)));
}
