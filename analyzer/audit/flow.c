#include "analyzer/audit/flow.h"

#include "analyzer/protect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Members of a pipeline are started one right after another. */
#define PIPELINE_NS INT64_C(1000000000)

const char *way_text(enum way way)
{
	static const char *const text[] = {
		[WAY_SAME] = "by the same process",
		[WAY_ANCESTRY] = "from a process to one that it started, or that started it",
		[WAY_PIPE] = "between processes that were started together, as in a pipeline",
		[WAY_CALL] = "by who called the tool",
		[WAY_FILE] = "through a file",
	};

	return text[way];
}

int64_t touch_after(const struct touch *touch, int64_t since_ns)
{
	if (touch->first_ns >= since_ns)
		return touch->first_ns;
	if (touch->is_held)
		return since_ns;
	return touch->last_ns >= since_ns ? touch->last_ns : INT64_MAX;
}

/* ---- who has to do with whom ---- */

static bool descends(const struct session *session, int64_t image, int64_t from)
{
	while (image > from)
		image = session_image(session, image)->parent;
	return image == from && from > 0;
}

/* The image that the pid began with: it may have executed others since. */
static int64_t first_of_pid(const struct session *session, int64_t image)
{
	const struct kin *kin = session_image(session, image);

	while (kin->parent && session_image(session, kin->parent)->pid == kin->pid) {
		image = kin->parent;
		kin = session_image(session, image);
	}
	return image;
}

static bool may_be_piped(const struct session *session, int64_t a, int64_t b)
{
	const struct kin *one = session_image(session, a), *other = session_image(session, b);
	const struct kin *first = session_image(session, first_of_pid(session, a));
	const struct kin *second = session_image(session, first_of_pid(session, b));
	int64_t apart_ns = first->started_ns - second->started_ns;

	return first->parent && first->parent == second->parent && first != second &&
	       apart_ns < PIPELINE_NS && -apart_ns < PIPELINE_NS &&
	       one->last_ns >= second->started_ns && other->last_ns >= first->started_ns;
}

static bool is_linked(const struct session *session, int64_t a, int64_t b, enum way *ret)
{
	if (a <= 0 || b <= 0)
		return false;
	if (a == b)
		*ret = WAY_SAME;
	else if (descends(session, a, b) || descends(session, b, a))
		*ret = WAY_ANCESTRY;
	else if (may_be_piped(session, a, b))
		*ret = WAY_PIPE;
	else
		return false;
	return true;
}

/* The image that called the tool meanwhile; 0: none. */
static int64_t asker_of(const struct session *session, const struct touch *touch)
{
	return touch->call > 0 && (size_t)touch->call < session->asker_count
		       ? session->asker[touch->call]
		       : 0;
}

/* ---- carriers ---- */

int flow_begin(struct flow *flow, const struct session *session)
{
	flow->count = session->kin_count;
	flow->carrier = calloc(flow->count + 1, sizeof *flow->carrier);
	flow->known = calloc(flow->count + 1, sizeof *flow->known);
	if (!flow->carrier || !flow->known)
		return -ENOMEM;
	for (size_t i = 0; i < flow->count; i++)
		flow->carrier[i].since_ns = INT64_MAX;
	return 0;
}

void flow_release(struct flow *flow)
{
	free(flow->carrier);
	free(flow->known);
	*flow = (struct flow){ 0 };
}

void flow_cleanup(struct flow *flow)
{
	flow_release(flow);
}

static bool carry(struct flow *flow, int64_t image, const struct carrier *carrier)
{
	struct carrier *now =
		image > 0 && (size_t)image < flow->count ? &flow->carrier[image] : NULL;

	if (!now ||
	    (now->is_confined <= carrier->is_confined && now->since_ns <= carrier->since_ns))
		return false;
	if (now->since_ns == INT64_MAX)
		flow->known[flow->known_count++] = image;
	else if (carrier->is_confined && !now->is_confined)
		return false;
	*now = *carrier;
	return true;
}

int64_t flow_known_since(const struct flow *flow, int64_t image)
{
	return image > 0 && (size_t)image < flow->count ? flow->carrier[image].since_ns : INT64_MAX;
}

void flow_seed_held(struct flow *flow, const struct touch *touch, int64_t since_ns)
{
	struct carrier carrier = {
		.since_ns = since_ns, .origin = touch, .way = WAY_SAME, .is_confined = true
	};

	carry(flow, touch->image, &carrier);
}

