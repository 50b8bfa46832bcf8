#include "analyzer/audit/auditing.h"

#include <errno.h>
#include <stdlib.h>

/* Days from begin[i] to end[i] are one occasion. */
struct occasions {
	int32_t *begin, *end;
	size_t count;
};

static void occasions_cleanup(struct occasions *occasions)
{
	free(occasions->begin);
	free(occasions->end);
}

static int find_occasions(const struct day_list *used, int64_t most_days, struct occasions *ret)
{
	size_t count = 0;

	ret->begin = calloc(used->count + 1, sizeof *ret->begin);
	ret->end = calloc(used->count + 1, sizeof *ret->end);
	if (!ret->begin || !ret->end)
		return -ENOMEM;
	for (size_t i = 0; i < used->count; i++) {
		if (!count || used->day[i] - ret->end[count - 1] > most_days)
			ret->begin[count++] = used->day[i];
		ret->end[count - 1] = used->day[i];
	}
	ret->count = count;
	return 0;
}

/* Whether there are more days in occasions than between them: that is daily work with breaks. */
static bool is_mostly_used(const struct occasions *occasions)
{
	int64_t within = 0, between = 0;

	for (size_t i = 0; i < occasions->count; i++) {
		within += occasions->end[i] - occasions->begin[i] + 1;
		if (i)
			between += occasions->begin[i] - occasions->end[i - 1] - 1;
	}
	return within > between;
}

static int compare_days(const void *a, const void *b)
{
	const int32_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

/* From one to the next: of two that are in the middle, the shorter. */
static int64_t median_gap(const int32_t *day, size_t count)
{
	size_t gaps = count < 2 ? 0 : count - 1;
	int32_t *gap = calloc(gaps + 1, sizeof *gap);
	int64_t median;

	if (!gap)
		return -ENOMEM;
	for (size_t i = 0; i < gaps; i++)
		gap[i] = day[i + 1] - day[i];
	qsort(gap, gaps, sizeof *gap, compare_days);
	median = gaps ? gap[(gaps - 1) / 2] : 0;
	free(gap);
	return median;
}

int audit_habit(const struct day_list *used, int64_t unused_ns, struct habit *ret)
{
	scoped(occasions) struct occasions occasions = { 0 };
	int64_t days;

	/* A habit with such pauses is never past the threshold and not overdue. */
	if (find_occasions(used, unused_ns / OVERDUE_GAPS / DAY_NS, &occasions) < 0)
		return -ENOMEM;
	if (is_mostly_used(&occasions))
		days = median_gap(used->day, used->count);
	else
		days = median_gap(occasions.begin, occasions.count);
	if (days < 0)
		return -ENOMEM;
	*ret = (struct habit){ .occasions = occasions.count, .gap_ns = days * DAY_NS };
	return 0;
}
