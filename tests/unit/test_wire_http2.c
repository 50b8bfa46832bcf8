/* HTTP/2 with prior knowledge: frames made by hand around the examples of RFC 7541. */
#include "wire_fixture.h"

#include "recorder/wire/http.h"
#include "recorder/wire/http2.h"

#define PREFACE	 "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a "
#define SETTINGS "000000 04 00 00000000 "

/* RFC 7541, C.4.1 to C.4.3: three requests to www.example.com, with Huffman code; the later two
 * name it by its place in the table. */
#define C41 "828684418cf1e3c2e5f23a6ba0ab90f4ff "
#define C42 "828684be5886a8eb10649cbf "
#define C43 "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf "
/* C.3.1, without Huffman code; and "b.test" in the same way. */
#define C31   "828684410f7777772e6578616d706c652e636f6d "
#define OTHER "8286844106622e74657374 "

static enum reading read_hex(const char *hex, struct http2 *ret)
{
	scoped(buffer) struct buffer bytes = { 0 };

	add_hex(&bytes, hex);
	return http2_read(guarded(0, bytes.data, bytes.size), ret);
}

static void the_requests_of_the_rfc(void **state)
{
	struct http2 two;

	(void)state;
	assert_int_equal(read_hex(PREFACE SETTINGS
				  "000011 01 05 00000001" C41 "00000c 01 05 00000003" C42
				  "000018 01 05 00000005" C43 "00000b 01 05 00000007" OTHER,
				  &two),
			 READING_DONE);
	assert_int_equal(two.count, 2);
	assert_string_equal(two.request[0].target.host, "www.example.com");
	assert_string_equal(two.request[1].target.host, "b.test");
	assert_false(two.request[0].connect || two.request[0].secure);
}

static const struct {
	const char *what, *frames;
	enum reading reading;
	const char *host;
} cases[] = {
	{ "without Huffman code", SETTINGS "000014 01 05 00000001" C31, READING_DONE,
	  "www.example.com" },
	{ "padding", SETTINGS "000014 01 0d 00000001 02" C41 "0000", READING_DONE,
	  "www.example.com" },
	{ "priority", SETTINGS "000016 01 25 00000001 00000000ff" C41, READING_DONE,
	  "www.example.com" },
	{ "continued",
	  SETTINGS "000005 01 01 00000001 8286844103"
		   "000000 09 00 00000001 000003 09 04 00000001 612e62",
	  READING_DONE, "a.b" },
	{ "frames between requests",
	  SETTINGS "000004 08 00 00000000 0000ffff 000005 02 00 00000003 0000000000"
		   "000003 f0 00 00000000 010203 00000b 01 05 00000001" OTHER,
	  READING_DONE, "b.test" },
	{ "Host", SETTINGS "00000a 01 05 00000001 8266 06622e74657374 84", READING_DONE, "b.test" },
	{ "Host after :authority", SETTINGS "000013 01 05 00000001" OTHER "6606612e74657374",
	  READING_DONE, "b.test" },
	{ "a name that is none", SETTINGS "000006 01 05 00000001 8286 4102 3a78", READING_DONE,
	  "" },
	{ "SETTINGS must come first", "00000b 01 05 00000001" OTHER, READING_NOT, "" },
	{ "no CONTINUATION", SETTINGS "000003 01 00 00000001 828684 000000 00 00 00000001",
	  READING_NOT, "" },
	{ "CONTINUATION of nothing", SETTINGS "000001 09 04 00000001 82", READING_NOT, "" },
	{ "more padding than payload", SETTINGS "000003 01 0d 00000001 03 8284", READING_NOT, "" },
	{ "no room for priority", SETTINGS "000003 01 25 00000001 000000", READING_NOT, "" },
	{ "a place in the table that is empty", SETTINGS "000001 01 05 00000001 be", READING_NOT,
	  "" },
	{ "a place that is 0", SETTINGS "000001 01 05 00000001 80", READING_NOT, "" },
	{ "a wrong end of Huffman code", SETTINGS "000003 01 05 00000001 418100", READING_NOT, "" },
	{ "a number without an end", SETTINGS "000008 01 05 00000001 ffffffffffffffff", READING_NOT,
	  "" },
	{ "a block that is cut", SETTINGS "000003 01 05 00000001 828441", READING_NOT, "" },
	{ "a frame that is cut", SETTINGS "00000b 01 05 00000001 8286", READING_MORE, "" },
	{ "nothing yet", "", READING_MORE, "" },
};

