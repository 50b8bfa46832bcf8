#include "analyzer/audit/two.h"

#include "core/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A search that takes longer ends with the best that it found until then: so many times a run is
 * judged, and so many accesses in all. */
#define TRIES_MAX   2000
#define TRIES_MIN   10
#define TOUCHES_MAX 4000000

/* What no owner wants to lose, and a run that it was used in. */
#define LOSS_PINNED (INT64_C(1) << 40)
#define LOSS_RUN    1000

int64_t grant_loss(const struct audit *audit, size_t grant)
{
	const struct audit_grant *at = &audit->grant[grant];
	int64_t loss = 1 + at->use.window_runs * LOSS_RUN;

	return at->state == GRANT_PINNED ? loss + LOSS_PINNED : loss;
}

/* Grants that are taken away for trial, and the best that was found: a hitting set, exact, by
 * branch and bound.  Of each chain that is left one of its three must go, with all grants that
 * admit it. */
struct cutting {
	struct sessions *sessions;
	enum level level;
	bool *is_gone, *is_best; /* by grant */
	int64_t loss, best;
	size_t tries, tries_max;
	int status;
};

static bool is_gone(void *context, const struct touch *touch)
{
	const struct cutting *cutting = context;
	const struct grant_set *set = session_grants(cutting->sessions, touch);

	for (size_t i = 0; set && i < set->count; i++)
		if (!cutting->is_gone[set->grant[i]])
			return false;
	return set && set->count;
}

static void search(struct cutting *cutting);

/* Goes on without what admits the touch, if that may become better. */
static void without(struct cutting *cutting, const struct touch *touch)
{
	const struct audit *audit = cutting->sessions->auditing->audit;
	const struct grant_set *set = session_grants(cutting->sessions, touch);
	int64_t loss = cutting->loss;
	uint32_t *taken = set ? calloc(set->count + 1, sizeof *taken) : NULL;
	size_t count = 0;

	for (size_t i = 0; taken && i < set->count; i++) {
		uint32_t grant = set->grant[i];

		if (cutting->is_gone[grant])
			continue;
		cutting->is_gone[grant] = true;
		cutting->loss += grant_loss(audit, grant);
		taken[count++] = grant;
	}
	if (!taken)
		cutting->status = sessions_no_memory(cutting->sessions);
	else if (count && cutting->loss < cutting->best)
		search(cutting);
	while (count)
		cutting->is_gone[taken[--count]] = false;
	cutting->loss = loss;
	free(taken);
}

static void search(struct cutting *cutting)
{
	const struct audit *audit = cutting->sessions->auditing->audit;
	struct chain chain;

	if (cutting->status || cutting->tries++ >= cutting->tries_max)
		return;
	cutting->status = two_classify(cutting->sessions, is_gone, cutting, &chain);
	if (cutting->status)
		return;
	if (chain.level >= cutting->level) {
		for (int i = 0; i < 3; i++)
			without(cutting, chain.part[i]);
		return;
	}
	cutting->best = cutting->loss;
	memcpy(cutting->is_best, cutting->is_gone, audit->grant_count * sizeof *cutting->is_gone);
}

static void write_cut(struct cutting *cutting, struct buffer *out)
{
	const struct audit *audit = cutting->sessions->auditing->audit;
	uint32_t *grant = calloc(audit->grant_count + 1, sizeof *grant);
	size_t count = 0;

	for (size_t i = 0; grant && i < audit->grant_count; i++)
		if (cutting->is_best[i])
			grant[count++] = (uint32_t)i;
	if (grant)
		grants_write_cut(audit, grant, count, out);
	else
		cutting->status = sessions_no_memory(cutting->sessions);
	if (cutting->tries > cutting->tries_max)
		buffer_add(out, " (there may be less to take away: not all ways were tried)");
	free(grant);
}

void grants_write_cut(const struct audit *audit, const uint32_t *grant, size_t count,
		      struct buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct audit_grant *at = &audit->grant[grant[i]];

		buffer_printf(out, "%s%s (", i ? ", " : "take away ", at->id);
		grant_write(at, out);
		buffer_add(out, at->use.window_runs ? ")" : ", not used)");
	}
}

static size_t tries_max(const struct session *session)
{
	size_t tries = TOUCHES_MAX / (session->touch_count + 1);

	return tries > TRIES_MAX ? TRIES_MAX : tries < TRIES_MIN ? TRIES_MIN : tries;
}

int two_cut(struct sessions *sessions, void *context)
{
	const struct cut_request *request = context;
	size_t count = sessions->auditing->audit->grant_count + 1;
	struct cutting cutting = { .sessions = sessions,
				   .level = request->level,
				   .is_gone = calloc(count, sizeof(bool)),
				   .is_best = calloc(count, sizeof(bool)),
				   .tries_max = tries_max(&sessions->session),
				   .best = INT64_MAX };

	if (!cutting.is_gone || !cutting.is_best)
		cutting.status = sessions_no_memory(sessions);
	else
		search(&cutting);
	if (!cutting.status && cutting.best < INT64_MAX)
		write_cut(&cutting, request->out);
	free(cutting.is_gone);
	free(cutting.is_best);
	return cutting.status;
}
