#include "analyzer/audit/flow.h"
#include "analyzer/audit/sighting.h"

#include "analyzer/protect.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A file that a run of the window wrote and left, by its name, which is the store's. */
struct written {
	UT_hash_handle hh;
	int64_t run; /* number of the run, from 1 */
	int64_t seq, image;
	int64_t since_ns;
	bool is_from_outside; /* who wrote it had spoken to a host before */
};

void written_release(struct sessions *sessions)
{
	struct written *written, *next;

	HASH_ITER(hh, sessions->written, written, next)
	{
		HASH_DEL(sessions->written, written);
		free(written);
	}
}

/* ---- what is written ---- */

static bool gives_content(const struct touch *touch)
{
	return touch->mark->resource == RESOURCE_FILE && !touch->is_refused &&
	       action_is_change(touch->action) && touch->action != ACTION_DELETE &&
	       touch->action != ACTION_ATTR;
}

static bool had_spoken(const struct session *session, const struct touch *write)
{
	if (!(session->gives & INPUT))
		return false;
	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];

		if (touch->image == write->image && touch_goes_out(touch) && touch->gives & INPUT &&
		    touch->first_ns <= write->last_ns)
			return true;
	}
	return false;
}

static struct written *find_written(struct sessions *sessions, struct mark *mark)
{
	if (!mark->written)
		HASH_FIND(hh, sessions->written, mark->name.data, mark->name.size, mark->written);
	return mark->written;
}

static struct written *add_written(struct sessions *sessions, struct mark *mark)
{
	struct written *written = find_written(sessions, mark);

	if (written)
		return written;
	written = calloc(1, sizeof *written);
	if (!written)
		return NULL;
	HASH_ADD_KEYPTR(hh, sessions->written, mark->name.data, mark->name.size, written);
	if (!written->hh.tbl) {
		free(written);
		return NULL;
	}
	mark->written = written;
	return written;
}

/* The first write of it in the run that says where it came from. */
static int note_write(struct sessions *sessions, const struct touch *touch)
{
	const struct session *session = &sessions->session;
	bool is_from_outside = had_spoken(session, touch);
	struct written *written;

	if (touch->mark->removed_run == session->number &&
	    touch->mark->removed_ns >= touch->last_ns)
		return 0;
	written = add_written(sessions, touch->mark);
	if (!written)
		return -ENOMEM;
	if (written->run == session->number && (written->is_from_outside || !is_from_outside))
		return 0;
	written->run = session->number;
	written->seq = touch->seq;
	written->image = touch->image;
	written->since_ns = touch->first_ns;
	written->is_from_outside = is_from_outside;
	return 0;
}

static bool is_below(const struct session *session, enum root_kind root, struct bytes name)
{
	struct bytes folder = root_folder(&session->roots, root), rest;

	return folder.size && name_is_below(name, folder, &rest);
}

/* ---- what starts by itself ---- */

static int tell_startup(struct sessions *sessions, const struct touch *touch)
{
	const struct session *session = &sessions->session;
	bool is_inside = is_below(session, ROOT_WORKSPACE, touch->mark->name);
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;

	touch_write(session, touch, &what);
	buffer_printf(&what, " was changed (%s)", touch->mark->startup->reason);
	sighting = sighting_add(
		sessions, "startup_changed",
		severity_of(is_inside ? CASE_STARTUP_IN_WORKSPACE : CASE_STARTUP_CHANGED), &what);
	if (!sighting)
		return -ENOMEM;
	sighting->times += touch->count;
	if (sighting_program(sighting, session_program(session, touch)) < 0)
		return -ENOMEM;
	return sighting_witness(sessions, sighting, touch->seq, "changed");
}

static int look_at_writes(struct sessions *sessions)
{
	const struct session *session = &sessions->session;

	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];
		bool is_startup = touch->mark->startup && !touch->is_refused &&
				  !touch->is_covered && action_is_change(touch->action);

		if (is_startup && tell_startup(sessions, touch) < 0)
			return sessions_no_memory(sessions);
		if (gives_content(touch) && note_write(sessions, touch) < 0)
			return sessions_no_memory(sessions);
	}
	return 0;
}

/* ---- what is executed ---- */

static struct bytes base_name(struct bytes name)
{
	const char *slash = name.size ? memrchr(name.data, '/', name.size) : NULL;

	return slash ? (struct bytes){ slash + 1, name.size - (size_t)(slash + 1 - name.data) }
		     : name;
}

/* Programs that run a text that they are given the name of. */
static bool is_interpreter(const char *program)
{
	static const char *const pattern[] = {
#define RUNNER(pattern) pattern,
#include "analyzer/audit/runner.def"
	};

	for (size_t i = 0; i < sizeof pattern / sizeof *pattern; i++)
		if (protect_fits(pattern[i], bytes_of(program)))
			return true;
	return false;
}

