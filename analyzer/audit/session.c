#include "analyzer/audit/sighting.h"

#include "analyzer/protect.h"
#include "analyzer/run_facts.h"
#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int sessions_no_memory(const struct sessions *sessions)
{
	return error_set(sessions->auditing->err, ENOMEM, "look at the runs");
}

static void release_kin(struct session *session)
{
	for (size_t i = 0; i < session->kin_count; i++) {
		free(session->kin[i].program);
		free(session->kin[i].argv);
	}
	free(session->kin);
	session->kin = NULL;
	session->kin_count = 0;
}

void sessions_begin(struct sessions *sessions, const struct run *run, const struct roots *roots,
		    size_t root, const struct run_facts *facts)
{
	struct session *session = &sessions->session;
	struct session fresh = { .run = run,
				 .number = session->number + 1,
				 .root = root,
				 .roots = *roots,
				 .facts = facts,
				 .touch = session->touch,
				 .touch_capacity = session->touch_capacity,
				 .asker = session->asker };

	release_kin(session);
	*session = fresh;
	sessions->is_open = true;
}

/* Whether it is of a kind that some observer asks about. */
static bool is_of_interest(const struct access *access)
{
	switch (access->resource) {
	case RESOURCE_FILE:
		return access->action != ACTION_STAT && access->action != ACTION_LIST;
	case RESOURCE_HOST:
	case RESOURCE_SOCKET:
		return access->action == ACTION_CONNECT || access->action == ACTION_SEND;
	case RESOURCE_PROGRAM:
	case RESOURCE_VARIABLE:
	case RESOURCE_TOOL:
		return true;
	default:
		return false;
	}
}

static struct touch *add_touch(struct session *session)
{
	size_t capacity = session->touch_capacity ? session->touch_capacity * 2 : 1024;
	struct touch *grown = session->touch;

	if (session->touch_count == session->touch_capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return NULL;
		session->touch = grown;
		session->touch_capacity = capacity;
	}
	return &session->touch[session->touch_count++];
}

/* "secret:" and a fingerprint; the other is the name of a file. */
static bool is_secret_value(const struct access *access)
{
	return access->resource == RESOURCE_VARIABLE && access->action == ACTION_HOLD &&
	       bytes_start_with(access->peer, bytes_of("secret:"));
}

/* What the rows at the end of the run need not be gone through for. */
static void note_flags(struct session *session, const struct touch *touch)
{
	const struct mark *mark = touch->mark;

	session->gives |= touch->gives;
	session->has_refused = session->has_refused || touch->is_refused;
	session->has_held = session->has_held || touch->is_held;
	if (touch->is_refused || mark->resource != RESOURCE_FILE)
		return;
	if (action_is_change(touch->action)) {
		session->has_written = true;
		session->has_startup = session->has_startup || mark->startup;
	} else if (mark->written) {
		session->has_executed_written = true;
	}
}

int sessions_access(struct sessions *sessions, const struct access *access)
{
	struct session *session = &sessions->session;
	bool happened = access->outcome == OUTCOME_OK || access->outcome == OUTCOME_UNKNOWN;
	struct mark *mark;
	struct touch *touch;

	if (!sessions->is_open || !is_of_interest(access) ||
	    (!happened && access->outcome != OUTCOME_DENIED) ||
	    run_facts_probe(session->facts, access))
		return 0;
	mark = mark_find(sessions, access);
	touch = mark ? add_touch(session) : NULL;
	if (!touch)
		return sessions_no_memory(sessions);
	*touch = (struct touch){ .mark = mark,
				 .key = access->key,
				 .seq = access->seq,
				 .image = access->image,
				 .call = access->call,
				 .first_ns = access->first_ns,
				 .last_ns = access->last_ns,
				 .count = access->count,
				 .action = access->action,
				 .is_refused = !happened,
				 .is_own = run_facts_own(session->facts, access),
				 .is_covered = access_is_covered(access),
				 .is_held = is_secret_value(access) };
	if (touch_judge(sessions, touch) < 0)
		return sessions_no_memory(sessions);
	note_flags(session, touch);
	return 0;
}

int sessions_call(struct sessions *sessions, const struct tool_call *call, int64_t image)
{
	struct session *session = &sessions->session;
	size_t count = session->asker_count;
	int64_t *grown;

	if (!sessions->is_open || call->seq <= 0)
		return 0;
	if ((size_t)call->seq >= count) {
		count = ((size_t)call->seq + 1) * 2;
		grown = reallocarray(session->asker, count, sizeof *grown);
		if (!grown)
			return sessions_no_memory(sessions);
		memset(grown + session->asker_count, 0,
		       (count - session->asker_count) * sizeof *grown);
		session->asker = grown;
		session->asker_count = count;
	}
	session->asker[call->seq] = image;
	return 0;
}

int sessions_end(struct sessions *sessions)
{
	static int (*const observer[])(struct sessions *) = {
#define OBSERVER(name) observe_##name,
#include "analyzer/audit/observers.def"
	};
	int r = 0;

	for (size_t i = 0; sessions->is_open && i < sizeof observer / sizeof *observer && !r; i++)
		r = observer[i](sessions);
	sessions->is_open = false;
	return r;
}

/* ---- processes ---- */

