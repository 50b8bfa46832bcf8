#include "core/store_event.h"

#include "core/error.h"
#include "core/store.h"
#include "core/store_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- writing ---- */

static void put(struct buffer *out, int64_t value)
{
	uint64_t rest = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);

	for (; rest > 0x7f; rest >>= 7)
		buffer_add_char(out, (char)((rest & 0x7f) | 0x80));
	buffer_add_char(out, (char)rest);
}

void event_add(struct event_writer *writer, int64_t seq, int64_t time_ns, int64_t count)
{
	put(&writer->data, seq - writer->last.seq);
	put(&writer->data, time_ns - writer->last.time_ns);
	put(&writer->data, count);
	writer->last = (struct event){ seq, time_ns, count };
}

int event_save(struct event_writer *writer, struct store *store, int64_t run, struct error *err)
{
	scoped(query) struct query add = { 0 };
	int status;

	if (buffer_status(&writer->data) < 0)
		return error_set(err, ENOMEM, "keep the events");
	if (!writer->data.size)
		return 0;
	status = query_open(&add, store, STATEMENT_ADD_EVENTS, err);
	if (status)
		return status;
	query_bind_int(&add, run);
	query_bind_int(&add, writer->part + 1);
	query_bind_bytes(&add, buffer_bytes(&writer->data));
	return query_run(&add, err);
}

void event_saved(struct event_writer *writer)
{
	writer->part += writer->data.size > 0;
	buffer_clear(&writer->data);
	writer->last = (struct event){ 0 };
}

/* ---- reading ---- */

static bool get(struct bytes *rest, int64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; rest->size && shift < 64; shift += 7) {
		unsigned char byte = (unsigned char)*rest->data;

		rest->data++;
		rest->size--;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte & 0x80)
			continue;
		*ret = (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
		return true;
	}
	return false;
}

static int keep(struct events *events, const struct event *event)
{
	size_t capacity = events->capacity ? events->capacity * 2 : 256;
	struct event *grown;

	if (events->count == events->capacity) {
		grown = reallocarray(events->event, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		events->event = grown;
		events->capacity = capacity;
	}
	events->event[events->count++] = *event;
	return 0;
}

/* Differences come from a database: they wrap around rather than overflow. */
static int64_t add_wrapping(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int read_part(struct events *events, struct bytes data)
{
	struct event event = { 0 };
	int64_t seq, time_ns;
	int r = 0;

	while (data.size && r == 0) {
		if (!get(&data, &seq) || !get(&data, &time_ns) || !get(&data, &event.count))
			return -EINVAL;
		event.seq = add_wrapping(event.seq, seq);
		event.time_ns = add_wrapping(event.time_ns, time_ns);
		r = keep(events, &event);
	}
	return r;
}

static int compare(const void *a, const void *b)
{
	const struct event *one = a, *other = b;

	if (one->seq != other->seq)
		return one->seq < other->seq ? -1 : 1;
	return one->time_ns < other->time_ns ? -1 : one->time_ns > other->time_ns;
}

/* A count below 0 takes so many off those of the same access before it. */
static void settle(struct events *events)
{
	size_t kept = 0;

	for (size_t i = 0; i < events->count; i++) {
		struct event event = events->event[i];

		while (event.count < 0 && kept && events->event[kept - 1].seq == event.seq) {
			struct event *last = &events->event[kept - 1];
			int64_t left = add_wrapping(last->count, event.count);

			event.count = left < 0 ? left : 0;
			last->count = left > 0 ? left : 0;
			kept -= !last->count;
		}
		if (event.count > 0)
			events->event[kept++] = event;
	}
	events->count = kept;
}

int events_read(struct events *ret, struct store *store, int64_t run, struct error *err)
{
	scoped(query) struct query query = { 0 };
	int status = query_open(&query, store, STATEMENT_EACH_EVENTS, err);

	if (status)
		return status;
	query_bind_int(&query, run);
	while ((status = query_step(&query, err)) > 0) {
		int r = read_part(ret, query_bytes(&query));

		if (r == -EINVAL)
			return error_say(err, EINVAL, "read %s: the events of a run are damaged",
					 store_path(store));
		if (r < 0)
			return error_set(err, -r, "read %s", store_path(store));
	}
	if (status == 0 && ret->count) {
		qsort(ret->event, ret->count, sizeof *ret->event, compare);
		settle(ret);
	}
	return status;
}

const struct event *events_of(const struct events *events, int64_t seq, size_t *ret_count)
{
	size_t low = 0, high = events->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (events->event[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < events->count && events->event[end].seq == seq;)
		end++;
	*ret_count = end - low;
	return events->event + low;
}

void events_release(struct events *events)
{
	free(events->event);
	*events = (struct events){ 0 };
}

void events_cleanup(struct events *events)
{
	events_release(events);
}
