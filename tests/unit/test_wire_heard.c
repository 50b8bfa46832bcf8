/* What is heard of sockets, without packets: the evidence that comes of it. */
#include "wire_hex.h"

#include "recorder/queue.h"
#include "recorder/wire/alpn.h"
#include "recorder/wire/doh.h"
#include "recorder/wire/join.h"
#include "recorder/wire/relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#define IMAGE 7

static struct sink sink;
static struct join join;

static int begin(void **state)
{
	(void)state;
	join_begin(&join, &sink);
	return sink_open(&sink, 0);
}

static const char *action_of(const struct access *access)
{
	return access->action == ACTION_RESOLVE ? "resolve" : "connect";
}

static void print(struct buffer *out, const struct queued *queued)
{
	const struct access *access = &queued->observation.access;

	if (queued->kind == QUEUE_GAP)
		buffer_printf(out, "gap %d %.*s\n", (int)queued->gap.kind,
			      (int)queued->gap.detail.size, queued->gap.detail.data);
	else
		buffer_printf(out, "%+d %s %.*s at %.*s\n", (int)queued->observation.count,
			      action_of(access), (int)access->name.size, access->name.data,
			      (int)access->peer.size, access->peer.data);
	assert_int_equal(queued->kind == QUEUE_GAP ? queued->gap.image : access->image, IMAGE);
}

/* Ends the join: all that has come of it. */
static void expect(const char *want)
{
	scoped(buffer) struct buffer taken = { 0 }, text = { 0 };
	struct queued queued;

	join_end(&join);
	sink_close(&sink);
	while (sink_take(&sink, &taken)) {
		struct bytes rest = buffer_bytes(&taken);

		while (queue_next(&rest, &queued))
			if (queued.kind != QUEUE_CONNECTION)
				print(&text, &queued);
	}
	sink_release(&sink);
	assert_string_equal(buffer_text(&text), want);
}

static struct endpoint endpoint_at(const char *address, uint16_t port)
{
	struct endpoint endpoint = { .port = port };

	endpoint.address.size = strchr(address, ':') ? 16 : 4;
	assert_int_equal(inet_pton(strchr(address, ':') ? AF_INET6 : AF_INET, address,
				   endpoint.address.byte),
			 1);
	return endpoint;
}

static struct ends ends_of(uint8_t protocol, uint16_t local_port, const char *remote,
			   uint16_t remote_port)
{
	return (struct ends){ protocol, endpoint_at("192.0.2.9", local_port),
			      endpoint_at(remote, remote_port) };
}

/* A call of the agent that connects. */
static void connect_to(const struct ends *ends)
{
	scoped(buffer) struct buffer name = { 0 };
	struct observation observation = {
		.count = 1,
		.access = { .image = IMAGE,
			    .resource = RESOURCE_HOST,
			    .action = ACTION_CONNECT,
			    .outcome = OUTCOME_OK },
	};
	struct use *use;

	endpoint_write(ends->protocol, &ends->remote, &name);
	observation.access.name = observation.access.peer = buffer_bytes(&name);
	use = use_new(&observation, 1);
	assert_non_null(use);
	use->protocol = ends->protocol;
	use->local = ends->local;
	use->remote = ends->remote;
	join_connected(&join, ends, 1);
	join_use(&join, use);
	join_settle(&join, INT64_MAX);
}

static bool hear(const struct ends *ends, bool sent, const char *text)
{
	return join_hear(&join, ends, sent, bytes_of(text), 2);
}

static void a_name_in_pieces(void **state)
{
	const struct ends web = ends_of(IPPROTO_TCP, 1000, "192.0.2.1", 80);

	(void)state;
	connect_to(&web);
	connect_to(&web); /* again, to hear how it went */
	assert_true(hear(&web, true, "GET / HTT"));
	assert_true(hear(&web, true, "P/1.1\r\nHost: a.te"));
	assert_false(hear(&web, true, "st\r\n\r\n"));
	expect("-1 connect tcp/192.0.2.1:80 at tcp/192.0.2.1:80\n"
	       "+1 connect tcp/a.test:80 at tcp/192.0.2.1:80\n"
	       "-1 connect tcp/192.0.2.1:80 at tcp/192.0.2.1:80\n"
	       "+1 connect tcp/a.test:80 at tcp/192.0.2.1:80\n");
}