static int take_image(void *context, const struct image *image)
{
	struct session *session = context;
	size_t count = (size_t)image->seq + 1;
	struct kin *grown = session->kin;
	struct kin *kin;

	if (count > session->kin_count) {
		grown = reallocarray(grown, count, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		memset(grown + session->kin_count, 0, (count - session->kin_count) * sizeof *grown);
		session->kin = grown;
		session->kin_count = count;
	}
	kin = &session->kin[image->seq];
	/* A parent comes before its children, so that no chain of them is a ring. */
	*kin = (struct kin){ .parent = image->parent < image->seq ? image->parent : 0,
			     .pid = image->pid,
			     .started_ns = image->started_ns,
			     .last_ns = image->started_ns,
			     .program = strndup(image->program.data ?: "", image->program.size),
			     .argv = strndup("", 0) };
	if (image->argv.size) {
		free(kin->argv);
		kin->argv = malloc(image->argv.size);
		if (kin->argv)
			memcpy(kin->argv, image->argv.data, image->argv.size);
		kin->argv_size = image->argv.size;
	}
	return kin->program && kin->argv ? 0 : -ENOMEM;
}

int session_kin(struct sessions *sessions)
{
	struct session *session = &sessions->session;
	int r;

	if (session->kin)
		return 0;
	r = store_each_image(sessions->auditing->store, session->run->key, take_image, session,
			     sessions->auditing->err);
	if (r)
		return r == -ENOMEM ? sessions_no_memory(sessions) : r;
	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];
		struct kin *kin = (struct kin *)session_image(session, touch->image);

		if (kin->program && touch->last_ns > kin->last_ns)
			kin->last_ns = touch->last_ns;
	}
	return 0;
}

const struct kin *session_image(const struct session *session, int64_t image)
{
	static const struct kin none = { .program = NULL };

	return image > 0 && (size_t)image < session->kin_count ? &session->kin[image] : &none;
}

const struct grant_set *session_grants(struct sessions *sessions, const struct touch *touch)
{
	const struct session *session = &sessions->session;
	struct question question = {
		.asked = { .resource = touch->mark->resource,
			   .action = touch->action,
			   .name = touch->mark->name,
			   .own = touch->is_own,
			   .in_any_phase = true },
		.roots = session->roots,
		.root = session->root,
	};
	const struct memo *memo;

	memo = memo_told(&sessions->memos, sessions->auditing, &question);
	return memo ? memo_set(&sessions->memos, memo) : NULL;
}

const char *session_program(const struct session *session, const struct touch *touch)
{
	const struct kin *kin = session_image(session, touch->image);

	return kin->program ?: "";
}

/* ---- once more ---- */

static int revisit_access(void *context, const struct access *row)
{
	struct sessions *sessions = context;
	int64_t as_of_ns = sessions->auditing->audit->options.as_of_ns;
	struct access access = *row;

	if (access.first_ns >= as_of_ns)
		return 0;
	if (access.last_ns >= as_of_ns)
		access.last_ns = as_of_ns - 1;
	return sessions_access(sessions, &access);
}

static int revisit_call(void *context, const struct tool_call *call, const struct image *image)
{
	return sessions_call(context, call, image->seq);
}

static int revisit(struct sessions *sessions, const struct run *run, size_t root,
		   const struct run_facts *facts)
{
	struct auditing *auditing = sessions->auditing;
	struct roots roots = roots_of_run(run);
	int r;

	sessions_begin(sessions, run, &roots, root, facts);
	r = store_each_need(auditing->store, run->key, revisit_access, sessions, auditing->err);
	r = r ? r
	      : store_each_call(auditing->store, run->key, revisit_call, sessions, auditing->err);
	r = r ? r : session_connections(sessions);
	return r ? r : session_kin(sessions);
}

int sessions_revisit(struct sessions *sessions, const char *id, size_t root, session_look *look,
		     void *context)
{
	struct auditing *auditing = sessions->auditing;
	scoped(run) struct run run = { 0 };
	struct run_facts facts = { 0 };
	int r = store_find_run(auditing->store, id, &run, auditing->err);

	r = r ? r : run_facts_read(&facts, auditing->store, run.key, auditing->err);
	r = r ? r : revisit(sessions, &run, root, &facts);
	r = r ? r : look(sessions, context);
	sessions->is_open = false;
	run_facts_release(&facts);
	return r;
}

/* ---- all runs ---- */

struct sessions *sessions_open(struct auditing *auditing)
{
	struct sessions *sessions = calloc(1, sizeof *sessions);

	if (!sessions) {
		error_set(auditing->err, ENOMEM, "look at the runs");
		return NULL;
	}
	sessions->auditing = auditing;
	if (protection_open(&sessions->protection, NULL, auditing->err) == 0)
		return sessions;
	free(sessions);
	return NULL;
}

void sessions_settle(struct sessions *sessions)
{
	for (size_t i = 0; i < sessions->mark_count; i++)
		free(sessions->mark[i]);
	free(sessions->mark);
	sessions->mark = NULL;
	sessions->mark_count = 0;
	malloc_trim(0);
}

void sessions_close(struct sessions *sessions)
{
	if (!sessions)
		return;
	release_kin(&sessions->session);
	free(sessions->session.touch);
	free(sessions->session.asker);
	sessions_settle(sessions);
	memos_release(&sessions->memos);
	written_release(sessions);
	sightings_release(sessions);
	protection_close(sessions->protection);
	free(sessions);
}
