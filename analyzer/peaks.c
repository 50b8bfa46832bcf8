#include "analyzer/peaks.h"

#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS_NS 1000000

static const struct {
	enum resource resource;
	enum action action;
} rated[] = {
#define ON_FILE(action)	   { RESOURCE_FILE, ACTION_##action },
#define ON_PROGRAM(action) { RESOURCE_PROGRAM, ACTION_##action },
#define ON_HOST(action)	   { RESOURCE_HOST, ACTION_##action },
#define ON_SOCKET(action)  { RESOURCE_SOCKET, ACTION_##action },
#define ON_PROCESS(action) { RESOURCE_PROCESS, ACTION_##action },
#define ON_KERNEL(action)  { RESOURCE_KERNEL, ACTION_##action },
#define ON_TOOL(action)	   { RESOURCE_TOOL, ACTION_##action },
#include "analyzer/rated.def"
};

bool is_rated(enum resource resource, enum action action)
{
	for (size_t i = 0; i < sizeof rated / sizeof *rated; i++)
		if (rated[i].resource == resource && rated[i].action == action)
			return true;
	return false;
}

/* The numbers come from a database. */
static uint32_t narrow(int64_t value)
{
	if (value < 0)
		return 0;
	return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

struct run_peak peak_of(uint32_t run, const struct access *access, int64_t phase_start_ns)
{
	int64_t since_ns = access->last_ns - phase_start_ns;

	return (struct run_peak){
		.run = run,
		.count = narrow(access->count),
		.second = narrow(access->peak_second),
		.minute = narrow(access->peak_minute),
		.hour = narrow(access->peak_hour),
		.since_ms = narrow(since_ns / MS_NS + (since_ns % MS_NS > 0)),
	};
}

/* The first that is not before the run. */
static uint32_t find(const struct peaks *peaks, uint32_t run)
{
	uint32_t low = 0, high = peaks->count;

	if (high && peaks->peak[high - 1].run < run)
		return high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (peaks->peak[middle].run < run)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct peaks *peaks)
{
	uint32_t capacity = peaks->capacity ? peaks->capacity * 2 : 1;
	struct run_peak *grown;

	if (peaks->count < peaks->capacity)
		return 0;
	grown = reallocarray(peaks->peak, capacity, sizeof *grown);
	if (!grown)
		return -ENOMEM;
	peaks->peak = grown;
	peaks->capacity = capacity;
	return 0;
}

int peaks_add(struct peaks *peaks, const struct run_peak *more)
{
	uint32_t at = find(peaks, more->run);
	struct run_peak *peak;

	if (at == peaks->count || peaks->peak[at].run != more->run) {
		if (make_room(peaks) < 0)
			return -ENOMEM;
		memmove(peaks->peak + at + 1, peaks->peak + at,
			(peaks->count - at) * sizeof *peaks->peak);
		peaks->peak[at] = *more;
		peaks->count++;
		return 0;
	}
	peak = &peaks->peak[at];
	peak->count = sum(peak->count, more->count);
	peak->second = sum(peak->second, more->second);
	peak->minute = sum(peak->minute, more->minute);
	peak->hour = sum(peak->hour, more->hour);
	peak->since_ms = most(peak->since_ms, more->since_ms);
	return 0;
}

int peaks_merge(struct peaks *into, const struct peaks *more)
{
	int r = 0;

	for (uint32_t i = 0; i < more->count && r == 0; i++)
		r = peaks_add(into, &more->peak[i]);
	return r;
}

struct run_peak peaks_most(const struct peaks *peaks)
{
	struct run_peak all = { 0 };

	for (uint32_t i = 0; i < peaks->count; i++) {
		const struct run_peak *peak = &peaks->peak[i];

		all.count = most(all.count, peak->count);
		all.second = most(all.second, peak->second);
		all.minute = most(all.minute, peak->minute);
		all.hour = most(all.hour, peak->hour);
		all.since_ms = most(all.since_ms, peak->since_ms);
	}
	return all;
}

static int compare_peaks(const void *a, const void *b)
{
	const struct run_peak *one = a, *other = b;

	return (one->run > other->run) - (one->run < other->run);
}

void peaks_renumber(struct peaks *peaks, const uint32_t *place)
{
	for (uint32_t i = 0; i < peaks->count; i++)
		peaks->peak[i].run = place[peaks->peak[i].run];
	if (peaks->count > 1)
		qsort(peaks->peak, peaks->count, sizeof *peaks->peak, compare_peaks);
}

void peaks_release(struct peaks *peaks)
{
	free(peaks->peak);
	*peaks = (struct peaks){ 0 };
}
