/* Requests of HTTP and SOCKS, each as it is and cut anywhere.  Those of programs are in the
 * captures. */
#include "wire_fixture.h"

#include "recorder/wire/http.h"
#include "recorder/wire/socks.h"

#include <errno.h>

static const struct {
	const char *text;
	int status;
	const char *host;
	unsigned port;
} authorities[] = {
	{ "Example.COM", 0, "example.com", 0 },
	{ "a.", 0, "a", 0 },
	{ "a:", 0, "a", 0 },
	{ "a:0443", 0, "a", 443 },
	{ "[2001:DB8::1]", 0, "2001:db8::1", 0 },
	{ "[::1]:65535", 0, "::1", 65535 },
	{ "a\xff\x01", 0, "a\xff\x01", 0 },
	{ "", -EINVAL, "", 0 },
	{ ":80", -EINVAL, "", 0 },
	{ "a:65536", -EINVAL, "", 0 },
	{ "a:18446744073709551617", -EINVAL, "", 0 },
	{ "a:8x", -EINVAL, "", 0 },
	{ "a:b:80", -EINVAL, "", 0 },
	{ "[::1", -EINVAL, "", 0 },
	{ "[]", -EINVAL, "", 0 },
	{ "[::1]x", -EINVAL, "", 0 },
};

static void targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof authorities / sizeof *authorities; i++) {
		const char *text = authorities[i].text;
		struct target target = { 0 };
		int status = target_read(&target, guarded(0, text, strlen(text)));

		if (status != authorities[i].status || strcmp(target.host, authorities[i].host) ||
		    target.port != authorities[i].port)
			fail_msg("%s: %d %s:%u", text, status, target.host, target.port);
	}
}

static const struct {
	const char *text;
	enum reading reading;
	enum http_form form;
	const char *host;
	unsigned port;
} requests[] = {
	{ "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", READING_DONE, HTTP_ORIGIN, "a.test", 0 },
	{ "GET / HTTP/1.1\nAccept: *\nhOST:\ta.test:81 \n\n", READING_DONE, HTTP_ORIGIN, "a.test",
	  81 },
	{ "\r\nPATCH /x?y=http://z HTTP/1.0\r\n\r\n", READING_DONE, HTTP_ORIGIN, "", 0 },
	{ "GET http://u:p@a.test:8080/x@y HTTP/1.1\r\nHost: b.test\r\n\r\n", READING_DONE,
	  HTTP_ABSOLUTE, "a.test", 8080 },
	{ "GET http://a.test?x@y HTTP/1.1\r\nHost: b\r\n\r\n", READING_DONE, HTTP_ABSOLUTE,
	  "a.test", 0 },
	{ "GET ws://[::1]:9/ HTTP/1.1\r\nHost:\r\n\r\n", READING_DONE, HTTP_ABSOLUTE, "::1", 9 },
	{ "CONNECT a.test:443 HTTP/1.1\r\n\r\n", READING_DONE, HTTP_AUTHORITY, "a.test", 443 },
	{ "OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n", READING_DONE, HTTP_ASTERISK, "a.test", 0 },
	{ "GET / HTTP/1.1\r\nHost: \r\n\r\n", READING_DONE, HTTP_ORIGIN, "", 0 },
	{ "G!T / HTTP/1.1\r\nX: Host: b\r\nHost: a\r\n\r\n", READING_DONE, HTTP_ORIGIN, "a", 0 },
	{ "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/1.1\r\nHost: a b:x\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/1.1\r\nHost : a\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/1.1\r\nX: y\r\n Host: a\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/2.0\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET / HTTP/1.x\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET /a b HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET  HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET x HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "GET http:// HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "CONNECT :443 HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "\r\n\r\nGET / HTTP/1.1\r\n\r\n", READING_NOT, 0, "", 0 },
	{ "SSH-2.0-OpenSSH_9.2\r\n", READING_NOT, 0, "", 0 },
	{ "220 mail.test ESMTP\r\n", READING_NOT, 0, "", 0 },
	{ "\x16\x03\x01", READING_NOT, 0, "", 0 },
	{ "\x16", READING_NOT, 0, "", 0 },
	{ "averyveryverylongwordthatisnomethod / HTTP/1.1\r\n", READING_NOT, 0, "", 0 },
	{ "", READING_MORE, 0, "", 0 },
	{ "\r", READING_MORE, 0, "", 0 },
	{ "GET / HTTP/1.1\r\nHost: a.test\r\n", READING_MORE, 0, "", 0 },
};

static void heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		const char *text = requests[i].text;
		struct http http = { 0 };
		enum reading reading = http_read(guarded(0, text, strlen(text)), &http);

		if (reading != requests[i].reading)
			fail_msg("%s: %d", text, reading);
		if (reading != READING_DONE)
			continue;
		assert_int_equal(http.form, requests[i].form);
		assert_string_equal(http.target.host, requests[i].host);
		assert_int_equal(http.target.port, requests[i].port);
		assert_int_equal(http.size, strlen(text));
		for (size_t size = 0; size < strlen(text); size++)
			if (http_read(guarded(0, text, size), &http) != READING_MORE)
				fail_msg("%.*s", (int)size, text);
	}
}

