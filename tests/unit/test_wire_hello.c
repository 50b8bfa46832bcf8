/* ClientHellos made by hand, whole and in pieces.  Those of programs are in the captures. */
#include "wire_fixture.h"

#include "recorder/wire/hello.h"

#define ZEROS "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
#define SNI   "0000 0009 0007 00 0004 61424364 " /* "aBCd" */

/* A handshake message: a ClientHello with these extensions, or without any where NULL. */
static void add_message(struct buffer *out, const char *suites, const char *extensions)
{
	scoped(buffer) struct buffer body = { 0 }, list = { 0 }, more = { 0 };

	add_hex(&list, suites);
	add_hex(&more, extensions ? extensions : "");
	add_hex(&body, "0303" ZEROS "00");
	add_u16(&body, (unsigned)list.size);
	buffer_append(&body, list.data, list.size);
	add_hex(&body, "0100");
	if (extensions)
		add_u16(&body, (unsigned)more.size);
	buffer_append(&body, more.data, more.size);
	add_hex(out, "01 00");
	add_u16(out, (unsigned)body.size);
	buffer_append(out, body.data, body.size);
}

/* The same in records with at most `most` bytes. */
static void add_records(struct buffer *out, const struct buffer *message, size_t most)
{
	for (size_t at = 0; at < message->size; at += most) {
		size_t size = message->size - at < most ? message->size - at : most;

		add_hex(out, "160301");
		add_u16(out, (unsigned)size);
		buffer_append(out, message->data + at, size);
	}
}

static enum reading read_extensions(const char *extensions, struct hello *ret)
{
	scoped(buffer) struct buffer message = { 0 }, stream = { 0 };

	add_message(&message, "1301", extensions);
	add_records(&stream, &message, 16384);
	return hello_read(guarded(0, stream.data, stream.size), ret);
}

static const struct {
	const char *what, *extensions;
	enum reading reading;
	const char *server, *alpn; /* where it is read */
} hellos[] = {
	{ "no extensions", NULL, READING_DONE, "", "" },
	{ "an empty list of them", "", READING_DONE, "", "" },
	{ "a name", SNI, READING_DONE, "abcd", "" },
	{ "a name with a dot", "0000 0007 0005 00 0002 612e", READING_DONE, "a", "" },
	{ "another type of name first", "0000 000c 000a 07 0002 ffff 00 0002 6162", READING_DONE,
	  "ab", "" },
	{ "no host name", "0000 0007 0005 07 0002 ffff", READING_DONE, "", "" },
	{ "two host names", "0000 000a 0008 00 0001 61 00 0001 62", READING_NOT, "", "" },
	{ "two lists of names", SNI SNI, READING_NOT, "", "" },
	{ "an empty name", "0000 0005 0003 00 0000", READING_NOT, "", "" },
	{ "an empty list of names", "0000 0002 0000", READING_NOT, "", "" },
	{ "a name longer than its list", "0000 0006 0004 00 0002 61", READING_NOT, "", "" },
	{ "a list longer than the extension", "0000 0006 0005 00 0001 61", READING_NOT, "", "" },
	{ "something behind the list", "0000 0007 0004 00 0001 61 00", READING_NOT, "", "" },
	{ "an extension that is cut", "0000 0009 0007", READING_NOT, "", "" },
	{ "a head that is cut", "0000 00", READING_NOT, "", "" },
	{ "protocols", "0010 000e 000c 02 6832 08 687474702f312e31", READING_DONE, "",
	  "h2,http/1.1" },
	{ "protocols that mean nothing", "0010 0008 0006 02 fafa 02 6833", READING_DONE, "", "h3" },
	{ "a protocol with odd bytes", "0010 0007 0005 04 2c5c00ff", READING_DONE, "",
	  "\\044\\092\\000\\255" },
	{ "no protocols", "0010 0002 0000", READING_NOT, "", "" },
	{ "an empty protocol", "0010 0003 0001 00", READING_NOT, "", "" },
	{ "a protocol that is cut", "0010 0004 0002 02 68", READING_NOT, "", "" },
	{ "no versions", "002b 0001 00", READING_NOT, "", "" },
	{ "half a version", "002b 0002 01 03", READING_NOT, "", "" },
	{ "ECH without a type", "fe0d 0000", READING_NOT, "", "" },
	{ "ECH of another type", "fe0d 0001 02", READING_NOT, "", "" },
	{ "inner ECH with something in it", "fe0d 0002 01 00", READING_NOT, "", "" },
};

static void extensions(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hellos / sizeof *hellos; i++) {
		struct hello hello = { 0 };
		enum reading reading = read_extensions(hellos[i].extensions, &hello);

		if (reading != hellos[i].reading)
			fail_msg("%s: %d", hellos[i].what, reading);
		if (strcmp(hello.server.host, hellos[i].server) ||
		    strcmp(hello.alpn.text, hellos[i].alpn))
			fail_msg("%s: \"%s\" \"%s\"", hellos[i].what, hello.server.host,
				 hello.alpn.text);
	}
}