/* Whether the image is an interpreter that was told to run the file. */
static bool is_run_by(const struct kin *kin, struct bytes file)
{
	struct bytes base = base_name(file);
	size_t at = kin->argv_size ? strnlen(kin->argv, kin->argv_size) + 1 : 0;

	if (!kin->is_interpreter)
		return false;
	while (at < kin->argv_size) {
		size_t size = strnlen(kin->argv + at, kin->argv_size - at);

		if (bytes_equal(base_name((struct bytes){ kin->argv + at, size }), base))
			return true;
		at += size + 1;
	}
	return false;
}

static bool is_execution(struct sessions *sessions, const struct touch *touch)
{
	const struct kin *kin = session_image(&sessions->session, touch->image);
	const struct mark *mark = touch->mark;

	if (touch->is_refused)
		return false;
	/* A program that was executed is mapped by itself. */
	if (touch->action == ACTION_MAP && kin->program &&
	    bytes_equal(bytes_of(kin->program), mark->name))
		return false;
	if (mark->resource == RESOURCE_PROGRAM)
		return touch->action == ACTION_EXEC;
	return mark->resource == RESOURCE_FILE &&
	       (touch->action == ACTION_MAP ||
		(touch->action == ACTION_READ && is_run_by(kin, mark->name)));
}

/* Of a library it is the program that has it as code; else who executed it. */
static bool is_foreign(const struct session *session, const struct touch *touch,
		       const struct written *written)
{
	return written->run != session->number ||
	       (written->image != touch->image &&
		touch_after(touch, written->since_ns) != INT64_MAX);
}

/* The id of the run that wrote it; the run at hand is not among the others yet. */
static const char *run_of(const struct sessions *sessions, const struct written *written)
{
	if (written->run == sessions->session.number)
		return sessions->session.run->id;
	return sessions->auditing->run[written->run - 1].id;
}

static int tell_planted(struct sessions *sessions, const struct touch *touch,
			const struct written *written)
{
	const struct session *session = &sessions->session;
	bool is_inside = is_below(session, ROOT_WORKSPACE, touch->mark->name);
	enum severity_case which = written->is_from_outside ? CASE_PLANTED_FROM_OUTSIDE
				   : is_inside		    ? CASE_PLANTED_IN_WORKSPACE
							    : CASE_PLANTED;
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;
	int r;

	if (which == CASE_PLANTED_IN_WORKSPACE)
		buffer_add(&what, "files of $WS");
	else
		touch_write(session, touch, &what);
	buffer_add(&what, written->is_from_outside
				  ? ", written by a program that had it from a host, and executed"
				  : ", written by one process and executed by another");
	sighting = sighting_add(sessions, "planted", severity_of(which), &what);
	if (!sighting)
		return -ENOMEM;
	sighting->times += touch->count;
	r = sighting_program(sighting, session_program(session, touch));
	r = r ? r
	      : sighting_witness_of(sighting, run_of(sessions, written), written->seq, "written");
	return r ? r : sighting_witness(sessions, sighting, touch->seq, "executed");
}

static int look_at_executions(struct sessions *sessions)
{
	const struct session *session = &sessions->session;

	for (size_t i = 0; i < session->kin_count; i++)
		session->kin[i].is_interpreter =
			session->kin[i].program && is_interpreter(session->kin[i].program);
	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];
		const struct written *written = NULL;

		if (touch->mark->resource == RESOURCE_FILE)
			written = touch->mark->written;
		else if (touch->mark->resource == RESOURCE_PROGRAM)
			written = find_written(sessions, touch->mark);
		if (written && is_foreign(session, touch, written) &&
		    is_execution(sessions, touch) && tell_planted(sessions, touch, written) < 0)
			return sessions_no_memory(sessions);
	}
	return 0;
}

static bool has_executed(struct sessions *sessions)
{
	const struct session *session = &sessions->session;

	for (size_t i = 0; i < session->touch_count; i++) {
		struct mark *mark = session->touch[i].mark;

		if (mark->resource == RESOURCE_FILE
			    ? mark->written && session->touch[i].action != ACTION_WRITE
			    : mark->resource == RESOURCE_PROGRAM && find_written(sessions, mark))
			return true;
	}
	return false;
}

int observe_planted(struct sessions *sessions)
{
	const struct session *session = &sessions->session;
	int r = 0;

	if (session->has_startup)
		r = session_kin(sessions);
	if (!r && session->has_written)
		r = look_at_writes(sessions);
	if (r || !has_executed(sessions))
		return r;
	r = session_kin(sessions);
	return r ? r : look_at_executions(sessions);
}