static void what_follows_a_head(void **state)
{
	static const char text[] = "CONNECT a:1 HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n";
	struct http http;

	(void)state;
	assert_int_equal(http_read(bytes_of(text), &http), READING_DONE);
	assert_int_equal(http.version, 11);
	assert_int_equal(http_read(bytes_of(text + http.size), &http), READING_DONE);
	assert_int_equal(http.version, 10);
}

/* A line is not waited for for ever. */
static void long_lines(void **state)
{
	scoped(buffer) struct buffer text = { 0 };
	struct http http;

	(void)state;
	buffer_add(&text, "GET /");
	while (text.size < HTTP_LINE_MAX)
		buffer_add_char(&text, 'x');
	assert_int_equal(http_read(buffer_bytes(&text), &http), READING_MORE);
	buffer_add_char(&text, 'x');
	assert_int_equal(http_read(buffer_bytes(&text), &http), READING_NOT);
}

static const struct {
	const char *what, *hex;
	enum reading reading;
	const char *host;
	unsigned port, address; /* size of the address */
} sockses[] = {
	{ "5, a name", "05 01 00 05 01 00 03 01 41 01bb", READING_DONE, "a", 443, 0 },
	{ "5, IPv4", "05 02 00 01 05 01 00 01 c0000201 0050", READING_DONE, "", 80, 4 },
	{ "5, IPv6", "05 01 00 05 01 00 04 20010db8000000000000000000000001 0050", READING_DONE, "",
	  80, 16 },
	{ "5, user and password", "05 01 02 01 02 7573 02 7077 05 01 00 03 01 61 0050",
	  READING_DONE, "a", 80, 0 },
	{ "5, a datagram", "05 01 00 05 03 00 03 01 61 0050", READING_DONE, "a", 80, 0 },
	{ "4", "04 01 0050 c0000201 7573 00", READING_DONE, "", 80, 4 },
	{ "4A", "04 01 0050 00000001 00 61 00", READING_DONE, "a", 80, 0 },
	{ "4, to bind", "04 02 0050 00000000 00", READING_DONE, "", 80, 4 },
	{ "5, no methods", "05 00", READING_NOT, "", 0, 0 },
	{ "5, an empty name", "05 01 00 05 01 00 03 00 0050", READING_NOT, "", 0, 0 },
	{ "5, another type", "05 01 00 05 01 00 02 00", READING_NOT, "", 0, 0 },
	{ "5, another command", "05 01 00 05 04", READING_NOT, "", 0, 0 },
	{ "5, GSSAPI", "05 01 01 01 01 0001 00 00 00 00", READING_NOT, "", 0, 0 },
	{ "4, another command", "04 03", READING_NOT, "", 0, 0 },
	{ "4A, an empty name", "04 01 0050 00000001 00 00", READING_NOT, "", 0, 0 },
	{ "6", "06", READING_NOT, "", 0, 0 },
};

static void socks_targets(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sockses / sizeof *sockses; i++) {
		scoped(buffer) struct buffer bytes = { 0 };
		struct socks socks;
		enum reading reading;

		add_hex(&bytes, sockses[i].hex);
		reading = socks_read(guarded(0, bytes.data, bytes.size), &socks);
		if (reading != sockses[i].reading)
			fail_msg("%s: %d", sockses[i].what, reading);
		if (reading != READING_DONE)
			continue;
		assert_string_equal(socks.target.host, sockses[i].host);
		assert_int_equal(socks.target.port, sockses[i].port);
		assert_int_equal(socks.address.size, sockses[i].address);
		assert_int_equal(socks.size, bytes.size);
		for (size_t size = 0; size < bytes.size; size++)
			if (socks_read(guarded(0, bytes.data, size), &socks) != READING_MORE)
				fail_msg("%s, cut to %zu", sockses[i].what, size);
	}
}

/* A user without an end. */
static void long_users(void **state)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct socks socks;

	(void)state;
	add_hex(&bytes, "04 01 0050 00000001");
	for (int i = 0; i < 255; i++)
		buffer_add_char(&bytes, 'u');
	assert_int_equal(socks_read(buffer_bytes(&bytes), &socks), READING_MORE);
	buffer_add_char(&bytes, 'u');
	assert_int_equal(socks_read(buffer_bytes(&bytes), &socks), READING_NOT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets),
		cmocka_unit_test(heads),
		cmocka_unit_test(what_follows_a_head),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(socks_targets),
		cmocka_unit_test(long_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
