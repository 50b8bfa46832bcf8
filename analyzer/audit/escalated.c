#include "analyzer/audit/flow.h"
#include "analyzer/audit/sighting.h"

#include "analyzer/hints.h"
#include "core/store.h"

#include <errno.h>
#include <string.h>

/* The program that gave it privilege: its own, or one it descends from; NULL: none. */
static const char *privilege_of(const struct session *session, const struct touch *touch)
{
	for (int64_t image = touch->image; image; image = session_image(session, image)->parent) {
		const char *program = session_image(session, image)->program;

		if (program && program_gives_privilege(program))
			return program;
	}
	return NULL;
}

/* The same another way: with privilege, by another program, or with an action that gives more. */
static bool is_escalation(const struct session *session, const struct touch *refused,
			  const struct touch *done)
{
	if (done->is_refused || touch_after(done, refused->first_ns) == INT64_MAX)
		return false;
	if (done->action != refused->action)
		return action_is_stronger(done->action);
	return strcmp(session_program(session, refused), session_program(session, done)) != 0 ||
	       (!privilege_of(session, refused) && privilege_of(session, done));
}

static const struct touch *find_done(const struct session *session, const struct touch *refused)
{
	const struct touch *found = NULL;

	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *done = &session->touch[i];

		if (done->mark != refused->mark || !is_escalation(session, refused, done))
			continue;
		if (privilege_of(session, done))
			return done;
		found = found ? found : done;
	}
	return found;
}

static int tell(struct sessions *sessions, const struct touch *refused, const struct touch *done)
{
	const struct session *session = &sessions->session;
	const char *privilege = privilege_of(session, done);
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;
	int r;

	buffer_printf(&what, "%s of ", action_text(refused->action));
	touch_write(session, refused, &what);
	buffer_printf(&what, " was refused, and then %s succeeded%s", action_text(done->action),
		      privilege ? ", with privilege" : "");
	sighting = sighting_add(
		sessions, "escalated",
		severity_of(privilege ? CASE_ESCALATED_BY_PRIVILEGE : CASE_ESCALATED), &what);
	if (!sighting)
		return -ENOMEM;
	sighting->times++;
	r = sighting_program(sighting, privilege ?: session_program(session, done));
	r = r ? r : sighting_witness(sessions, sighting, refused->seq, "refused");
	return r ? r : sighting_witness(sessions, sighting, done->seq, "done");
}

int observe_escalated(struct sessions *sessions)
{
	const struct session *session = &sessions->session;
	int r;

	if (!session->has_refused)
		return 0;
	r = session_kin(sessions);
	for (size_t i = 0; i < session->touch_count && !r; i++) {
		const struct touch *refused = &session->touch[i];
		const struct touch *done = refused->is_refused ? find_done(session, refused) : NULL;

		if (done && tell(sessions, refused, done) < 0)
			r = sessions_no_memory(sessions);
	}
	return r;
}
