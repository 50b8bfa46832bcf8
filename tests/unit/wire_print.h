#ifndef TESTS_UNIT_WIRE_PRINT_H
#define TESTS_UNIT_WIRE_PRINT_H

/* A small joiner: reads a capture, keeps the streams, and prints what the decoders say, one line a
 * finding, each behind the number of its packet. */

#include "wire_fixture.h"

#include "recorder/wire/datagram.h"
#include "recorder/wire/dns_answer.h"
#include "recorder/wire/http.h"
#include "recorder/wire/http2.h"
#include "recorder/wire/quic.h"
#include "recorder/wire/socks.h"
#include "recorder/wire/stream.h"

#include <arpa/inet.h>

#define HALVES_MAX 256

/* One direction between two endpoints. */
struct half {
	struct endpoint source, destination;
	uint8_t protocol;
	struct stream stream;
	struct quic quic;
	bool done;
};

struct printer {
	struct buffer *out;
	unsigned number;
	struct fragments fragments;
	struct half flow[HALVES_MAX];
	unsigned flows;
};

static inline struct half *half_of(struct printer *printer, const struct datagram *datagram)
{
	struct half *flow;

	for (unsigned i = 0; i < printer->flows; i++) {
		flow = &printer->flow[i];
		if (!memcmp(&flow->source, &datagram->source, sizeof flow->source) &&
		    !memcmp(&flow->destination, &datagram->destination, sizeof flow->source) &&
		    flow->protocol == datagram->protocol)
			return flow;
	}
	assert_true(printer->flows < HALVES_MAX);
	flow = &printer->flow[printer->flows++];
	flow->source = datagram->source;
	flow->destination = datagram->destination;
	flow->protocol = datagram->protocol;
	return flow;
}

static inline const char *address_text(const struct address *address)
{
	static char text[INET6_ADDRSTRLEN];

	if (address->size == 0)
		return "-";
	inet_ntop(address->size == 4 ? AF_INET : AF_INET6, address->byte, text, sizeof text);
	return text;
}

static inline void print_target(struct buffer *out, const struct target *target)
{
	buffer_add(out, target->size ? target->host : "-");
	if (target->port)
		buffer_printf(out, ":%u", target->port);
}

static inline void print_answer(void *context, const struct dns_answer *answer)
{
	struct printer *printer = context;

	buffer_printf(printer->out, "%u address %s for %s by %s%s\n", printer->number,
		      address_text(&answer->address), answer->question.text, answer->name.text,
		      answer->hint ? " (hint)" : "");
}

static inline void print_entry(struct printer *printer, const struct dns_entry *entry)
{
	static const char *const section[] = { "question", "answer", "authority", "additional" };

	buffer_printf(printer->out, "%u %s %s type %u class %u", printer->number,
		      section[entry->section], entry->name.text, entry->type, entry->class);
	if (entry->top)
		buffer_add(printer->out, " top");
	if (entry->target.size)
		buffer_printf(printer->out, " -> %s", entry->target.text);
	if (entry->type == DNS_A || entry->type == DNS_AAAA) {
		struct address address = { .size = (uint8_t)entry->data.size };

		if (address.size)
			memcpy(address.byte, entry->data.data, address.size);
		buffer_printf(printer->out, " %s", address_text(&address));
	}
	if (entry->service.alpn.size)
		buffer_printf(printer->out, " alpn %s port %u%s", entry->service.alpn.text,
			      entry->service.port, entry->service.ech ? " ech" : "");
	buffer_add_char(printer->out, '\n');
}

static inline void print_dns(struct printer *printer, struct bytes message)
{
	struct dns dns;
	struct dns_entry entry;
	int status;

	if (dns_read(message, &dns) < 0) {
		buffer_printf(printer->out, "%u dns malformed\n", printer->number);
		return;
	}
	while ((status = dns_next(&dns, &entry)) == 1)
		print_entry(printer, &entry);
	buffer_printf(printer->out, "%u dns %s rcode %u%s%s\n", printer->number,
		      dns.response ? "response" : "query", dns.rcode,
		      dns.truncated ? " truncated" : "", status < 0 ? " malformed" : "");
	dns_answers(message, print_answer, printer);
}

static inline void print_hello(struct printer *printer, const char *over, const struct hello *hello)
{
	buffer_printf(printer->out, "%u %s sni ", printer->number, over);
	print_target(printer->out, &hello->server);
	buffer_printf(printer->out, " alpn %s version %04x%s%s\n",
		      hello->alpn.size ? hello->alpn.text : "-", hello->version,
		      hello->ech ? " ech" : "", hello->grease ? " grease" : "");
}

