#include "analyzer/audit/drift.h"

#include "analyzer/audit/permute.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* All kinds of use together may be called different where they are not, once in so many audits. */
#define WRONG_ONCE_IN 20

struct table {
	struct drift_row *row;
	const struct drift *drift;
	size_t rows, runs, before;
	int64_t *value;
	int32_t *chance;
};

static void table_cleanup(struct table *table)
{
	free(table->value);
	free(table->chance);
}

static int64_t use_of(const struct table *table, size_t run, size_t row)
{
	const struct drift_row *of = &table->row[row];

	return table->drift->run[run].use[drift_kind(of->resource, of->action)];
}

/* Counts differ by factors: what counts is their logarithm, in thousandths. */
static void fill_with_counts(struct table *table)
{
	for (size_t i = 0; i < table->runs; i++)
		for (size_t k = 0; k < table->rows; k++)
			table->value[i * table->rows + k] =
				llround(log2(1 + (double)use_of(table, i, k)) * 1000);
}

/* The parts that the kinds of use have in a run, in thousandths. */
static void fill_with_parts(struct table *table)
{
	for (size_t i = 0; i < table->runs; i++) {
		double all = 0;

		for (size_t k = 0; k < table->rows; k++)
			all += (double)use_of(table, i, k);
		for (size_t k = 0; k < table->rows; k++)
			table->value[i * table->rows + k] =
				all > 0 ? llround((double)use_of(table, i, k) / all * 1000) : 0;
	}
}

static int compare(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/* Of two in the middle the smaller. */
static int median(const struct table *table, size_t row, size_t from, size_t to, int64_t *ret)
{
	size_t count = to - from;
	int64_t *use = calloc(count + 1, sizeof *use);

	if (!use)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		use[i] = use_of(table, from + i, row);
	qsort(use, count, sizeof *use, compare);
	*ret = count ? use[(count - 1) / 2] : 0;
	free(use);
	return 0;
}

/* By the means that were compared. */
static bool is_more(const struct table *table, size_t row)
{
	double before = 0, now = 0;

	for (size_t i = 0; i < table->runs; i++)
		*(i < table->before ? &before : &now) +=
			(double)table->value[i * table->rows + row];
	return now / (double)(table->runs - table->before) > before / (double)table->before;
}

/* Each may be wrong so much more rarely as there are kinds (Bonferroni). */
static void judge(struct table *table)
{
	for (size_t i = 0; i < table->rows; i++) {
		struct drift_row *row = &table->row[i];

		row->chance = table->chance[i];
		row->pace = row->chance * (int64_t)table->rows * WRONG_ONCE_IN > PERMUTE_PARTS
				    ? PACE_SAME
			    : is_more(table, i) ? PACE_MORE
						: PACE_LESS;
	}
}

static int compare_runs(struct table *table, struct audit_drift *said)
{
	struct permutation permutation = { .columns = table->rows,
					   .first = table->before,
					   .second = table->runs - table->before };
	int32_t all;

	table->value = calloc(table->runs * table->rows + 1, sizeof *table->value);
	table->chance = calloc(table->rows + 1, sizeof *table->chance);
	if (!table->value || !table->chance)
		return -ENOMEM;
	permutation.value = table->value;
	fill_with_parts(table);
	if (permute(&permutation, table->chance, &said->mix_chance) < 0)
		return -ENOMEM;
	fill_with_counts(table);
	if (permute(&permutation, table->chance, &all) < 0)
		return -ENOMEM;
	judge(table);
	return 0;
}

int drift_test(struct auditing *auditing)
{
	struct audit_drift *said = &auditing->audit->drift;
	scoped(table) struct table table = { .row = said->row,
					     .drift = auditing->drift,
					     .rows = said->row_count,
					     .runs = auditing->drift->count,
					     .before = (size_t)said->runs_before };
	int r = 0;

	for (size_t i = 0; i < table.rows && r == 0; i++) {
		r = median(&table, i, 0, table.before, &said->row[i].before);
		r = r < 0 ? r : median(&table, i, table.before, table.runs, &said->row[i].now);
	}
	if (r < 0 || !table.rows || said->runs_before < PERMUTE_RUNS_MIN ||
	    said->runs_now < PERMUTE_RUNS_MIN)
		return r;
	return compare_runs(&table, said);
}
