#include "recorder/queue.h"

#include "core/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define MUCH_BYTES  ((size_t)256 * 1024)
#define LIMIT_BYTES ((size_t)8 * 1024 * 1024)
#define PERIOD_NS   50000000
#define PATIENCE_NS 500000000

int sink_open(struct sink *sink, int64_t at_ns)
{
	pthread_condattr_t attributes;

	*sink = (struct sink){ .at_ns = at_ns, .started_ns = clock_monotonic_ns() };
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&sink->lock, NULL);
	pthread_cond_init(&sink->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return 0;
}

void sink_release(struct sink *sink)
{
	pthread_cond_destroy(&sink->changed);
	pthread_mutex_destroy(&sink->lock);
	buffer_release(&sink->filling);
}

int64_t sink_now_ns(const struct sink *sink)
{
	if (sink->at_ns)
		return sink->at_ns + clock_monotonic_ns() - sink->started_ns;
	return clock_now_ns();
}

int64_t sink_time_ns(const struct sink *sink, int64_t time_ns)
{
	int64_t age_ns;

	if (!sink->at_ns)
		return time_ns;
	age_ns = clock_now_ns() - time_ns;
	return sink_now_ns(sink) - (age_ns > 0 ? age_ns : 0);
}

/* An entry is a header, its bytes members one after the other, and nothing between. */
struct header {
	size_t size;
	enum entry_kind kind;
};

static void put(struct buffer *to, const void *data, size_t size)
{
	if (size)
		buffer_append(to, data, size);
}

/* With the lock held, until the writer has taken what there is.  Not for ever: its database may be
 * what a process of the agent lets others read (fanotify(7)), while that waits for us. */
static void wait_for_writer(struct sink *sink)
{
	struct timespec until = clock_deadline(PATIENCE_NS);

	while (sink->filling.size > LIMIT_BYTES && !sink->closed &&
	       pthread_cond_timedwait(&sink->changed, &sink->lock, &until) == 0)
		;
}

/* Appends one entry whole or not at all. */
static void append(struct sink *sink, enum entry_kind kind, const void *body, size_t body_size,
		   const struct bytes *part, size_t parts)
{
	struct header header = { sizeof header + body_size, kind };
	size_t before;

	for (size_t i = 0; i < parts; i++)
		header.size += part[i].size;
	pthread_mutex_lock(&sink->lock);
	if (sink->filling.size > LIMIT_BYTES)
		wait_for_writer(sink);
	before = sink->filling.size;
	put(&sink->filling, &header, sizeof header);
	put(&sink->filling, body, body_size);
	for (size_t i = 0; i < parts; i++)
		put(&sink->filling, part[i].data, part[i].size);
	if (sink->filling.failed) {
		sink->filling.failed = false;
		sink->filling.size = before;
		sink->lost++;
	}
	if (before <= MUCH_BYTES && sink->filling.size > MUCH_BYTES)
		pthread_cond_broadcast(&sink->changed);
	pthread_mutex_unlock(&sink->lock);
}

void sink_access(struct sink *sink, const struct observation *observation)
{
	const struct access *access = &observation->access;
	const struct bytes part[] = { access->phase, access->name, access->requested, access->peer,
				      observation->moved_from };

	append(sink, QUEUE_ACCESS, observation, sizeof *observation, part, 5);
}

void sink_image(struct sink *sink, const struct image *image)
{
	const struct bytes part[] = { image->program, image->argv, image->cwd };

	append(sink, QUEUE_IMAGE, image, sizeof *image, part, 3);
}

void sink_gap(struct sink *sink, enum gap_kind kind, int64_t image, struct bytes detail)
{
	struct gap gap = {
		.kind = kind,
		.image = image,
		.detail = detail,
		.count = 1,
		.first_ns = sink_now_ns(sink),
	};

	gap.last_ns = gap.first_ns;
	append(sink, QUEUE_GAP, &gap, sizeof gap, &detail, 1);
}

void sink_connection(struct sink *sink, const struct connection *change)
{
	const struct bytes part[] = { change->name, change->question, change->peer, change->relay };

	append(sink, QUEUE_CONNECTION, change, sizeof *change, part, 4);
}

