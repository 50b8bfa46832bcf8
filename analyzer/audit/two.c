#include "analyzer/audit/two.h"

#include "core/store.h"

#include <errno.h>
#include <string.h>

static const char *const part_text[3] = { "input", "sensitive", "effect" };

/* What a run made and removed again has no effect. */
static bool is_undone(const struct session *session, const struct touch *touch)
{
	const struct mark *mark = touch->mark;

	return touch->is_own && mark->removed_run == session->number &&
	       mark->removed_ns >= touch->last_ns;
}

struct search {
	struct sessions *sessions;
	const struct session *session;
	touch_block *is_blocked;
	void *context;
	struct chain *chain;
};

static bool has(const struct search *search, const struct touch *touch, unsigned gives)
{
	return touch->gives & gives && !is_undone(search->session, touch) &&
	       !(search->is_blocked && search->is_blocked(search->context, touch));
}

static const struct touch *first_of(const struct search *search, unsigned gives)
{
	const struct touch *first = NULL;

	for (size_t i = 0; i < search->session->touch_count; i++) {
		const struct touch *touch = &search->session->touch[i];

		if (has(search, touch, gives) && (!first || touch->first_ns < first->first_ns))
			first = touch;
	}
	return first;
}

/* The first that happened at or after that time, which moves on to it. */
static const struct touch *next_of(const struct search *search, unsigned gives, int64_t *since_ns)
{
	const struct touch *next = NULL;
	int64_t at_ns = INT64_MAX;

	for (size_t i = 0; i < search->session->touch_count; i++) {
		const struct touch *touch = &search->session->touch[i];

		if (!has(search, touch, gives) || touch_after(touch, *since_ns) >= at_ns)
			continue;
		at_ns = touch_after(touch, *since_ns);
		next = touch;
	}
	*since_ns = at_ns;
	return next;
}

static void find_together(const struct search *search)
{
	const struct touch *part[3] = { first_of(search, INPUT), first_of(search, SENSITIVE),
					first_of(search, EFFECT) };

	if (!part[0] || !part[1] || !part[2])
		return;
	search->chain->level = LEVEL_TOGETHER;
	memcpy(search->chain->part, part, sizeof part);
}

static void find_ordered(const struct search *search)
{
	const struct touch *part[3] = { first_of(search, INPUT), NULL, NULL };
	int64_t since_ns = part[0]->first_ns;

	part[1] = next_of(search, SENSITIVE, &since_ns);
	part[2] = part[1] ? next_of(search, EFFECT, &since_ns) : NULL;
	if (!part[2])
		return;
	search->chain->level = LEVEL_ORDERED;
	memcpy(search->chain->part, part, sizeof part);
}

/* ---- lineage ---- */

/* Who reached something sensitive, and knew input, knows both.  A secret that is held, as by all
 * that a process starts, leads nowhere else: only who knew input by itself may tell. */
static void seed_one(const struct search *search, const struct touch *touch,
		     const struct flow *first, struct flow *second)
{
	int64_t known_ns = flow_known_since(first, touch->image);
	struct carrier carrier;

	if (touch->is_held && known_ns != INT64_MAX)
		flow_seed(second, search->session, touch, touch_after(touch, known_ns), touch);
	else if (flow_reaches(first, search->session, touch, &carrier) < 0)
		return;
	else if (touch->is_held)
		flow_seed_held(second, touch, carrier.since_ns);
	else
		flow_seed(second, search->session, touch, carrier.since_ns, touch);
}

static void seed_second(const struct search *search, const struct flow *first, struct flow *second)
{
	for (size_t i = 0; i < search->session->touch_count; i++) {
		const struct touch *touch = &search->session->touch[i];

		if (has(search, touch, SENSITIVE))
			seed_one(search, touch, first, second);
	}
	flow_spread(second, search->session);
}

