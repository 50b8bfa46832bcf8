#include "recorder/wire/learn.h"

#include "recorder/wire/http.h"
#include "recorder/wire/socks.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static struct bytes behind(struct bytes stream, size_t size)
{
	return (struct bytes){ stream.data + size, stream.size - size };
}

static void found(struct flow *flow, enum name_source source, const struct target *target)
{
	if (target->size) {
		flow->naming.source = source;
		flow->naming.target = *target;
	}
}

/* Where a proxy was asked for a name, that is the name: what is said through the tunnel is between
 * its ends. */
static void take_hello(struct flow *flow, const struct hello *hello)
{
	flow->ech = hello->ech;
	if (alpn_has(&hello->alpn, "dot"))
		flow->asks = ASKS_TLS;
	else if (alpn_has(&hello->alpn, "doq"))
		flow->asks = ASKS_QUIC;
	if (!flow->naming.is_relayed)
		found(flow, NAME_SNI, &hello->server);
}

static void take_http(struct flow *flow, const struct http *http)
{
	/* In HTTP/2 every request has the form of one to a proxy. */
	bool is_relayed =
		http->form == HTTP_AUTHORITY || (http->form == HTTP_ABSOLUTE && http->version < 20);

	if (http->dns)
		flow->asks = ASKS_HTTP;
	if (flow->naming.is_relayed)
		return;
	flow->naming.is_relayed = is_relayed;
	found(flow, is_relayed ? NAME_CONNECT : NAME_HOST, &http->target);
	if (is_relayed && !flow->naming.target.port)
		flow->naming.target.port = http->secure ? 443 : 80;
}

static void take_socks(struct flow *flow, const struct socks *socks)
{
	char address[INET6_ADDRSTRLEN];
	struct target target = socks->target;

	if (flow->naming.is_relayed)
		return;
	flow->naming.is_relayed = true;
	if (!target.size && inet_ntop(socks->address.size == 4 ? AF_INET : AF_INET6,
				      socks->address.byte, address, sizeof address))
		(void)target_host(&target, bytes_of(address));
	found(flow, NAME_SOCKS, &target);
}

/* One layer of what a stream begins with.  READING_DONE with *tunnel set: it goes on behind that
 * many bytes. */
static enum reading read_layer(struct flow *flow, struct bytes stream, size_t *tunnel)
{
	enum reading tls, web, proxy;
	struct hello hello;
	struct socks socks;
	struct http http;

	*tunnel = 0;
	tls = hello_read(stream, &hello);
	if (tls == READING_DONE) {
		take_hello(flow, &hello);
		return READING_DONE;
	}
	web = http_read(stream, &http);
	if (web == READING_DONE) {
		take_http(flow, &http);
		*tunnel = http.form == HTTP_AUTHORITY ? http.size : 0;
		return READING_DONE;
	}
	proxy = socks_read(stream, &socks);
	if (proxy == READING_DONE) {
		take_socks(flow, &socks);
		*tunnel = socks.size;
		return READING_DONE;
	}
	return tls == READING_MORE || web == READING_MORE || proxy == READING_MORE ? READING_MORE
										   : READING_NOT;
}

static void learn_from_stream(struct view *client)
{
	struct bytes stream = stream_first(&client->stream);
	struct flow *flow = client->flow;
	size_t tunnel = 0;
	enum reading reading;

	if (!client->stream.begun || !stream.size)
		return;
	reading = read_layer(flow, stream, &tunnel);
	if (reading == READING_DONE && tunnel) {
		if (stream.size == tunnel)
			return;
		reading = read_layer(flow, behind(stream, tunnel), &tunnel);
	}
	flow->settled =
		reading != READING_MORE || client->stream.finished || stream.size >= STREAM_KEPT;
}

static void learn_from_datagram(struct flow *flow, struct bytes payload)
{
	struct hello hello;
	enum reading reading = quic_initial_add(&flow->quic, payload, &hello);

	flow->is_quic |= reading == READING_DONE || flow->quic.keyed;
	if (reading == READING_DONE)
		take_hello(flow, &hello);
	/* The first datagram decides; one that is no QUIC is not followed by any. */
	flow->settled = reading == READING_DONE || (reading == READING_NOT && !flow->quic.keyed);
}

void learn_from_client(struct view *client, struct bytes payload)
{
	struct flow *flow = client->flow;

	if (flow->settled)
		return;
	if (client->key.protocol == IPPROTO_TCP)
		learn_from_stream(client);
	else if (payload.size)
		learn_from_datagram(flow, payload);
	if (!flow->settled)
		return;
	assembly_release(&client->stream.first);
	client->stream.first.limit = 0;
	quic_release(&flow->quic);
}
