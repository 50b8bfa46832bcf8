#include "recorder/wire/assembly.h"

#include <stdlib.h>
#include <string.h>

static bool grow(struct assembly *assembly, uint32_t size)
{
	uint32_t capacity = assembly->capacity ? assembly->capacity : 512;
	uint8_t *grown;

	if (size <= assembly->capacity)
		return true;
	while (capacity < size)
		capacity *= 2;
	if (capacity > assembly->limit)
		capacity = assembly->limit;
	grown = realloc(assembly->data, capacity);
	if (!grown)
		return false;
	assembly->data = grown;
	assembly->capacity = capacity;
	return true;
}

/* The ranges that `piece` overlaps or borders on: from *ret_first, as many as returned. */
static unsigned touched(const struct assembly *assembly, struct range piece, unsigned *ret_first)
{
	unsigned first = 0, after;

	while (first < assembly->count && assembly->range[first].to < piece.from)
		first++;
	after = first;
	while (after < assembly->count && assembly->range[after].from <= piece.to)
		after++;
	*ret_first = first;
	return after - first;
}

/* Copies what is new of a piece; returns what it met. */
static unsigned fill(struct assembly *assembly, struct range piece, const char *data,
		     const struct range *range, unsigned count)
{
	uint32_t at = piece.from;
	unsigned met = 0;

	for (unsigned i = 0; i <= count; i++) {
		bool last = i == count;
		uint32_t hole = last ? piece.to : range[i].from;
		uint32_t next = last || range[i].to > piece.to ? piece.to : range[i].to;

		if (hole > at) {
			memcpy(assembly->data + at, data + (at - piece.from), hole - at);
			at = hole;
		}
		if (next > at) {
			met |= ASSEMBLY_OVERLAP;
			if (memcmp(assembly->data + at, data + (at - piece.from), next - at))
				met |= ASSEMBLY_DIFFERS;
			at = next;
		}
	}
	return met;
}

/* Puts one range in the place of `count` from `first`, which it joins. */
static void join(struct assembly *assembly, struct range piece, unsigned first, unsigned count)
{
	struct range *at = assembly->range + first;

	if (count && at[0].from < piece.from)
		piece.from = at[0].from;
	if (count && at[count - 1].to > piece.to)
		piece.to = at[count - 1].to;
	memmove(at + 1, at + count, (assembly->count - first - count) * sizeof *at);
	*at = piece;
	assembly->count = assembly->count + 1 - count;
}

/* Adds a piece that is within the limit and not empty. */
static unsigned add(struct assembly *assembly, struct range piece, const char *data)
{
	unsigned first, count = touched(assembly, piece, &first), met = 0;
	struct range *at = assembly->range + first;

	if ((count == 0 && assembly->count == ASSEMBLY_RANGES) || !grow(assembly, piece.to))
		return ASSEMBLY_LOST;
	if (count && at->from <= piece.from && at->to >= piece.to)
		met = ASSEMBLY_INSIDE;
	met |= fill(assembly, piece, data, at, count);
	join(assembly, piece, first, count);
	return met;
}

unsigned assembly_add(struct assembly *assembly, uint64_t offset, struct bytes piece)
{
	size_t room = offset < assembly->limit ? assembly->limit - offset : 0;
	unsigned met = piece.size > room ? ASSEMBLY_BEYOND : 0;
	size_t size = piece.size > room ? room : piece.size;

	if (size == 0)
		return met;
	return met | add(assembly, (struct range){ (uint32_t)offset, (uint32_t)(offset + size) },
			 piece.data);
}

void assembly_shift(struct assembly *assembly, uint32_t by)
{
	uint32_t end = assembly->count ? assembly->range[assembly->count - 1].to : 0;
	uint32_t room = by < assembly->limit ? assembly->limit - by : 0;
	uint32_t kept = end < room ? end : room; /* what is not moved beyond the limit */

	if (kept == 0 || !grow(assembly, kept + by)) {
		assembly->count = 0;
		return;
	}
	memmove(assembly->data + by, assembly->data, kept);
	for (unsigned i = 0; i < assembly->count; i++) {
		struct range *range = &assembly->range[i];

		if (range->from >= kept) {
			assembly->count = i;
			return;
		}
		*range = (struct range){ range->from + by,
					 (range->to < kept ? range->to : kept) + by };
	}
}

void assembly_drop(struct assembly *assembly, uint32_t by)
{
	uint32_t end = assembly->count ? assembly->range[assembly->count - 1].to : 0;
	unsigned kept = 0;

	if (end > by)
		memmove(assembly->data, assembly->data + by, end - by);
	for (unsigned i = 0; i < assembly->count; i++) {
		struct range range = assembly->range[i];

		if (range.to <= by)
			continue;
		range.from = range.from > by ? range.from - by : 0;
		assembly->range[kept++] = (struct range){ range.from, range.to - by };
	}
	assembly->count = kept;
}

struct bytes assembly_ready(const struct assembly *assembly)
{
	if (assembly->count == 0 || assembly->range[0].from != 0)
		return (struct bytes){ 0 };
	return (struct bytes){ (const char *)assembly->data, assembly->range[0].to };
}

void assembly_release(struct assembly *assembly)
{
	free(assembly->data);
	*assembly = (struct assembly){ .limit = assembly->limit };
}