static void find_effect(const struct search *search, const struct flow *first,
			const struct flow *second)
{
	const struct session *session = search->session;
	struct carrier best = { .since_ns = INT64_MAX }, before = { .since_ns = 0 };
	const struct touch *effect = NULL;

	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];
		struct carrier carrier;

		if (!has(search, touch, EFFECT) ||
		    flow_reaches(second, session, touch, &carrier) < 0 ||
		    carrier.since_ns >= best.since_ns)
			continue;
		best = carrier;
		effect = touch;
	}
	if (!effect || flow_reaches(first, session, best.origin, &before) < 0)
		return;
	*search->chain = (struct chain){ .level = LEVEL_LINEAGE,
					 .part = { before.origin, best.origin, effect },
					 .to_sensitive = before.way,
					 .to_effect = best.way };
}

static int find_lineage(const struct search *search)
{
	const struct session *session = search->session;
	scoped(flow) struct flow first = { 0 }, second = { 0 };

	if (flow_begin(&first, session) < 0 || flow_begin(&second, session) < 0)
		return sessions_no_memory(search->sessions);
	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];

		if (has(search, touch, INPUT))
			flow_seed(&first, session, touch, touch->first_ns, touch);
	}
	flow_spread(&first, session);
	seed_second(search, &first, &second);
	find_effect(search, &first, &second);
	return 0;
}

int two_classify(struct sessions *sessions, touch_block *is_blocked, void *context,
		 struct chain *ret)
{
	struct search search = { .sessions = sessions,
				 .session = &sessions->session,
				 .is_blocked = is_blocked,
				 .context = context,
				 .chain = ret };
	int r;

	*ret = (struct chain){ .level = LEVEL_NONE };
	find_together(&search);
	if (ret->level == LEVEL_NONE)
		return 0;
	find_ordered(&search);
	if (ret->level != LEVEL_ORDERED)
		return 0;
	r = session_kin(sessions);
	return r ? r : find_lineage(&search);
}

/* ---- what to say ---- */

static const struct {
	const char *kind;
	enum severity_case severity;
	const char *between;
} level_row[] = {
	[LEVEL_TOGETHER] = { "two_together", CASE_TWO_TOGETHER, "; " },
	[LEVEL_ORDERED] = { "two_ordered", CASE_TWO_ORDERED, ", then " },
	[LEVEL_LINEAGE] = { "two_lineage", CASE_TWO_LINEAGE, ", then " },
};

static void say(const struct session *session, const struct chain *chain, struct buffer *out)
{
	for (int i = 0; i < 3; i++) {
		const struct touch *touch = chain->part[i];

		buffer_printf(out, "%s%s (%s ", i ? level_row[chain->level].between : "",
			      part_text[i], action_text(touch->action));
		touch_write(session, touch, out);
		buffer_add_char(out, ')');
		if (chain->level == LEVEL_LINEAGE && i)
			buffer_printf(out, " %s",
				      way_text(i == 1 ? chain->to_sensitive : chain->to_effect));
	}
}

static int tell(struct sessions *sessions, const struct chain *chain)
{
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;

	say(&sessions->session, chain, &what);
	sighting = sighting_add(sessions, level_row[chain->level].kind,
				severity_of(level_row[chain->level].severity), &what);
	if (!sighting)
		return sessions_no_memory(sessions);
	sighting->times++;
	for (int i = 0; i < 3; i++)
		if (sighting_witness(sessions, sighting, chain->part[i]->seq, part_text[i]) < 0)
			return sessions_no_memory(sessions);
	return 0;
}

int observe_two(struct sessions *sessions)
{
	const unsigned all = INPUT | SENSITIVE | EFFECT;
	struct chain chain;
	int r;

	if ((sessions->session.gives & all) != all)
		return 0;
	r = session_connections(sessions);
	r = r ? r : two_classify(sessions, NULL, NULL, &chain);
	return r || chain.level == LEVEL_NONE ? r : tell(sessions, &chain);
}
