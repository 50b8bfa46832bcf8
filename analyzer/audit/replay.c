#include "analyzer/audit/replay.h"

#include "core/bucket.h"
#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>

#define MINUTE_NS (60 * SECOND_NS)

int replay_begin(struct event_replay *replay, struct auditing *auditing, int64_t run)
{
	events_release(&replay->events);
	replay->count = 0;
	return events_read(&replay->events, auditing->store, run, auditing->err);
}

static int keep(struct event_replay *replay, uint32_t grant, const struct event *event)
{
	size_t capacity = replay->capacity ? replay->capacity * 2 : 64;
	struct replayed_event *grown = replay->event;

	if (replay->count == replay->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		replay->event = grown;
		replay->capacity = capacity;
	}
	grown[replay->count++] = (struct replayed_event){ grant, event->time_ns, event->count };
	return 0;
}

int replay_add(struct event_replay *replay, uint32_t grant, int64_t seq)
{
	const struct event *event;
	size_t count = 0;
	int r = 0;

	if (!replay->events.count)
		return 0;
	event = events_of(&replay->events, seq, &count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = keep(replay, grant, &event[i]);
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct replayed_event *one = a, *other = b;

	if (one->grant != other->grant)
		return one->grant < other->grant ? -1 : 1;
	return one->time_ns < other->time_ns ? -1 : one->time_ns > other->time_ns;
}

/* The most in one window of the clock. */
static uint32_t most_within(const struct event *event, size_t count, int64_t window_ns)
{
	int64_t index = -1, now = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		if (event[i].time_ns / window_ns != index)
			now = 0;
		index = event[i].time_ns / window_ns;
		now += event[i].count;
		most = now > most ? now : most;
	}
	return most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
}

static void settle(struct grant_rate *rate, const struct rule *rule, const struct event *event,
		   size_t count, bool is_in_window)
{
	int64_t burst;

	rate->now.second = most_within(event, count, SECOND_NS);
	rate->now.minute = most_within(event, count, MINUTE_NS);
	rate->now.hour = most_within(event, count, 60 * MINUTE_NS);
	if (!is_in_window)
		return;
	rate->exact_runs++;
	if (!rule->rate_per_minute || !rule->burst)
		return;
	rate->held += bucket_replay(rule->rate_per_minute, MINUTE_NS, rule->burst, event, count);
	burst = bucket_least_burst(rule->rate_per_minute, MINUTE_NS, event, count);
	rate->least_burst = burst > rate->least_burst ? burst : rate->least_burst;
}

/* One grant's, which stand together, as plain events. */
static int settle_grant(struct auditing *auditing, const struct replayed_event *from, size_t count,
			bool is_in_window)
{
	struct event *event = calloc(count, sizeof *event);

	if (!event)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		event[i] = (struct event){ 0, from[i].time_ns, from[i].count };
	settle(&auditing->note[from->grant].rate, auditing->audit->grant[from->grant].rule, event,
	       count, is_in_window);
	free(event);
	return 0;
}

int replay_end(struct event_replay *replay, struct auditing *auditing, bool is_in_window)
{
	int r = 0;

	if (!replay->count)
		return 0;
	qsort(replay->event, replay->count, sizeof *replay->event, compare);
	for (size_t i = 0, end; i < replay->count && r == 0; i = end) {
		for (end = i;
		     end < replay->count && replay->event[end].grant == replay->event[i].grant;)
			end++;
		r = settle_grant(auditing, replay->event + i, end - i, is_in_window);
	}
	return r < 0 ? error_set(auditing->err, ENOMEM, "replay the events") : 0;
}

void replay_release(struct event_replay *replay)
{
	events_release(&replay->events);
	free(replay->event);
	*replay = (struct event_replay){ 0 };
}
