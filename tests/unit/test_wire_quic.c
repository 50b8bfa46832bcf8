/* Initial packets: those that RFCs print, and connections that begin in unusual ways. */
#include "wire_seal.h"

static struct quic quic;
static struct buffer message, frames, datagram;

static int set_up(void **state)
{
	(void)state;
	quic = (struct quic){ 0 };
	add_client_hello(&message, "a.test");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	quic_release(&quic);
	buffer_release(&message);
	buffer_release(&frames);
	buffer_release(&datagram);
	return 0;
}

/* Hands the datagram on that was built, and begins the next. */
static enum reading give(struct hello *ret)
{
	struct bytes bytes = guarded(0, datagram.data, datagram.size);

	buffer_clear(&datagram);
	buffer_clear(&frames);
	return quic_initial_add(&quic, bytes, ret);
}

/* A packet with the message from one byte to another. */
static void add_part(const struct initial *initial, size_t from, size_t to)
{
	buffer_clear(&frames);
	add_crypto_frame(&frames, &message, from, to);
	add_initial(&datagram, initial, &frames);
}

static void the_packets_of_the_rfcs(void **state)
{
	static const char *const files[] = { "fixtures/wire/rfc9001.hex",
					     "fixtures/wire/rfc9369.hex" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		scoped(buffer) struct buffer hex = { 0 };
		struct hello hello;

		add_file(&hex, files[i]);
		add_hex(&datagram, hex.data);
		assert_int_equal(datagram.size, 1200);
		assert_int_equal(give(&hello), READING_DONE);
		assert_string_equal(hello.server.host, "example.com");
		assert_string_equal(hello.alpn.text, "alpn");
		assert_int_equal(quic.largest, 2);
	}
}

/* RFC 9001, A.1 and A.2. */
static void the_keys_of_the_rfc(void **state)
{
	scoped(buffer) struct buffer id = { 0 }, want = { 0 }, sample = { 0 }, mask = { 0 };
	uint8_t got[QUIC_SAMPLE_BYTES];
	struct quic_keys keys;

	(void)state;
	add_hex(&id, "8394c8f03e515708");
	assert_int_equal(quic_keys_derive(quic_version_of(V1), buffer_bytes(&id), &keys), 0);
	add_hex(&want, "1f369613dd76d5467730efcbe3b1a22d fa044b2f42a3fd3b46fb255c"
		       "9f50449e04a0e810283a1e9933adedd2");
	assert_memory_equal(&keys, want.data, want.size);
	add_hex(&sample, "d1b1c98dd7689fb8ec11d242b123dc9b");
	add_hex(&mask, "437b9aec36");
	assert_int_equal(quic_keys_mask(&keys, (uint8_t *)sample.data, got), 0);
	assert_memory_equal(got, mask.data, mask.size);
	assert_null(quic_version_of(0));
}

static void in_pieces_and_out_of_order(void **state)
{
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct hello hello = { 0 };

	(void)state;
	add_part(&initial, 20, 50);
	assert_int_equal(give(&hello), READING_MORE);
	initial.number = 1;
	add_part(&initial, 45, message.size); /* again, and more */
	assert_int_equal(give(&hello), READING_MORE);
	initial.number = 2;
	add_part(&initial, 0, 21);
	assert_int_equal(hello.server.size, 0);
	assert_int_equal(give(&hello), READING_DONE);
	assert_string_equal(hello.server.host, "a.test");
	buffer_add(&datagram, "short header, or whatever");
	assert_int_equal(give(&hello), READING_DONE);
}

/* RFC 9000, 12.2: several packets in a datagram; those that are not Initial are passed over. */
static void coalesced(void **state)
{
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 2 };
	struct hello hello;

	(void)state;
	add_part(&initial, 0, 20);
	add_hex(&datagram, "e000000001 08 3132333435363738 00 40 0a 00000000000000000000");
	add_hex(&datagram, "d000000001 08 3132333435363738 00 05 0000000000");
	initial.number = 1;
	add_part(&initial, 20, message.size);
	add_hex(&datagram, "00000000000000000000000000"); /* padding behind */
	assert_int_equal(give(&hello), READING_DONE);
	assert_int_equal(quic.largest, 1);
}

static void every_frame_that_may_be_there(void **state)
{
	struct initial initial = { .version = V2, .id = "", .number_bytes = 4, .token = "token" };
	struct hello hello;

	(void)state;
	add_hex(&frames, "01 00 00 02 05 00 01 01 0001 03 4005 00 00 05 01 02 03");
	add_crypto_frame(&frames, &message, 0, message.size);
	add_hex(&frames, "1c 00 06 02 6869");
	add_initial(&datagram, &initial, &frames);
	assert_int_equal(give(&hello), READING_DONE);
	assert_string_equal(hello.server.host, "a.test");
}

/* Each ends what is read of its packet; the next packet is read all the same. */
static void frames_that_must_not(void **state)
{
	static const char *const wrong[] = {
		"1d 00 00 00000000",		      /* the application's CLOSE */
		"08 01 00000000",		      /* STREAM */
		"06 00 4fff 00000000",		      /* CRYPTO beyond the packet */
		"06 ffffffffffffffff 01 00 00000000", /* at the far end of numbers */
		"02 00 00 bfffffff 00 00000000",      /* a milliard of ranges */
		"1c 00 00 7fff 00000000",
	};
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct hello hello;

	(void)state;
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		initial.number = i;
		add_hex(&frames, wrong[i]);
		add_initial(&datagram, &initial, &frames);
		assert_int_equal(give(&hello), READING_MORE);
	}
	initial.number++;
	add_part(&initial, 0, message.size);
	assert_int_equal(give(&hello), READING_DONE);
}

