/* Packets that no recorded call explains: the wire checks the tracer. */
#include "recorder/wire/join.h"

#include "core/clock.h"
#include "recorder/wire/owner.h"
#include "recorder/wire/spaces.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define BATCH	  64	    /* flows that are looked at together */
#define PERIOD_NS SECOND_NS /* between two looks: each goes through all processes */

/* Before anything was said the call that connects may still be under way. */
static bool is_explained(const struct flow *flow)
{
	uint64_t said = 0;

	for (unsigned i = 0; i < flow->views; i++) {
		if (view_is_recorded(&flow->view[i]))
			return true;
		said += flow->view[i].sent;
	}
	return flow->checked || !said;
}

/* Both ends, as either may be the agent's. */
static size_t add_ends(const struct join *join, struct flow *flow, struct owned *to)
{
	for (unsigned i = 0; i < flow->views; i++)
		to[i] = (struct owned){ .protocol = flow->view[i].key.protocol,
					.port = flow->view[i].key.local_port,
					.remote = flow->view[i].key.remote,
					.member = spaces_member(join->spaces,
								flow->view[i].key.space) };
	return flow->views;
}

static void report(const struct join *join, const struct view *view)
{
	scoped(buffer) struct buffer peer = { 0 };

	endpoint_write(view->key.protocol, &view->key.remote, &peer);
	sink_gap(join->sink, GAP_UNATTRIBUTED, 0, buffer_bytes(&peer));
}

/* It sends, and sends more, without there being a socket at any time. */
static bool is_made_up(struct view *view, const struct owned *owned)
{
	uint64_t before = view->unowned;

	view->unowned = owned->made_up && view->here ? view->sent : 0;
	return before && view->unowned > before;
}

static void read_party(struct party *ret, pid_t pid)
{
	char path[32], program[PATH_MAX];
	ssize_t size;

	snprintf(path, sizeof path, "/proc/%d/exe", pid);
	size = readlink(path, program, sizeof program - 1);
	program[size > 0 ? size : 0] = '\0';
	party_set(ret, pid, size > 0 ? program : NULL);
}

/* The agent's, and no call says so; where one does, it was redirected. */
static void take(struct join *join, struct flow *flow, struct view *view, const struct owned *owned)
{
	if (!flow->suspect && !join_has_end(join, &view->key, true, false)) {
		flow->suspect = view;
		flow->suspect_ns = clock_monotonic_ns();
		join->suspects++;
	}
	read_party(&view->party, owned->holder);
	flow->whose = WHOSE_UNATTRIBUTED;
}

/* A flow whose sockets are nobody's now is left to be looked at again, as long as it lasts. */
static void settle(struct join *join, struct flow *flow, const struct owned *owned)
{
	for (unsigned i = 0; i < flow->views; i++) {
		struct view *view = &flow->view[i];
		bool ours = owned[i].ours || is_made_up(view, &owned[i]);

		flow->checked |= ours || owned[i].inode != 0;
		if (ours) {
			take(join, flow, view, &owned[i]);
			return;
		}
	}
	if (flow->checked)
		flow->whose = WHOSE_OTHERS;
}

/* The call may have ended meanwhile: it is told only then. */
void unexplained_end(struct join *join, struct flow *flow)
{
	if (!flow->suspect)
		return;
	if (!flow_is_recorded(flow))
		report(join, flow->suspect);
	flow->suspect = NULL;
	join->suspects--;
}

static void end_suspicions(struct join *join, int64_t now_ns)
{
	for (struct flow *flow = join->flows.oldest; flow && join->suspects; flow = flow->next)
		if (flow->suspect && now_ns - flow->suspect_ns >= PERIOD_NS)
			unexplained_end(join, flow);
}

bool join_look(struct join *join)
{
	struct owned owned[2 * BATCH];
	struct flow *flow[BATCH];
	int64_t now_ns = clock_monotonic_ns();
	size_t flows = 0, ends = 0, at = 0;

	if (now_ns < join->next_look_ns)
		return join->unexplained;
	for (struct flow *each = join->flows.newest; each && flows < BATCH; each = each->previous)
		if (!is_explained(each)) {
			flow[flows++] = each;
			ends += add_ends(join, each, owned + ends);
		}
	end_suspicions(join, now_ns);
	join->unexplained = flows > 0 || join->suspects;
	join->next_look_ns = now_ns + PERIOD_NS;
	if (!flows)
		return join->unexplained;
	owners_find(owned, ends);
	for (size_t i = 0; i < flows; i++) {
		settle(join, flow[i], owned + at);
		at += flow[i]->views;
	}
	return true;
}