void sink_call(struct sink *sink, const struct tool_call *call)
{
	const struct bytes part[] = { call->phase, call->tool, call->caller, call->arguments };

	append(sink, QUEUE_CALL, call, sizeof *call, part, 4);
}

void sink_tool(struct sink *sink, const struct tool_listing *listing)
{
	const struct bytes part[] = { listing->tool, listing->digest, listing->annotations,
				      listing->definition, listing->differs };

	append(sink, QUEUE_TOOL, listing, sizeof *listing, part, 5);
}

void sink_close(struct sink *sink)
{
	pthread_mutex_lock(&sink->lock);
	sink->closed = true;
	pthread_cond_broadcast(&sink->changed);
	pthread_mutex_unlock(&sink->lock);
}

bool sink_take(struct sink *sink, struct buffer *ret)
{
	struct timespec until = clock_deadline(PERIOD_NS);
	struct buffer taken;
	bool more;
	int r = 0;

	pthread_mutex_lock(&sink->lock);
	while (r == 0 && !sink->closed && sink->filling.size <= MUCH_BYTES)
		r = pthread_cond_timedwait(&sink->changed, &sink->lock, &until);
	buffer_clear(ret);
	taken = sink->filling;
	sink->filling = *ret;
	*ret = taken;
	more = ret->size || !sink->closed;
	pthread_cond_broadcast(&sink->changed);
	pthread_mutex_unlock(&sink->lock);
	return more;
}

/* Takes `size` bytes, or none where the view was none. */
static struct bytes cut(struct bytes *rest, struct bytes like)
{
	struct bytes part = { like.data ? rest->data : NULL, like.size };

	rest->data += like.size;
	rest->size -= like.size;
	return part;
}

static void take(struct bytes *rest, void *to, size_t size)
{
	memcpy(to, rest->data, size);
	rest->data += size;
	rest->size -= size;
}

static void take_access(struct bytes *rest, struct observation *ret)
{
	struct access *access = &ret->access;

	take(rest, ret, sizeof *ret);
	access->phase = cut(rest, access->phase);
	access->name = cut(rest, access->name);
	access->requested = cut(rest, access->requested);
	access->peer = cut(rest, access->peer);
	ret->moved_from = cut(rest, ret->moved_from);
}

static void take_connection(struct bytes *rest, struct connection *ret)
{
	take(rest, ret, sizeof *ret);
	ret->name = cut(rest, ret->name);
	ret->question = cut(rest, ret->question);
	ret->peer = cut(rest, ret->peer);
	ret->relay = cut(rest, ret->relay);
}

static void take_call(struct bytes *rest, struct tool_call *ret)
{
	take(rest, ret, sizeof *ret);
	ret->phase = cut(rest, ret->phase);
	ret->tool = cut(rest, ret->tool);
	ret->caller = cut(rest, ret->caller);
	ret->arguments = cut(rest, ret->arguments);
}

static void take_tool(struct bytes *rest, struct tool_listing *ret)
{
	take(rest, ret, sizeof *ret);
	ret->tool = cut(rest, ret->tool);
	ret->digest = cut(rest, ret->digest);
	ret->annotations = cut(rest, ret->annotations);
	ret->definition = cut(rest, ret->definition);
	ret->differs = cut(rest, ret->differs);
}

bool queue_next(struct bytes *rest, struct queued *ret)
{
	struct header header;

	if (rest->size < sizeof header)
		return false;
	take(rest, &header, sizeof header);
	ret->kind = header.kind;
	if (header.kind == QUEUE_ACCESS) {
		take_access(rest, &ret->observation);
	} else if (header.kind == QUEUE_CONNECTION) {
		take_connection(rest, &ret->connection);
	} else if (header.kind == QUEUE_CALL) {
		take_call(rest, &ret->call);
	} else if (header.kind == QUEUE_TOOL) {
		take_tool(rest, &ret->listing);
	} else if (header.kind == QUEUE_IMAGE) {
		take(rest, &ret->image, sizeof ret->image);
		ret->image.program = cut(rest, ret->image.program);
		ret->image.argv = cut(rest, ret->image.argv);
		ret->image.cwd = cut(rest, ret->image.cwd);
	} else {
		take(rest, &ret->gap, sizeof ret->gap);
		ret->gap.detail = cut(rest, ret->gap.detail);
	}
	return true;
}
