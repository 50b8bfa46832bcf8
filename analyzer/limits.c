#include "analyzer/limits.h"

#include "analyzer/headroom.h"
#include "analyzer/json_line.h"
#include "core/clock.h"
#include "core/store.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#define MS_NS 1000000
/* Below that it is a matter of what else the machine has to do. */
#define TIME_MIN_NS (10 * SECOND_NS)
/* What a run deletes again is not measured. */
#define FILE_MIN_BYTES ((int64_t)1 << 20)

static void raise(int64_t *most, int64_t value)
{
	if (value > *most)
		*most = value;
}

static int64_t duration_of(const struct run *run)
{
	int64_t passed_ns = run->ended_ns > run->started_ns ? run->ended_ns - run->started_ns : 0;

	return (passed_ns + MS_NS - 1) / MS_NS * MS_NS;
}

void limits_measure(struct policy_limits *most, const struct run *run)
{
	if (run->state != RUN_COMPLETE || !run->usage.tasks)
		return;
	most->runs++;
	raise(&most->most_ns, duration_of(run));
	raise(&most->most_tasks, run->usage.tasks);
	raise(&most->most_memory_bytes, run->usage.memory_bytes);
	raise(&most->most_file_bytes, run->usage.file_bytes);
}

struct policy_limits limits_above(const struct policy_limits *most)
{
	struct policy_limits limits = *most;
	int64_t runs = most->runs;

	if (!runs)
		return (struct policy_limits){ 0 };
	limits.time_ns = headroom_duration(
		headroom_above(most->most_ns, headroom_percent(HEADROOM_TIME, runs)));
	raise(&limits.time_ns, TIME_MIN_NS);
	limits.tasks = headroom_above(most->most_tasks, headroom_percent(HEADROOM_PROCESSES, runs));
	limits.memory_bytes =
		headroom_above(most->most_memory_bytes, headroom_percent(HEADROOM_MEMORY, runs));
	limits.file_bytes =
		headroom_above(most->most_file_bytes, headroom_percent(HEADROOM_FILE, runs));
	if (limits.file_bytes)
		raise(&limits.file_bytes, FILE_MIN_BYTES);
	return limits;
}

static void hold(struct taken *taken, int64_t limit, int64_t value)
{
	if (!limit || value <= limit)
		return;
	taken->limit = limit;
	taken->runs++;
	raise(&taken->most, value);
}

void limits_check(struct taken taken[static TAKEN_KINDS], const struct policy_limits *limits,
		  const struct run *run)
{
	hold(&taken[TAKEN_TIME], limits->time_ns, duration_of(run));
	hold(&taken[TAKEN_TASKS], limits->tasks, run->usage.tasks);
	hold(&taken[TAKEN_MEMORY], limits->memory_bytes, run->usage.memory_bytes);
	hold(&taken[TAKEN_FILE], limits->file_bytes, run->usage.file_bytes);
}

size_t limits_exceeded(const struct taken taken[static TAKEN_KINDS])
{
	size_t exceeded = 0;

	for (int kind = 0; kind < TAKEN_KINDS; kind++)
		exceeded += taken[kind].runs > 0;
	return exceeded;
}

static const struct {
	const char *name, *unit;
} kind_row[TAKEN_KINDS] = {
	[TAKEN_TIME] = { "time", NULL },
	[TAKEN_TASKS] = { "processes", "processes and threads at once" },
	[TAKEN_MEMORY] = { "memory", "bytes of memory in one process" },
	[TAKEN_FILE] = { "file-size", "bytes in one file" },
};

static void print_text(FILE *out, int kind, const struct taken *taken)
{
	char most[CLOCK_TEXT_SIZE], limit[CLOCK_TEXT_SIZE];

	if (kind == TAKEN_TIME)
		fprintf(out, "over the limit: %s from start to end, %s allowed",
			clock_format_duration(taken->most, most),
			clock_format_duration(taken->limit, limit));
	else
		fprintf(out, "over the limit: %" PRId64 " %s, %" PRId64 " allowed", taken->most,
			kind_row[kind].unit, taken->limit);
	fprintf(out, " (in %" PRId64 " run%s)\n", taken->runs, taken->runs == 1 ? "" : "s");
}

static int print_json(FILE *out, int kind, const struct taken *taken)
{
	json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:n}", "over", kind_row[kind].name, "most",
				   (json_int_t)taken->most, "limit", (json_int_t)taken->limit,
				   "runs", (json_int_t)taken->runs, "rule");

	return json_line(out, object);
}

int limits_print(FILE *out, const struct taken taken[static TAKEN_KINDS], bool is_json)
{
	int r = 0;

	for (int kind = 0; !r && kind < TAKEN_KINDS; kind++) {
		if (!taken[kind].runs)
			continue;
		if (is_json)
			r = print_json(out, kind, &taken[kind]);
		else
			print_text(out, kind, &taken[kind]);
	}
	return r;
}