/* The kernel gives a port again, and nobody has seen the connection end that had it. */
static void a_port_again(void **state)
{
	const struct ends web = ends_of(IPPROTO_TCP, 1000, "2001:db8::1", 80);

	(void)state;
	connect_to(&web);
	assert_false(hear(&web, true, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"));
	connect_to(&web);
	assert_false(hear(&web, true, "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n"));
	expect("-1 connect tcp/[2001:db8::1]:80 at tcp/[2001:db8::1]:80\n"
	       "+1 connect tcp/a.test:80 at tcp/[2001:db8::1]:80\n"
	       "-1 connect tcp/[2001:db8::1]:80 at tcp/[2001:db8::1]:80\n"
	       "+1 connect tcp/b.test:80 at tcp/[2001:db8::1]:80\n");
}

/* "a.test" is 192.0.2.1; over TCP with its length before. */
#define ANSWER                                                                                     \
	"0001 8180 0001 0001 0000 0000 01 61 04 74657374 00 0001 0001"                             \
	"01 61 04 74657374 00 0001 0001 0000003c 0004 c0000201"

static void a_resolver(void **state)
{
	const struct ends udp = ends_of(IPPROTO_UDP, 1001, "192.0.2.53", 53);
	const struct ends web = ends_of(IPPROTO_TCP, 1002, "192.0.2.1", 25);
	scoped(buffer) struct buffer answer = { 0 };

	(void)state;
	add_hex(&answer, ANSWER);
	connect_to(&udp);
	assert_true(hear(&udp, true, "a question"));
	assert_true(join_hear(&join, &udp, false, buffer_bytes(&answer), 2));
	connect_to(&web);
	join.flows.newest->view[0].use->time_ns = 3;
	assert_false(hear(&web, true, "\r\n\r\nno protocol that is known\r\n"));
	expect("+1 resolve dns/a.test:53 at udp/192.0.2.53:53\n"
	       "-1 connect tcp/192.0.2.1:25 at tcp/192.0.2.1:25\n"
	       "+1 connect tcp/a.test:25 at tcp/192.0.2.1:25\n");
}

static void a_resolver_over_tcp(void **state)
{
	const struct ends tcp = ends_of(IPPROTO_TCP, 1001, "192.0.2.53", 53);
	scoped(buffer) struct buffer answer = { 0 };

	(void)state;
	add_hex(&answer, "002e");
	add_hex(&answer, ANSWER);
	assert_int_equal(answer.size, 0x2e + 2);
	connect_to(&tcp);
	assert_true(hear(&tcp, true, "a question"));
	for (size_t i = 0; i < answer.size; i++)
		assert_true(join_hear(&join, &tcp, false, (struct bytes){ answer.data + i, 1 }, 2));
	expect("+1 resolve dns/a.test:53 at tcp/192.0.2.53:53\n");
}

static void quic(void **state)
{
	const struct ends ends = ends_of(IPPROTO_UDP, 1005, "192.0.2.1", 443);
	scoped(buffer) struct buffer hex = { 0 }, datagram = { 0 };

	(void)state;
	add_file(&hex, "fixtures/wire/rfc9001.hex");
	add_hex(&datagram, hex.data);
	connect_to(&ends);
	assert_false(join_hear(&join, &ends, true, buffer_bytes(&datagram), 2));
	expect("-1 connect udp/192.0.2.1:443 at udp/192.0.2.1:443\n"
	       "+1 connect udp/example.com:443 at udp/192.0.2.1:443\n");
}

/* ---- what is hidden ---- */

static void ask_resolver(const char *remote, uint8_t protocol, uint16_t port, const char *said)
{
	const struct ends ends = ends_of(protocol, 1003, remote, port);

	begin(NULL);
	connect_to(&ends);
	if (said)
		hear(&ends, true, said);
}

static void encrypted_dns(void **state)
{
	(void)state;
	ask_resolver("192.0.2.1", IPPROTO_TCP, 853, NULL);
	expect("gap 15 tcp/192.0.2.1:853 (DNS over TLS)\n");
	ask_resolver("192.0.2.1", IPPROTO_UDP, 853, NULL);
	expect("gap 15 udp/192.0.2.1:853 (DNS over QUIC)\n");
	ask_resolver("1.1.1.1", IPPROTO_TCP, 443, NULL);
	expect("gap 15 tcp/1.1.1.1:443 (DNS over HTTPS)\n");
	ask_resolver("2001:4860:4860::8888", IPPROTO_TCP, 443, NULL);
	expect("gap 15 tcp/[2001:4860:4860::8888]:443 (DNS over HTTPS)\n");
	ask_resolver("1.1.1.1", IPPROTO_TCP, 80, NULL);
	expect("");
	ask_resolver("192.0.2.1", IPPROTO_TCP, 443, NULL);
	expect("");
	ask_resolver("192.0.2.1", IPPROTO_TCP, 80,
		     "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/dns-message"
		     "\r\n\r\n");
	expect("-1 connect tcp/192.0.2.1:80 at tcp/192.0.2.1:80\n"
	       "+1 connect tcp/a.test:80 at tcp/192.0.2.1:80\n"
	       "gap 15 tcp/a.test:80 (DNS over HTTPS)\n");
	ask_resolver("192.0.2.1", IPPROTO_TCP, 3128, "CONNECT dns.google:443 HTTP/1.1\r\n\r\n");
	expect("+1 connect tcp/dns.google:443 at tcp/192.0.2.1:3128\n"
	       "gap 15 tcp/dns.google:443 (DNS over HTTPS)\n");
}

/* A ClientHello of TLS 1.2 with these extensions. */
static void add_hello(struct buffer *out, const char *extensions)
{
	scoped(buffer) struct buffer body = { 0 };

	add_hex(&body, extensions);
	add_hex(out, "16 0301");
	add_u16(out, (unsigned)body.size + 47);
	add_hex(out, "01 00");
	add_u16(out, (unsigned)body.size + 43);
	add_hex(out, "0303");
	for (int i = 0; i < 32; i++)
		buffer_add_char(out, 'r');
	add_hex(out, "00 0002 1301 01 00");
	add_u16(out, (unsigned)body.size);
	buffer_append(out, body.data, body.size);
}

static void say_hello(const char *extensions)
{
	const struct ends ends = ends_of(IPPROTO_TCP, 1004, "192.0.2.1", 443);
	scoped(buffer) struct buffer hello = { 0 };

	begin(NULL);
	add_hello(&hello, extensions);
	connect_to(&ends);
	assert_false(join_hear(&join, &ends, true, buffer_bytes(&hello), 2));
}

#define SNI "0000 000b 0009 00 0006 612e74657374" /* a.test */

static void hellos(void **state)
{
	(void)state;
	say_hello(SNI "fe0d 000a 00 0001 0001 07 0000 0000");
	expect("-1 connect tcp/192.0.2.1:443 at tcp/192.0.2.1:443\n"
	       "+1 connect tcp/a.test:443 at tcp/192.0.2.1:443\n"
	       "gap 16 tcp/a.test:443\n");
	say_hello(SNI "0010 0006 0004 03 646f74");
	expect("-1 connect tcp/192.0.2.1:443 at tcp/192.0.2.1:443\n"
	       "+1 connect tcp/a.test:443 at tcp/192.0.2.1:443\n"
	       "gap 15 tcp/a.test:443 (DNS over TLS)\n");
	say_hello(SNI "0010 0006 0004 03 646f71");
	expect("-1 connect tcp/192.0.2.1:443 at tcp/192.0.2.1:443\n"
	       "+1 connect tcp/a.test:443 at tcp/192.0.2.1:443\n"
	       "gap 15 tcp/a.test:443 (DNS over QUIC)\n");
	say_hello(SNI "0010 0005 0003 02 6832");
	expect("-1 connect tcp/192.0.2.1:443 at tcp/192.0.2.1:443\n"
	       "+1 connect tcp/a.test:443 at tcp/192.0.2.1:443\n");
}

static void protocols(void **state)
{
	const struct alpn alpn = { .text = "h2,dotx,xdot,doq" }, none = { 0 };

	(void)state;
	assert_true(alpn_has(&alpn, "h2"));
	assert_true(alpn_has(&alpn, "doq"));
	assert_false(alpn_has(&alpn, "dot"));
	assert_false(alpn_has(&none, "dot"));
}

static void resolvers(void **state)
{
	(void)state;
	assert_true(doh_is_resolver(bytes_of("dns.google")));
	assert_true(doh_is_resolver(bytes_of("mozilla.cloudflare-dns.com")));
	assert_true(doh_is_resolver(bytes_of("9.9.9.9")));
	assert_false(doh_is_resolver(bytes_of("notdns.google")));
	assert_false(doh_is_resolver(bytes_of("dns.google.example.com")));
	assert_false(doh_is_resolver(bytes_of("google")));
	assert_false(doh_is_resolver(bytes_of("")));
	assert_true(doh_is_path(bytes_of("/dns-query")));
	assert_true(doh_is_path(bytes_of("/dns-query?dns=AAAB")));
	assert_true(doh_is_path(bytes_of("/dns-query/abc")));
	assert_false(doh_is_path(bytes_of("/dns-querying")));
	assert_false(doh_is_path(bytes_of("/a?/dns-query")));
	assert_true(doh_is_field(bytes_of("Accept"), bytes_of("application/dns-message")));
	assert_true(doh_is_field(bytes_of(":path"), bytes_of("/dns-query")));
	assert_false(doh_is_field(bytes_of("X"), bytes_of("application/dns-message")));
	assert_false(doh_is_field(bytes_of("accept"), bytes_of("application/dns-json")));
}

/* ---- relays ---- */

/* What a client sends, in pieces of every size, comes to the same. */
static void relayed(const void *said, size_t size, const char *want)
{
	for (size_t step = 1; step <= size; step++) {
		struct relay *relay = relay_new(bytes_of("/run/relay"));
		const char *at = said;
		bool more = true;

		begin(NULL);
		for (size_t i = 0; i < size && more; i += step)
			more = relay_hear(
				relay, (struct bytes){ at + i, size - i < step ? size - i : step },
				&sink, IMAGE);
		assert_false(more);
		assert_false(relay_hear(relay, bytes_of("and more"), &sink, IMAGE));
		relay_free(relay);
		expect(want);
	}
}

static void relays(void **state)
{
	static const struct {
		const char *said, *want;
	} row[] = {
		{ "CONNECT a.test:443 HTTP/1.1\r\n\r\n", "tcp/a.test:443" },
		{ "GET http://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n", "tcp/a.test:80" },
		{ "GET https://a.test/ HTTP/1.1\r\n\r\n", "tcp/a.test:443" },
		{ "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n", "tcp/[2001:db8::1]:443" },
		{ "GET / HTTP/1.1\r\nHost: docker\r\n\r\n", NULL },
		{ "CONNECT a\x7f:443 HTTP/1.1\r\n\r\n", NULL },
		{ "{\"jsonrpc\":\"2.0\"}", NULL },
	};
	static const char name[] = "\x05\x01\x00\x05\x01\x00\x03\x06"
				   "a.test\x00\x50";
	static const char address[] = "\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50";
	char want[128];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		snprintf(want, sizeof want, "+1 connect %s at unix:/run/relay\n",
			 row[i].want ? row[i].want : "");
		relayed(row[i].said, strlen(row[i].said), row[i].want ? want : "");
	}
	relayed(name, sizeof name - 1, "+1 connect tcp/a.test:80 at unix:/run/relay\n");
	relayed(address, sizeof address - 1, "+1 connect tcp/192.0.2.1:80 at unix:/run/relay\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_name_in_pieces, begin),
		cmocka_unit_test_setup(a_port_again, begin),
		cmocka_unit_test_setup(a_resolver, begin),
		cmocka_unit_test_setup(a_resolver_over_tcp, begin),
		cmocka_unit_test_setup(quic, begin),
		cmocka_unit_test(encrypted_dns),
		cmocka_unit_test(hellos),
		cmocka_unit_test(protocols),
		cmocka_unit_test(resolvers),
		cmocka_unit_test(relays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
