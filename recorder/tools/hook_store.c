#include "recorder/tools/hook.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/store.h"
#include "recorder/tools/arguments.h"

#include <errno.h>

enum { IMAGE_AGENT = 1 };
enum { WINDOWS = 3 };
static const int64_t window_ns[WINDOWS] = { SECOND_NS, 60 * SECOND_NS, 3600 * SECOND_NS };

/* What the run has already, of interest to the call. */
struct found {
	const struct hook *hook;
	struct bytes arguments; /* masked */
	int64_t now_ns;
	int64_t calls; /* the last seq */
	int64_t begun; /* seq of the call that has begun and not ended; 0: none */
	int64_t started_ns, sent;
	int64_t peak[WINDOWS]; /* such calls up to now, this one included */
	int64_t accesses;      /* the last seq */
	struct access access;  /* of the tool and outcome; seq 0: none.  Names are not kept */
	int64_t long_ones, first_long_ns; /* arguments that were cut, so far */
};

/* Whether the hook tells of the end of this call: by the agent's id, else by what was asked. */
static bool is_it(const struct found *found, const struct tool_call *call)
{
	const struct hook *hook = found->hook;

	if (call->ended_ns || !bytes_equal(call->tool, buffer_bytes(&hook->tool)))
		return false;
	if (hook->caller.size)
		return bytes_equal(call->caller, buffer_bytes(&hook->caller));
	return !call->caller.data && bytes_equal(call->arguments, found->arguments);
}

static int see_call(void *context, const struct tool_call *call, const struct image *image)
{
	struct found *found = context;

	(void)image;
	found->calls = call->seq;
	if (!found->begun && is_it(found, call)) {
		found->begun = call->seq;
		found->started_ns = call->started_ns;
		found->sent = call->sent;
	}
	for (int i = 0; i < WINDOWS; i++)
		found->peak[i] +=
			call->ended_ns > found->now_ns - window_ns[i] &&
			status_outcome(call->status) == status_outcome(found->hook->status) &&
			bytes_equal(call->tool, buffer_bytes(&found->hook->tool));
	return 0;
}

static int see_access(void *context, const struct access *access, const struct image *image)
{
	struct found *found = context;

	(void)image;
	found->accesses = access->seq;
	if (access->outcome == status_outcome(found->hook->status) &&
	    bytes_equal(access->name, buffer_bytes(&found->hook->tool)))
		found->access = *access;
	return 0;
}

static int put_call(const struct found *found, struct store *store, int64_t run, struct error *err)
{
	const struct hook *hook = found->hook;
	bool ended = hook->when != HOOK_BEGAN;
	struct tool_call call = {
		.seq = ended && found->begun ? found->begun : found->calls + 1,
		.image = IMAGE_AGENT,
		.phase = bytes_of(""),
		.tool = buffer_bytes(&hook->tool),
		.arguments = found->arguments,
		.status = hook->status,
		.started_ns = found->now_ns - hook->took_ns,
		.ended_ns = ended ? found->now_ns : 0,
		.sent = (int64_t)hook->arguments.size,
		.received = hook->received,
	};

	if (hook->caller.size)
		call.caller = buffer_bytes(&hook->caller);
	if (ended && found->begun) {
		call.started_ns = found->started_ns;
		call.sent = found->sent;
		if (hook->took_ns) /* without what its hooks took */
			call.ended_ns = call.started_ns + hook->took_ns;
	}
	return store_put_call(store, run, &call, err);
}

static void raise_to(int64_t *peak, int64_t count)
{
	if (*peak < count)
		*peak = count;
}

static int put_access(struct found *found, struct store *store, int64_t run, struct error *err)
{
	struct access *access = &found->access;

	if (!access->seq) {
		*access = (struct access){ .seq = found->accesses + 1, .first_ns = found->now_ns };
		access->image = IMAGE_AGENT;
		access->resource = RESOURCE_TOOL;
		access->action = ACTION_CALL;
		access->outcome = status_outcome(found->hook->status);
		access->via = VIA_TOOL;
	}
	access->phase = bytes_of("");
	access->name = buffer_bytes(&found->hook->tool);
	access->requested = access->peer = (struct bytes){ 0 };
	access->count++;
	access->last_ns = found->now_ns;
	raise_to(&access->peak_second, found->peak[0] + 1);
	raise_to(&access->peak_minute, found->peak[1] + 1);
	raise_to(&access->peak_hour, found->peak[2] + 1);
	return store_put_access(store, run, access, err);
}

static int see_gap(void *context, const struct gap *gap)
{
	struct found *found = context;

	if (gap->kind == GAP_LONG_MESSAGE) {
		found->long_ones = gap->count;
		found->first_long_ns = gap->first_ns;
	}
	return 0;
}

static int put_gap(struct found *found, struct store *store, int64_t run, struct error *err)
{
	int r = store_each_gap(store, run, see_gap, found, err);
	const struct gap gap = {
		.seq = 2, /* behind GAP_TOOLS_ONLY */
		.kind = GAP_LONG_MESSAGE,
		.image = IMAGE_AGENT,
		.detail = bytes_of("arguments"),
		.count = found->long_ones + 1,
		.first_ns = found->long_ones ? found->first_long_ns : found->now_ns,
		.last_ns = found->now_ns,
	};

	return r ? r : store_put_gap(store, run, &gap, err);
}

static int put(struct found *found, bool whole, struct store *store, int64_t run, struct error *err)
{
	int r = store_each_call(store, run, see_call, found, err);

	if (r == 0)
		r = store_each_access(store, run, see_access, found, err);
	if (r == 0)
		r = put_call(found, store, run, err);
	if (r == 0 && !whole)
		r = put_gap(found, store, run, err);
	if (r == 0 && found->hook->when != HOOK_BEGAN)
		r = put_access(found, store, run, err);
	return r;
}

int hook_store(const struct hook *hook, const struct masker *masker, struct store *store,
	       int64_t run, int64_t now_ns, struct error *err)
{
	scoped(buffer) struct buffer arguments = { 0 };
	struct found found = { .hook = hook, .now_ns = now_ns };
	bool whole;

	if (arguments_mask(masker, buffer_bytes(&hook->arguments), &arguments, &whole) < 0)
		return error_set(err, ENOMEM, "record the call");
	found.arguments = buffer_bytes(&arguments);
	return put(&found, whole, store, run, err);
}
