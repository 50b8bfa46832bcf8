#include "analyzer/audit/permute.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEED UINT64_C(0x70617265) /* "pare" */

/* SplitMix64 (Steele, Lea and Flood, 2014). */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* What is computed with. */
struct dealing {
	const struct permutation *table;
	size_t runs;
	size_t *order;		     /* of runs; the first of them are the first group */
	int64_t *total, *sum;	     /* by column: of all runs, of the first group */
	__int128 *distance;	     /* by column, as they are */
	int64_t *as_far, all_as_far; /* so often dealt at least as far apart */
	__int128 all;
};

static void dealing_cleanup(struct dealing *dealing)
{
	free(dealing->order);
	free(dealing->total);
	free(dealing->sum);
	free(dealing->distance);
	free(dealing->as_far);
}

static int make_room(struct dealing *dealing)
{
	size_t columns = dealing->table->columns + 1;

	dealing->runs = dealing->table->first + dealing->table->second;
	dealing->order = calloc(dealing->runs + 1, sizeof *dealing->order);
	dealing->total = calloc(columns, sizeof *dealing->total);
	dealing->sum = calloc(columns, sizeof *dealing->sum);
	dealing->distance = calloc(columns, sizeof *dealing->distance);
	dealing->as_far = calloc(columns, sizeof *dealing->as_far);
	return dealing->order && dealing->total && dealing->sum && dealing->distance &&
			       dealing->as_far
		       ? 0
		       : -ENOMEM;
}

static void add_runs(const struct dealing *dealing, size_t count, int64_t *sum)
{
	size_t columns = dealing->table->columns;

	memset(sum, 0, columns * sizeof *sum);
	for (size_t i = 0; i < count; i++) {
		const int64_t *row = &dealing->table->value[dealing->order[i] * columns];

		for (size_t k = 0; k < columns; k++)
			sum[k] += row[k];
	}
}

/* How far apart the means are, as a multiple of 1 / (first * second). */
static __int128 distance(const struct dealing *dealing, size_t column)
{
	__int128 first = dealing->sum[column], second = dealing->total[column] - first;
	__int128 apart =
		first * (__int128)dealing->table->second - second * (__int128)dealing->table->first;

	return apart < 0 ? -apart : apart;
}

static void measure(struct dealing *dealing)
{
	add_runs(dealing, dealing->runs, dealing->total);
	add_runs(dealing, dealing->table->first, dealing->sum);
	for (size_t i = 0; i < dealing->table->columns; i++) {
		dealing->distance[i] = distance(dealing, i);
		dealing->all += dealing->distance[i];
	}
}

/* The first of the order are chosen anew (Fisher and Yates). */
static void deal(struct dealing *dealing, uint64_t *state)
{
	__int128 all = 0;

	for (size_t i = 0; i < dealing->table->first; i++) {
		size_t other = i + (size_t)(next(state) % (dealing->runs - i));
		size_t run = dealing->order[i];

		dealing->order[i] = dealing->order[other];
		dealing->order[other] = run;
	}
	add_runs(dealing, dealing->table->first, dealing->sum);
	for (size_t i = 0; i < dealing->table->columns; i++) {
		__int128 apart = distance(dealing, i);

		dealing->as_far[i] += apart >= dealing->distance[i];
		all += apart;
	}
	dealing->all_as_far += all >= dealing->all;
}

int permute(const struct permutation *table, int32_t *ret, int32_t *ret_all)
{
	scoped(dealing) struct dealing dealing = { .table = table };
	uint64_t state = SEED;

	if (make_room(&dealing) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < dealing.runs; i++)
		dealing.order[i] = i;
	measure(&dealing);
	for (int i = 1; i < PERMUTE_PARTS; i++)
		deal(&dealing, &state);
	/* As it is, is one of the ways to deal. */
	for (size_t i = 0; i < table->columns; i++)
		ret[i] = (int32_t)dealing.as_far[i] + 1;
	*ret_all = (int32_t)dealing.all_as_far + 1;
	return 0;
}
