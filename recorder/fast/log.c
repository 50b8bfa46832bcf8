#include "recorder/fast/log.h"

#include "core/hash.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE  3 /* reads that wait for the same entry */
#define TRIES_MAX 1000

/* An entry that was taken while its call was being made. */
struct pending {
	uint64_t position;
	uint32_t owner;
	UT_hash_handle hh;
	size_t size;
	char entry[] __attribute__((aligned(8)));
};

void log_open(struct log *ret, struct ring *ring, log_visit *visit, void *context)
{
	*ret = (struct log){ .ring = ring, .visit = visit, .context = context };
	ret->stuck = UINT64_MAX;
}

static uint64_t *state_at(const struct log *log, uint64_t position)
{
	return (uint64_t *)(log->ring->unit + position % RING_UNITS * UNIT_BYTES);
}

static uint32_t lap_of(uint64_t position)
{
	return (uint32_t)(position / RING_UNITS);
}

/* Gives units back, for the next time round. */
static void give_back(struct log *log, uint64_t position, uint32_t units)
{
	uint64_t next = state_of(PHASE_FREE, lap_of(position) + 1, 0, 0);

	for (uint32_t i = 0; i < units; i++)
		__atomic_store_n(state_at(log, position + i), next, __ATOMIC_RELEASE);
}

/* Cuts a text off what follows an entry; false where it is longer than that. */
static bool cut(struct bytes *rest, uint16_t size, struct bytes *ret)
{
	if (size > rest->size)
		return false;
	*ret = (struct bytes){ rest->data, size };
	rest->data += size;
	rest->size -= size;
	return true;
}

/* Reads a private copy of an entry. */
static bool decode(const struct log_entry *entry, size_t size, uint32_t owner, struct log_call *ret)
{
	struct bytes rest = { entry->bytes, size - sizeof *entry };

	*ret = (struct log_call){
		.image = entry->image,
		.tgid = (pid_t)owner,
		.number = entry->number,
		.flags = entry->flags,
		.existed = entry->note & NOTE_EXISTED,
	};
	for (int i = 0; i < 2; i++)
		if (!cut(&rest, entry->size[2 * i], &ret->place[i].base) ||
		    !cut(&rest, entry->size[2 * i + 1], &ret->place[i].path))
			return false;
	return true;
}

static void visit(struct log *log, const struct log_entry *entry, size_t size, uint32_t owner,
		  bool ended, int32_t result)
{
	struct log_call call;

	if (!decode(entry, size, owner, &call)) {
		log->broken++;
		return;
	}
	call.ended = ended;
	call.result = result;
	log->calls++;
	log->visit(log->context, &call);
}

static void end_pending(struct log *log, struct pending *pending, bool ended, int32_t result)
{
	HASH_DEL(log->pending, pending);
	visit(log, (const struct log_entry *)pending->entry, pending->size, pending->owner, ended,
	      result);
	free(pending);
}

static void keep(struct log *log, uint64_t position, const struct log_entry *entry, size_t size,
		 uint32_t owner)
{
	struct pending *pending = calloc(1, sizeof *pending + size);

	if (!pending) {
		log->broken++;
		return;
	}
	pending->position = position;
	pending->owner = owner;
	pending->size = size;
	memcpy(pending->entry, entry, size);
	HASH_ADD(hh, log->pending, position, sizeof pending->position, pending);
	if (!pending->hh.tbl) {
		free(pending);
		log->broken++;
	}
}

static void finish_pending(struct log *log, uint64_t position, int32_t result)
{
	struct pending *pending;

	HASH_FIND(hh, log->pending, &position, sizeof position, pending);
	if (pending)
		end_pending(log, pending, true, result);
}

union copy {
	struct log_entry entry;
	char bytes[ENTRY_BYTES_MAX];
};

/* Copies an entry out before anything in it is looked at; false where its size cannot be. */
static bool take_copy(struct log *log, uint64_t position, uint32_t units, union copy *ret)
{
	if (units == 0 || units * UNIT_BYTES > ENTRY_BYTES_MAX ||
	    position % RING_UNITS + units > RING_UNITS)
		return false;
	memcpy(ret->bytes, state_at(log, position), units * UNIT_BYTES);
	return true;
}

static void read_done(struct log *log, uint64_t position, uint64_t state)
{
	uint32_t units = state_units(state);
	int32_t result = (int32_t)state_high(state);
	union copy copy;

	if (!take_copy(log, position, units, &copy)) {
		log->broken++;
		give_back(log, position, 1);
		return;
	}
	give_back(log, position, units);
	if (copy.entry.note & NOTE_PADDING)
		return;
	if (copy.entry.note & NOTE_RESULT)
		finish_pending(log, copy.entry.flags, result);
	else
		visit(log, &copy.entry, units * UNIT_BYTES, state_owner(state), true, result);
}