static void frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		scoped(buffer) struct buffer hex = { 0 };
		struct http2 two;
		enum reading reading;

		buffer_add(&hex, PREFACE);
		buffer_add(&hex, cases[i].frames);
		reading = read_hex(hex.data, &two);
		if (reading != cases[i].reading)
			fail_msg("%s: %d", cases[i].what, reading);
		if (reading == READING_DONE)
			assert_string_equal(two.request[0].target.host, cases[i].host);
	}
}

static void connect_and_secure(void **state)
{
	struct http2 two;

	(void)state;
	/* :method CONNECT as a literal, :authority a:1 */
	assert_int_equal(read_hex(PREFACE SETTINGS "00000e 01 05 00000001"
						   "0207434f4e4e454354 4103613a31"
						   "00000c 01 05 00000003"
						   "8287 4106622e74657374 84 84",
				  &two),
			 READING_DONE);
	assert_int_equal(two.count, 2);
	assert_true(two.request[0].connect);
	assert_int_equal(two.request[0].target.port, 1);
	assert_false(two.request[1].connect);
	assert_true(two.request[1].secure);
	/* With :protocol (RFC 8441) it is no tunnel to another name. */
	assert_int_equal(read_hex(PREFACE SETTINGS "00001c 01 05 00000001"
						   "0207434f4e4e454354 4101 61"
						   "00093a70726f746f636f6c 0478787878",
				  &two),
			 READING_DONE);
	assert_false(two.request[0].connect);
}

static void every_prefix(void **state)
{
	static const char hex[] =
		PREFACE SETTINGS "000011 01 05 00000001" C41 "00000b 01 05 00000007" OTHER;
	scoped(buffer) struct buffer bytes = { 0 };
	struct http2 two;
	struct http http;

	(void)state;
	add_hex(&bytes, hex);
	for (size_t size = 0; size <= bytes.size; size++) {
		struct bytes prefix = guarded(0, bytes.data, size);
		bool one = size >= 24 + 9 + 9 + 17, both = size == bytes.size;

		assert_int_equal(http_read(prefix, &http), one ? READING_DONE : READING_MORE);
		if (size)
			assert_int_equal(http2_read(prefix, &two),
					 one ? READING_DONE : READING_MORE);
		if (size && one)
			assert_int_equal(two.count, 1 + both);
	}
	assert_int_equal(http.version, 20);
	assert_string_equal(http.target.host, "www.example.com");
}

/* A field of 4000 bytes that is named again and again by one byte. */
static enum reading read_again(unsigned times)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct http2 two;

	add_hex(&bytes, PREFACE SETTINGS "000fa7 01 01 00000001 8284 400178 7fa01e");
	for (int i = 0; i < 3999; i++)
		buffer_add_char(&bytes, 'x');
	add_hex(&bytes, "00");
	add_u16(&bytes, times);
	add_hex(&bytes, "09 04 00000001");
	for (unsigned i = 0; i < times; i++)
		buffer_add_char(&bytes, (char)0xbe);
	return http2_read(buffer_bytes(&bytes), &two);
}

static void bombs(void **state)
{
	(void)state;
	assert_int_equal(read_again(10), READING_DONE);
	assert_int_equal(read_again(0xffff), READING_NOT);
}

/* More targets than are kept. */
static void many_targets(void **state)
{
	scoped(buffer) struct buffer bytes = { 0 };
	struct http2 two;

	(void)state;
	add_hex(&bytes, PREFACE SETTINGS);
	for (int i = 0; i < HTTP2_REQUESTS + 5; i++) {
		add_hex(&bytes, "000006 01 05 00000001 8286 4102 61");
		buffer_add_char(&bytes, (char)('a' + i));
	}
	assert_int_equal(http2_read(buffer_bytes(&bytes), &two), READING_DONE);
	assert_int_equal(two.count, HTTP2_REQUESTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_requests_of_the_rfc),
		cmocka_unit_test(frames),
		cmocka_unit_test(connect_and_secure),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(bombs),
		cmocka_unit_test(many_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