static void flags_and_versions(void **state)
{
	struct hello hello;

	(void)state;
	assert_int_equal(read_extensions("fe0d 000a 00 0001 0001 07 0000 0000", &hello),
			 READING_DONE);
	assert_int_equal(hello.ech, HELLO_ECH_OUTER);
	assert_false(hello.grease);
	assert_int_equal(hello.version, 0x0303);
	assert_int_equal(read_extensions("fe0d 0001 01", &hello), READING_DONE);
	assert_int_equal(hello.ech, HELLO_ECH_INNER);
	assert_int_equal(read_extensions("eaea 0001 00", &hello), READING_DONE);
	assert_true(hello.grease);
	assert_int_equal(hello.ech, HELLO_PLAIN);
	assert_int_equal(read_extensions("002b 0007 06 9a9a 0303 0304", &hello), READING_DONE);
	assert_true(hello.grease);
	assert_int_equal(hello.version, 0x0304);
	assert_int_equal(read_extensions("002b 0003 02 0305", &hello), READING_DONE);
	assert_int_equal(hello.version, 0x0305);
	assert_false(is_grease(0x0a1a));
	assert_true(is_grease(0xfafa));
}

/* Names of every length there may be, and one more. */
static void long_names(void **state)
{
	(void)state;
	for (unsigned size = 250; size <= 257; size++) {
		char extension[1024];
		struct hello hello;
		int at = snprintf(extension, sizeof extension, "0000 %04x %04x 00 %04x ", size + 5,
				  size + 3, size);

		for (unsigned i = 0; i < size; i++)
			at += snprintf(extension + at, sizeof extension - (size_t)at, "61");
		assert_int_equal(read_extensions(extension, &hello),
				 size <= 255 ? READING_DONE : READING_NOT);
		if (size <= 255)
			assert_int_equal(hello.server.size, size);
	}
}

/* More protocols than the text has room for: what fits is there, and it says so. */
static void many_protocols(void **state)
{
	scoped(buffer) struct buffer list = { 0 };
	struct cursor cursor;
	struct alpn alpn;

	(void)state;
	for (int i = 0; i < 90; i++)
		add_hex(&list, "026831");
	cursor = cursor_of(guarded(0, list.data, list.size));
	assert_int_equal(alpn_read(&cursor, &alpn), 0);
	assert_true(alpn.cut);
	assert_int_equal(alpn.size, strlen(alpn.text));
	assert_int_equal(alpn.size, 85 * 3 - 1);
}

/* However it is cut into records, and wherever the stream ends. */
static void every_cut(void **state)
{
	scoped(buffer) struct buffer message = { 0 };

	(void)state;
	add_message(&message, "1a1a1301", SNI);
	for (size_t most = 1; most <= message.size; most++) {
		scoped(buffer) struct buffer stream = { 0 };
		struct hello hello = { 0 };

		add_records(&stream, &message, most);
		for (size_t size = 0; size < stream.size; size++)
			assert_int_equal(hello_read(guarded(0, stream.data, size), &hello),
					 READING_MORE);
		assert_int_equal(hello.server.size, 0);
		buffer_add(&stream, "whatever follows");
		assert_int_equal(hello_read(guarded(0, stream.data, stream.size), &hello),
				 READING_DONE);
		assert_string_equal(hello.server.host, "abcd");
		assert_true(hello.grease);
	}
}

static const struct {
	const char *what, *hex;
	enum reading reading;
} others[] = {
	{ "nothing", "", READING_MORE },
	{ "HTTP", "47455420", READING_NOT },
	{ "SSL 2's hello (RFC 5246, E.2)",
	  "802e 01 0301 0015 0000 0010 010080 030080 0000ff 000004 000005 000009 000064",
	  READING_NOT },
	{ "an alert", "15 0301 0002 0228", READING_NOT },
	{ "SSL 2 as a version", "16 0200", READING_NOT },
	{ "an empty record", "16 0301 0000", READING_NOT },
	{ "a record that is too long", "16 0301 4001", READING_NOT },
	{ "the longest record", "16 0301 4000 01", READING_MORE },
	{ "another record between", "16 0301 0001 01 17 0303 0001 00", READING_NOT },
	{ "a ServerHello", "16 0303 0004 02 000000", READING_NOT },
	{ "a hello without a body", "16 0301 0004 01 000000", READING_NOT },
};

static void other_streams(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		scoped(buffer) struct buffer stream = { 0 };
		struct hello hello;
		enum reading reading;

		add_hex(&stream, others[i].hex);
		reading = hello_read(guarded(0, stream.data, stream.size), &hello);
		if (reading != others[i].reading)
			fail_msg("%s: %d", others[i].what, reading);
	}
}

/* What is within the hello, in its fixed part. */
static void malformed_heads(void **state)
{
	static const char *const body[] = {
		"0203" ZEROS "00 0002 1301 0100",	     /* version 2 */
		"0303" ZEROS "21" ZEROS "00 0002 1301 0100", /* a session of 33 bytes */
		"0303" ZEROS "00 0000 0100",		     /* no suites */
		"0303" ZEROS "00 0003 130100 0100",	     /* one and a half */
		"0303" ZEROS "00 0002 1301 00",		     /* no compression */
		"0303" ZEROS "00 0002 1301 0100 00",	     /* half a length */
		"0303" ZEROS "00 0002 1301 0100 0000 00",    /* something behind */
	};

	(void)state;
	for (size_t i = 0; i < sizeof body / sizeof *body; i++) {
		scoped(buffer) struct buffer hex = { 0 }, message = { 0 };
		struct hello hello;

		add_hex(&hex, body[i]);
		add_hex(&message, "01 00");
		add_u16(&message, (unsigned)hex.size);
		buffer_append(&message, hex.data, hex.size);
		if (hello_read_message(guarded(0, message.data, message.size), &hello) !=
		    READING_NOT)
			fail_msg("%s", body[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extensions),	   cmocka_unit_test(flags_and_versions),
		cmocka_unit_test(long_names),	   cmocka_unit_test(many_protocols),
		cmocka_unit_test(every_cut),	   cmocka_unit_test(other_streams),
		cmocka_unit_test(malformed_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