void flow_seed(struct flow *flow, const struct session *session, const struct touch *touch,
	       int64_t since_ns, const struct touch *origin)
{
	struct carrier carrier = { .since_ns = since_ns, .origin = origin, .way = WAY_SAME };

	carry(flow, touch->image, &carrier);
	carrier.way = WAY_CALL;
	carry(flow, asker_of(session, touch), &carrier);
}

/* The earliest that the image could know by an image that it has to do with. */
static void reach_image(const struct flow *flow, const struct session *session,
			const struct touch *touch, int64_t image, struct carrier *best)
{
	for (size_t i = 0; i < flow->known_count; i++) {
		struct carrier carrier = flow->carrier[flow->known[i]];
		int64_t at_ns = touch_after(touch, carrier.since_ns);
		enum way way;

		if (at_ns >= best->since_ns || (carrier.is_confined && flow->known[i] != image) ||
		    !is_linked(session, flow->known[i], image, &way))
			continue;
		*best = carrier;
		best->since_ns = at_ns;
		if (way > carrier.way)
			best->way = way;
	}
}

int flow_reaches(const struct flow *flow, const struct session *session, const struct touch *touch,
		 struct carrier *ret)
{
	struct carrier best = { .since_ns = INT64_MAX };
	int64_t asker = asker_of(session, touch);

	reach_image(flow, session, touch, touch->image, &best);
	if (asker && asker != touch->image)
		reach_image(flow, session, touch, asker, &best);
	if (best.since_ns == INT64_MAX)
		return -ENOENT;
	*ret = best;
	return 0;
}

/* ---- files ---- */

/* What a process wrote by a descriptor that its parent had opened for it: the parent, or what was
 * to become the process, opened the file right before. */
static bool was_opened_for(const struct session *session, const struct touch *write, int64_t image)
{
	const struct kin *kin = session_image(session, image);
	int64_t opened_ns = touch_after(write, kin->started_ns - PIPELINE_NS);

	if (kin->parent != write->image || opened_ns > kin->started_ns)
		return false;
	for (size_t i = 1; i < session->kin_count; i++) {
		const struct kin *other = &session->kin[i];

		if (other->parent == write->image && other->started_ns > opened_ns &&
		    other->started_ns < kin->started_ns)
			return false;
	}
	return true;
}

/* When the file could hold it, if an image knows it and wrote there. */
static void write_file(const struct flow *flow, const struct session *session,
		       const struct touch *write, struct carrier *ret)
{
	*ret = (struct carrier){ .since_ns = INT64_MAX };
	reach_image(flow, session, write, write->image, ret);
	for (size_t i = 0; i < flow->known_count; i++) {
		const struct carrier *carrier = &flow->carrier[flow->known[i]];

		if (carrier->since_ns < ret->since_ns && !carrier->is_confined &&
		    was_opened_for(session, write, flow->known[i]))
			*ret = *carrier;
	}
	ret->way = WAY_FILE;
	ret->is_confined = false;
}

/* A file that another may have read. */
static bool is_shared(const struct session *session, const struct touch *touch)
{
	const struct mark *mark = touch->mark;

	return mark->resource == RESOURCE_FILE && !touch->is_refused &&
	       action_is_change(touch->action) && mark->read_run == session->number;
}

/* All that read the file behind that time know it; whether somebody does who did not. */
static bool read_file(struct flow *flow, const struct session *session, const struct mark *mark,
		      const struct carrier *file)
{
	bool spreads = false;

	for (size_t at = mark->read_last + 1; at; at = session->touch[at - 1].read_before) {
		const struct touch *read = &session->touch[at - 1];
		struct carrier carrier = *file;

		carrier.since_ns = touch_after(read, file->since_ns);
		if (carrier.since_ns != INT64_MAX)
			spreads = carry(flow, read->image, &carrier) || spreads;
	}
	return spreads;
}

static bool spread_once(struct flow *flow, const struct session *session)
{
	bool spreads = false;

	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];
		struct carrier file;

		if (!is_shared(session, touch))
			continue;
		write_file(flow, session, touch, &file);
		if (file.since_ns != INT64_MAX)
			spreads = read_file(flow, session, touch->mark, &file) || spreads;
	}
	return spreads;
}

void flow_spread(struct flow *flow, const struct session *session)
{
	while (spread_once(flow, session))
		;
}
