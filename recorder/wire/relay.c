#include "recorder/wire/relay.h"

#include "recorder/wire/encrypted.h"
#include "recorder/wire/join.h"
#include "recorder/wire/learn.h"
#include "recorder/wire/name.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

struct relay {
	struct flow flow;
	struct buffer peer; /* "unix:PATH" */
	bool reported;
};

struct relay *relay_new(struct bytes path)
{
	struct relay *relay = calloc(1, sizeof *relay);
	const struct datagram begin = { .flags = SEGMENT_SYN };
	struct view *client;

	if (!relay)
		return NULL;
	client = &relay->flow.view[0];
	client->flow = &relay->flow;
	client->key.protocol = IPPROTO_TCP; /* a stream, at any rate */
	relay->flow.views = 1;
	stream_add(&client->stream, &begin);
	buffer_add(&relay->peer, "unix:");
	buffer_append(&relay->peer, path.data, path.size);
	return relay;
}

void relay_free(struct relay *relay)
{
	if (!relay)
		return;
	stream_release(&relay->flow.view[0].stream);
	quic_release(&relay->flow.quic);
	buffer_release(&relay->peer);
	free(relay);
}

static void report(const struct relay *relay, struct sink *sink, int64_t image)
{
	const struct naming *naming = &relay->flow.naming;
	scoped(buffer) struct buffer name = { 0 };
	struct encrypted_host host = {
		.image = image,
		.protocol = IPPROTO_TCP,
		.port = naming->target.port,
		.host = target_name(&naming->target),
	};
	struct observation observation = {
		.time_ns = sink_now_ns(sink),
		.count = 1,
		.access = {
			.image = image,
			.resource = RESOURCE_HOST,
			.action = ACTION_CONNECT,
			.outcome = OUTCOME_OK,
			.via = VIA_TRACE,
			.peer = buffer_bytes(&relay->peer),
		},
	};

	/* Whoever serves HTTP at such a socket is not always a proxy: a name that no request for
	 * another host bears says nothing. */
	if (!naming->is_relayed || !naming_is_possible(naming))
		return;
	buffer_add(&name, "tcp/");
	naming_write(naming, naming->target.port, &name);
	observation.access.name = host.name = buffer_bytes(&name);
	sink_access(sink, &observation);
	connection_relayed(sink, &observation, naming->source);
	encrypted_report(sink, &relay->flow, &host);
}

bool relay_hear(struct relay *relay, struct bytes sent, struct sink *sink, int64_t image)
{
	struct view *client = &relay->flow.view[0];
	const struct datagram segment = {
		.flags = SEGMENT_ACK,
		.sequence = 1 + (uint32_t)client->stream.total,
		.payload = sent,
		.size = sent.size,
	};

	if (relay->reported)
		return false;
	stream_add(&client->stream, &segment);
	learn_from_client(client, sent);
	/* What is said through a tunnel does not change where it leads. */
	relay->reported = relay->flow.settled || relay->flow.naming.is_relayed;
	if (relay->reported)
		report(relay, sink, image);
	return !relay->reported;
}

void relay_unheard(const struct relay *relay, struct sink *sink, int64_t image)
{
	scoped(buffer) struct buffer detail = { 0 };

	buffer_printf(&detail, "what was said to %s", buffer_text(&relay->peer));
	sink_gap(sink, GAP_UNREADABLE, image, buffer_bytes(&detail));
}