static inline bool print_http(struct printer *printer, struct bytes bytes, size_t *at)
{
	static const char *const form[] = { "host", "absolute", "connect", "asterisk" };
	struct http2 two;
	struct http http;

	if (http_read(bytes, &http) != READING_DONE)
		return false;
	*at += http.size;
	buffer_printf(printer->out, "%u http/%u %s ", printer->number, http.version,
		      form[http.form]);
	print_target(printer->out, &http.target);
	buffer_add_char(printer->out, '\n');
	if (http2_read(bytes, &two) == READING_DONE && two.count > 1)
		buffer_printf(printer->out, "%u more names: %u\n", printer->number, two.count);
	return true;
}

static inline bool print_socks(struct printer *printer, struct bytes bytes, size_t *at)
{
	struct socks socks;

	if (socks_read(bytes, &socks) != READING_DONE)
		return false;
	*at += socks.size;
	buffer_printf(printer->out, "%u socks%u %s ", printer->number, socks.version,
		      address_text(&socks.address));
	print_target(printer->out, &socks.target);
	buffer_add_char(printer->out, '\n');
	return true;
}

static inline bool print_tls(struct printer *printer, struct half *flow, struct bytes bytes)
{
	struct hello hello;

	if (flow->done || hello_read(bytes, &hello) != READING_DONE)
		return false;
	flow->done = true;
	print_hello(printer, "tls", &hello);
	return true;
}

static inline bool is_dns(const struct datagram *datagram)
{
	unsigned from = datagram->source.port, to = datagram->destination.port;

	return from == 53 || to == 53 || from == 5353 || to == 5353;
}

static inline void print_stream(struct printer *printer, struct half *flow, bool dns)
{
	bool found = true;

	while (found) {
		struct bytes bytes = stream_first(&flow->stream), message;
		size_t at = 0;

		bytes = guarded(1, bytes.data, bytes.size);
		if (dns) {
			found = dns_frame(bytes, &at, &message) == READING_DONE;
			if (found)
				print_dns(printer, message);
		} else {
			found = print_socks(printer, bytes, &at) || print_http(printer, bytes, &at);
			if (!found)
				print_tls(printer, flow, bytes);
		}
		stream_drop(&flow->stream, at);
	}
}

static inline void print_datagram(struct printer *printer, const struct datagram *datagram)
{
	struct half *flow = half_of(printer, datagram);
	struct hello hello;

	if (datagram->protocol == IPPROTO_TCP) {
		if (!stream_add(&flow->stream, datagram))
			fail_msg("packet %u begins another connection", printer->number);
		print_stream(printer, flow, is_dns(datagram));
		return;
	}
	if (is_dns(datagram)) {
		print_dns(printer, datagram->payload);
		return;
	}
	if (quic_initial_add(&flow->quic, datagram->payload, &hello) == READING_NOT) {
		buffer_printf(printer->out, "%u %s %s:%u", printer->number,
			      datagram->protocol == IPPROTO_UDP ? "udp" : "other",
			      address_text(&datagram->source.address), datagram->source.port);
		buffer_printf(printer->out, " %s:%u size %zu interface %u way %d\n",
			      address_text(&datagram->destination.address),
			      datagram->destination.port, datagram->size, datagram->frame.interface,
			      (int)datagram->frame.way);
	} else if (flow->quic.reading == READING_DONE && !flow->done) {
		flow->done = true;
		print_hello(printer, "quic", &hello);
	}
}

static inline void print_flows(struct printer *printer)
{
	for (unsigned i = 0; i < printer->flows; i++) {
		struct half *flow = &printer->flow[i];

		if (flow->protocol == IPPROTO_TCP)
			buffer_printf(printer->out, "%u -> %u: %llu bytes%s%s\n", flow->source.port,
				      flow->destination.port,
				      (unsigned long long)flow->stream.total,
				      flow->stream.begun ? "" : ", begin not seen",
				      flow->stream.finished ? "" : ", end not seen");
		stream_release(&flow->stream);
		quic_release(&flow->quic);
	}
}

static inline void print_capture(const char *name, struct buffer *out)
{
	struct printer *printer = calloc(1, sizeof *printer);
	struct saved saved;
	struct datagram datagram;
	struct bytes frame;

	assert_non_null(printer);
	printer->out = out;
	saved_open(&saved, name);
	while (saved_next(&saved, &frame)) {
		enum datagram_is is = wire_datagram((enum link)saved.link, frame, 1,
						    &printer->fragments, &datagram);

		printer->number = saved.number;
		if (is == DATAGRAM_WHOLE)
			print_datagram(printer, &datagram);
		else
			buffer_printf(out, "%u %s\n", saved.number,
				      is == DATAGRAM_HELD ? "held" : "not understood");
	}
	print_flows(printer);
	fragments_release(&printer->fragments);
	saved_close(&saved);
	free(printer);
}

#endif
