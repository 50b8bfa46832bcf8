#include "analyzer/audit/flow.h"
#include "analyzer/audit/sighting.h"

#include "analyzer/protect.h"
#include "core/store.h"
#include "core/text.h"

#include <errno.h>
#include <string.h>

/* A secret that was read, or asked of who has it. */
static bool is_secret(const struct touch *touch)
{
	return touch->mark->secret && touch->gives & SENSITIVE && !touch->is_refused;
}

static void write_secret(const struct session *session, const struct touch *touch,
			 struct buffer *out)
{
	touch_write(session, touch, out);
	buffer_printf(out, " (%s)", touch->mark->secret->reason);
}

/* ---- read ---- */

static int tell_read(struct sessions *sessions, const struct touch *touch)
{
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;

	write_secret(&sessions->session, touch, &what);
	sighting = sighting_add(sessions, "secret_read",
				severity_of_secret(touch->mark->secret->id), &what);
	if (!sighting)
		return -ENOMEM;
	sighting->times += touch->count;
	if (sighting_program(sighting, session_program(&sessions->session, touch)) < 0)
		return -ENOMEM;
	return sighting_witness(sessions, sighting, touch->seq, "read");
}

/* ---- sent ---- */

/* Bytes that an image has sent to a host, where they are known. */
struct sent {
	const struct touch *touch;
	bool is_measured, is_unmeasured;
	int64_t bytes;
};

static int add_sent(void *context, const struct connection *connection, const struct image *image)
{
	struct sent *sent = context;

	if (image->seq != sent->touch->image ||
	    !bytes_equal(connection->name, sent->touch->mark->name))
		return 0;
	if (connection->measured < connection->count)
		sent->is_unmeasured = true;
	else
		sent->is_measured = true;
	sent->bytes += connection->sent;
	return 0;
}

struct sending {
	const struct touch *secret, *host;
	enum way way;
	bool is_by_another; /* which has nothing to do with who read it */
	int64_t bytes;
};

static int tell_sent(struct sessions *sessions, const struct sending *sending)
{
	scoped(buffer) struct buffer what = { 0 };
	struct sighting *sighting;

	write_secret(&sessions->session, sending->secret, &what);
	buffer_add(&what, " was read, and then ");
	touch_write(&sessions->session, sending->host, &what);
	buffer_printf(&what, " was spoken to, %s",
		      sending->is_by_another ? "by another process of the run"
					     : way_text(sending->way));
	sighting = sighting_add(sessions, "secret_sent",
				severity_of(sending->is_by_another ? CASE_SECRET_SENT_BY_ANOTHER
								   : CASE_SECRET_SENT),
				&what);
	if (!sighting)
		return -ENOMEM;
	sighting->times++;
	sighting->sent_bytes += sending->bytes;
	if (sighting_program(sighting, session_program(&sessions->session, sending->host)) < 0 ||
	    sighting_witness(sessions, sighting, sending->secret->seq, "read") < 0)
		return -ENOMEM;
	return sighting_witness(sessions, sighting, sending->host->seq, "sent");
}

/* Whether there is an answer to how much; where all is measured, nothing may have been sent. */
static int judge_sent(struct sessions *sessions, struct sending *sending)
{
	struct sent sent = { .touch = sending->host };
	int r = store_each_connection(sessions->auditing->store, sessions->session.run->key,
				      add_sent, &sent, sessions->auditing->err);

	if (r)
		return r;
	if (sent.is_measured && !sent.is_unmeasured && !sent.bytes)
		return 0;
	sending->bytes = sent.bytes;
	return tell_sent(sessions, sending) < 0 ? sessions_no_memory(sessions) : 0;
}

static int look_at_host(struct sessions *sessions, const struct flow *flow,
			const struct touch *secret, const struct touch *host)
{
	struct sending sending = { .secret = secret, .host = host };
	struct carrier carrier;

	if (flow_reaches(flow, &sessions->session, host, &carrier) == 0)
		sending.way = carrier.way;
	else if (host->gives & INPUT && touch_after(host, secret->first_ns) != INT64_MAX)
		sending.is_by_another = true;
	else
		return 0;
	return judge_sent(sessions, &sending);
}