/* RFC 9000, 8.1: a Retry changes the ID, and with it the keys; the hello comes again. */
static void after_a_retry(void **state)
{
	struct initial first = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct initial second = {
		.version = V1, .id = "from-retry", .number_bytes = 1, .number = 1, .token = "proof"
	};
	struct hello hello;

	(void)state;
	add_part(&first, 0, 20);
	assert_int_equal(give(&hello), READING_MORE);
	add_part(&second, 0, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	assert_int_equal(quic.id_size, 10);
}

/* Once the server has chosen its ID, packets carry that, and the keys stay. */
static void with_the_servers_id(void **state)
{
	struct initial first = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct initial second = {
		.version = V1, .id = "server", .key = "12345678", .number = 1, .number_bytes = 1
	};
	struct hello hello;

	(void)state;
	add_part(&first, 0, 20);
	assert_int_equal(give(&hello), READING_MORE);
	add_part(&second, 20, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	assert_int_equal(quic.id_size, 8);
}

/* RFC 9369, 4: the server moves the connection to version 2. */
static void the_version_changes(void **state)
{
	struct initial first = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct initial second = {
		.version = V2, .id = "server", .key = "12345678", .number = 1, .number_bytes = 1
	};
	struct hello hello;

	(void)state;
	add_part(&first, 0, 20);
	assert_int_equal(give(&hello), READING_MORE);
	add_part(&second, 20, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	assert_int_equal(quic.version, V2);
	first.number = 2; /* one that was late */
	add_part(&first, 0, 20);
	assert_int_equal(give(&hello), READING_DONE);
}

static void another_connection(void **state)
{
	struct initial first = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct initial second = { .version = V1, .id = "87654321", .number_bytes = 1 };
	struct hello hello;

	(void)state;
	add_part(&first, 0, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	buffer_clear(&message);
	add_client_hello(&message, "b.test");
	add_part(&second, 0, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	assert_string_equal(hello.server.host, "b.test");
}

/* RFC 9000, A.3: the number is one byte on the wire, and 300 in truth. */
static void short_numbers(void **state)
{
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 2 };
	struct hello hello;

	(void)state;
	initial.number = 250;
	add_part(&initial, 0, 20);
	assert_int_equal(give(&hello), READING_MORE);
	initial.number = 300;
	initial.number_bytes = 1;
	add_part(&initial, 20, 40);
	assert_int_equal(give(&hello), READING_MORE);
	assert_int_equal(quic.largest, 300);
	initial.number = 260; /* late */
	add_part(&initial, 40, message.size);
	assert_int_equal(give(&hello), READING_DONE);
	assert_int_equal(quic.largest, 300);
}

static const struct {
	const char *what, *hex;
} others[] = {
	{ "nothing", "" },
	{ "a short header", "40 0102030405060708" },
	{ "Version Negotiation", "c0 00000000 00 00 00000001" },
	{ "a version that is not known",
	  "c0 0a0a0a0a 00 00 00 15 000000000000000000000000000000000000000000" },
	{ "a Retry", "f0 00000001 00 00 0102030405060708090a0b0c0d0e0f10" },
	{ "a connection ID of 21 bytes",
	  "c0 00000001 15 000000000000000000000000000000000000000000 00 00 00" },
	{ "too short for a sample",
	  "c0 00000001 00 00 00 13 00000000000000000000000000000000000000" },
	{ "sealed by nobody", "c0 00000001 00 00 00 14 0000000000000000000000000000000000000000" },
	{ "a token that is too long", "c0 00000001 00 00 ffffffffffffffff 00" },
	{ "a length that is too long", "c0 00000001 00 00 00 ffffffffffffffff 00" },
};

static void other_datagrams(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		struct hello hello;

		add_hex(&datagram, others[i].hex);
		if (give(&hello) != READING_NOT)
			fail_msg("%s", others[i].what);
	}
}

/* A stream of handshake that is no ClientHello. */
static void no_hello(void **state)
{
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 1 };
	struct hello hello;

	(void)state;
	buffer_clear(&message);
	add_hex(&message, "02 000004 00000000");
	add_part(&initial, 0, message.size);
	assert_int_equal(give(&hello), READING_NOT);
}

/* No prefix of a datagram says anything, and none is read beyond. */
static void every_prefix(void **state)
{
	struct initial initial = { .version = V1, .id = "12345678", .number_bytes = 1 };
	scoped(buffer) struct buffer whole = { 0 };
	struct hello hello;

	(void)state;
	add_part(&initial, 0, message.size);
	buffer_append(&whole, datagram.data, datagram.size);
	for (size_t size = 0; size < whole.size; size++) {
		buffer_clear(&datagram);
		buffer_append(&datagram, whole.data, size);
		assert_int_equal(give(&hello), READING_NOT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_packets_of_the_rfcs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_keys_of_the_rfc, set_up, tear_down),
		cmocka_unit_test_setup_teardown(in_pieces_and_out_of_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(coalesced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_frame_that_may_be_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(frames_that_must_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(after_a_retry, set_up, tear_down),
		cmocka_unit_test_setup_teardown(with_the_servers_id, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_version_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(short_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_datagrams, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_hello, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_prefix, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