/* Takes an entry whose call is still being made.  Its process will say the result apart. */
static bool take_entered(struct log *log, uint64_t position, uint64_t state)
{
	uint32_t units = state_units(state);
	union copy copy;

	if (!take_copy(log, position, units, &copy)) {
		log->broken++;
		give_back(log, position, 1);
		return true;
	}
	if (!__atomic_compare_exchange_n(state_at(log, position), &state,
					 state_of(PHASE_FREE, lap_of(position) + 1, 0, 0), 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return false;
	give_back(log, position, units);
	/* A result that is not complete yet comes again. */
	if (!(copy.entry.note & NOTE_RESULT))
		keep(log, position, &copy.entry, units * UNIT_BYTES, state_owner(state));
	return true;
}

static bool is_dead(uint32_t owner)
{
	return kill((pid_t)owner, 0) < 0 && errno == ESRCH;
}

/* Nobody has the unit yet, but somebody was given it: who comes too late finds it taken. */
static bool close_gap(struct log *log, uint64_t position, uint64_t state)
{
	return __atomic_compare_exchange_n(state_at(log, position), &state,
					   state_of(PHASE_FREE, lap_of(position) + 1, 0, 0), 0,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

enum progress { READ, LEFT, CHANGED };

/* What cannot be read now is left for the next time, unless that has been often. */
static enum progress read_unfinished(struct log *log, uint64_t position, uint64_t state, bool force)
{
	if (log->stuck != position) {
		log->stuck = position;
		log->stuck_times = 0;
	}
	if (++log->stuck_times < PATIENCE && !force)
		return LEFT;
	switch (state_phase(state)) {
	case PHASE_ENTERED:
		return take_entered(log, position, state) ? READ : CHANGED;
	case PHASE_CLAIMED:
		if (!is_dead(state_owner(state)))
			return LEFT;
		give_back(log, position, state_units(state) ? state_units(state) : 1);
		return READ;
	default:
		return close_gap(log, position, state) ? READ : CHANGED;
	}
}

/* How many units an entry has, as far as that can be. */
static uint32_t units_at(uint64_t position, uint64_t state)
{
	uint32_t units = state_phase(state) == PHASE_FREE ? 1 : state_units(state);

	return units == 0 || position % RING_UNITS + units > RING_UNITS ? 1 : units;
}

static enum progress read_at(struct log *log, uint64_t position, bool force, uint32_t *ret_units)
{
	uint64_t state = __atomic_load_n(state_at(log, position), __ATOMIC_ACQUIRE);

	*ret_units = units_at(position, state);
	if (state == state_of(PHASE_FREE, lap_of(position) + 1, 0, 0))
		return READ; /* out of order, before */
	if (state_phase(state) != PHASE_DONE)
		return read_unfinished(log, position, state, force);
	read_done(log, position, state);
	return READ;
}

/* Everything up to where the head was; `force`: not only in order. */
static void read_log(struct log *log, bool force)
{
	uint64_t head = __atomic_load_n(&log->ring->head, __ATOMIC_ACQUIRE);
	uint64_t tail = log->ring->tail, position = tail;
	bool in_order = true;
	unsigned tries = 0;

	if (head - tail > RING_UNITS) { /* somebody has written over it */
		log->broken++;
		__atomic_store_n(&log->ring->tail, head, __ATOMIC_RELEASE);
		return;
	}
	while (position < head && (in_order || force)) {
		uint32_t units;
		enum progress progress = read_at(log, position, force, &units);

		if (progress == CHANGED && tries++ < TRIES_MAX)
			continue; /* its producer was faster */
		in_order = in_order && progress == READ;
		position += units;
		if (in_order)
			tail = position < head ? position : head;
	}
	__atomic_store_n(&log->ring->tail, tail, __ATOMIC_RELEASE);
}

void log_read(struct log *log)
{
	read_log(log, false);
}

void log_read_all(struct log *log)
{
	read_log(log, true);
}

void log_owner_ended(struct log *log, pid_t tgid)
{
	struct pending *pending = NULL, *next = NULL;

	if (!log->pending)
		return;
	read_log(log, true); /* what came of its calls may stand there still */
	HASH_ITER(hh, log->pending, pending, next)
	{
		if (pending->owner == (uint32_t)tgid)
			end_pending(log, pending, false, 0);
	}
}

void log_close(struct log *log)
{
	struct pending *pending = NULL, *next = NULL;

	HASH_ITER(hh, log->pending, pending, next)
	{
		end_pending(log, pending, false, 0);
	}
}