/* Where it may have gone, whoever of the run has read it. */
static int follow(struct sessions *sessions, const struct touch *secret)
{
	const struct session *session = &sessions->session;
	scoped(flow) struct flow flow = { 0 };
	int r = 0;

	if (flow_begin(&flow, session) < 0)
		return sessions_no_memory(sessions);
	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *touch = &session->touch[i];

		if (touch->mark == secret->mark && is_secret(touch))
			flow_seed(&flow, session, touch, touch->first_ns, touch);
	}
	flow_spread(&flow, session);
	for (size_t i = 0; i < session->touch_count && !r; i++)
		if (touch_goes_out(&session->touch[i]) && session->touch[i].mark != secret->mark)
			r = look_at_host(sessions, &flow, secret, &session->touch[i]);
	return r;
}

static int look_at_secrets(struct sessions *sessions)
{
	const struct session *session = &sessions->session;
	int r = 0;

	for (size_t i = 0; i < session->touch_count && !r; i++) {
		const struct touch *touch = &session->touch[i];

		if (!is_secret(touch))
			continue;
		if (tell_read(sessions, touch) < 0)
			return sessions_no_memory(sessions);
		if (session->gives & EFFECT && touch->mark->followed_run != session->number)
			r = follow(sessions, touch);
		touch->mark->followed_run = session->number;
	}
	return r;
}

/* ---- held by who talks to others ---- */

static int tell_held(struct sessions *sessions, const struct touch *held, const struct touch *host)
{
	static const struct bytes prefix = { "argv:", 5 };
	scoped(buffer) struct buffer what = { 0 };
	bool is_argument = bytes_start_with(held->mark->name, prefix);
	struct sighting *sighting;

	buffer_add(&what, is_argument ? "in the arguments: " : "in the environment: ");
	text_escape(held->mark->name, TEXT_SAFE, &what);
	buffer_add(&what, ", of a process that talks to ");
	touch_write(&sessions->session, host, &what);
	sighting = sighting_add(
		sessions, "secret_exposed",
		severity_of(is_argument ? CASE_SECRET_IN_ARGUMENTS : CASE_SECRET_IN_ENVIRONMENT),
		&what);
	if (!sighting)
		return -ENOMEM;
	sighting->times++;
	if (sighting_program(sighting, session_program(&sessions->session, held)) < 0 ||
	    sighting_witness(sessions, sighting, held->seq, "held") < 0)
		return -ENOMEM;
	return sighting_witness(sessions, sighting, host->seq, "talked");
}

static int look_at_held(struct sessions *sessions, const struct touch *host)
{
	const struct session *session = &sessions->session;

	for (size_t i = 0; i < session->touch_count; i++) {
		const struct touch *held = &session->touch[i];

		if (held->is_held && held->image == host->image &&
		    tell_held(sessions, held, host) < 0)
			return sessions_no_memory(sessions);
	}
	return 0;
}

static int look_at_hosts(struct sessions *sessions)
{
	const struct session *session = &sessions->session;
	int r = 0;

	for (size_t i = 0; i < session->touch_count && !r; i++)
		if (touch_goes_out(&session->touch[i]))
			r = look_at_held(sessions, &session->touch[i]);
	return r;
}

int observe_secrets(struct sessions *sessions)
{
	const struct session *session = &sessions->session;
	int r;

	if (!(session->gives & SENSITIVE))
		return 0;
	r = session_kin(sessions);
	if (!r && session->gives & EFFECT)
		r = session_connections(sessions);
	r = r ? r : look_at_secrets(sessions);
	if (!r && session->has_held && session->gives & EFFECT)
		r = look_at_hosts(sessions);
	return r;
}
