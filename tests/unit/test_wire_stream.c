/* The first bytes of a direction of TCP, and how many there were. */
#include "wire_fixture.h"

#include "recorder/wire/stream.h"

static struct stream stream;

static int set_up(void **state)
{
	(void)state;
	stream = (struct stream){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stream_release(&stream);
	return 0;
}

static bool give_flags(uint32_t sequence, struct bytes payload, uint8_t flags)
{
	struct datagram segment = { .sequence = sequence, .flags = flags, .size = payload.size };

	segment.payload = guarded(0, payload.data, payload.size);
	return stream_add(&stream, &segment);
}

static void give(uint32_t sequence, const char *payload)
{
	assert_true(give_flags(sequence, bytes_of(payload), SEGMENT_ACK));
}

static void give_syn(uint32_t sequence)
{
	assert_true(give_flags(sequence, bytes_of(""), SEGMENT_SYN));
}

static void assert_first(const char *text, uint64_t total)
{
	struct bytes first = stream_first(&stream);

	if (!bytes_equal(first, bytes_of(text)))
		fail_msg("first bytes \"%.*s\", not \"%s\"", (int)first.size, first.data, text);
	assert_int_equal(stream.total, total);
}

static void in_order(void **state)
{
	(void)state;
	give_syn(99);
	give(100, "GET ");
	give(104, "/");
	assert_first("GET /", 5);
	assert_true(stream.begun);
	assert_false(stream.finished);
	assert_true(give_flags(105, bytes_of("!"), SEGMENT_FIN | SEGMENT_ACK));
	assert_first("GET /!", 6);
	assert_true(stream.finished);
}

/* What was not captured is known to have been sent by what follows it, and by who has got it. */
static void counts_what_was_not_captured(void **state)
{
	(void)state;
	stream_acked(&stream, 200);
	assert_int_equal(stream_sent(&stream, false), 0); /* its numbers are not known */
	give_syn(99);
	stream_acked(&stream, 100);
	assert_int_equal(stream_sent(&stream, false), 0);
	give(100, "GET ");
	stream_acked(&stream, 102);
	assert_int_equal(stream_sent(&stream, false), 4);
	give(5100, "");
	assert_int_equal(stream_sent(&stream, false), 5000);
	stream_acked(&stream, 6101);
	assert_int_equal(stream_sent(&stream, false), 6001);
	assert_int_equal(stream_sent(&stream, true), 6000); /* FIN, then */
	stream_acked(&stream, 6101 + 0x7fffffffU);	    /* too far to be true */
	assert_int_equal(stream_sent(&stream, true), 6000);
	assert_true(give_flags(6100, bytes_of(""), SEGMENT_FIN | SEGMENT_ACK));
	give(6101, "");
	assert_first("GET ", 6000);
	assert_int_equal(stream_sent(&stream, false), 6000); /* as FIN was captured */
	give(104, "/");
	assert_first("GET /", 6000);
}

static void out_of_order_and_again(void **state)
{
	(void)state;
	give_syn(99);
	give(106, "gh");
	give(102, "cd");
	assert_first("", 8);
	give(100, "abcd");
	assert_first("abcd", 8);
	give(100, "abcdef");
	assert_first("abcdefgh", 8);
	give(103, "defghij");
	assert_first("abcdefghij", 10);
	assert_false(stream.differs);
	give(104, "XX");
	assert_first("abcdefghij", 10);
	assert_true(stream.differs);
}

static void numbers_wrap(void **state)
{
	(void)state;
	give_syn(UINT32_MAX - 2);
	give(1, "defg");
	give(UINT32_MAX - 1, "abc");
	assert_first("abcdefg", 7);
	give(UINT32_MAX, "bcd");
	assert_first("abcdefg", 7);
}

/* More than 4 GiB, in steps as large as a window may be. */
static void totals_go_on(void **state)
{
	struct datagram segment = { .sequence = 1000, .flags = SEGMENT_ACK };

	(void)state;
	give_syn(999);
	segment.size = 1 << 29;
	for (int i = 0; i < 20; i++) {
		segment.payload = guarded(0, "x", 1); /* the capture has only this much of it */
		assert_true(stream_add(&stream, &segment));
		segment.sequence += 1U << 29;
	}
	assert_int_equal(stream.total, UINT64_C(20) << 29);
	assert_int_equal(stream.strange, 0);
	assert_int_equal(stream_first(&stream).size, 1);
}

/* The capture began in the middle: the lowest is the first. */
static void without_a_syn(void **state)
{
	(void)state;
	give(500, "efgh");
	assert_first("efgh", 4);
	give(496, "abcd");
	assert_first("abcdefgh", 8);
	give(504, "ij");
	assert_first("abcdefghij", 10);
	assert_false(stream.begun);
}

static void the_syn_comes_late(void **state)
{
	(void)state;
	give(104, "efgh");
	give_syn(99);
	assert_first("", 8);
	assert_true(stream.begun);
	give(100, "abcd");
	assert_first("abcdefgh", 8);
	give_syn(99);
	assert_first("abcdefgh", 8);
}

static void another_connection(void **state)
{
	(void)state;
	give_syn(99);
	give(100, "abcd");
	assert_false(give_flags(5000, bytes_of(""), SEGMENT_SYN));
	assert_false(give_flags(50, bytes_of(""), SEGMENT_SYN));
	assert_first("abcd", 4);
	stream_release(&stream);
	give_syn(5000);
	give(5001, "new");
	assert_first("new", 3);
}

/* A capture that began in the middle of one connection, then the next between the same. */
static void another_after_half_of_one(void **state)
{
	(void)state;
	give(500000, "abcd");
	assert_false(give_flags(99, bytes_of(""), SEGMENT_SYN));
	assert_first("abcd", 4);
}

/* RFC 7413: the SYN itself may carry bytes. */
static void fast_open(void **state)
{
	(void)state;
	assert_true(give_flags(99, bytes_of("abc"), SEGMENT_SYN));
	give(103, "def");
	assert_first("abcdef", 6);
}

/* A probe has one byte before what was acknowledged (RFC 1122, 4.2.3.6). */
static void keepalive_is_no_byte(void **state)
{
	(void)state;
	give_syn(99);
	give(99, "?");
	assert_first("", 0);
	give(100, "abc");
	give(102, "?");
	assert_first("abc", 3);
	give(98, "??abcde");
	assert_first("abcde", 5);
}

static void reset_has_no_bytes(void **state)
{
	(void)state;
	give_syn(99);
	assert_true(give_flags(100, bytes_of("reason"), SEGMENT_RST));
	assert_first("", 0);
	assert_true(stream.finished);
}

static void far_away_is_strange(void **state)
{
	(void)state;
	give_syn(99);
	give(100, "abc");
	give(100 + (1U << 31), "zzz");
	give(100 + (1U << 30) + 4, "zzz");
	assert_first("abc", 3);
	assert_int_equal(stream.strange, 2);
}

static void only_the_first_are_kept(void **state)
{
	char piece[1000];

	(void)state;
	memset(piece, 'x', sizeof piece);
	give_syn(99);
	for (uint32_t i = 0; i < 100; i++)
		assert_true(give_flags(100 + i * 1000, (struct bytes){ piece, sizeof piece }, 0));
	assert_int_equal(stream_first(&stream).size, STREAM_KEPT);
	assert_int_equal(stream.total, 100000);
	assert_int_equal(stream.first.capacity, STREAM_KEPT);
}

/* Message after message, in bounded memory. */
static void what_is_understood_goes(void **state)
{
	(void)state;
	give_syn(99);
	for (uint32_t i = 0; i < 5000; i++) {
		give(100 + 10 * i + 5, "fghij");
		give(100 + 10 * i, "abcde");
		assert_first("abcdefghij", 10 * (uint64_t)(i + 1));
		stream_drop(&stream, 10);
		assert_first("", 10 * (uint64_t)(i + 1));
		give(100 + 10 * i + 3, "defghij"); /* again */
		assert_first("", 10 * (uint64_t)(i + 1));
	}
	assert_true(stream.first.capacity <= 512);
	assert_false(stream.differs);
	give(100 + 50000 - 2, "ijkl");
	assert_first("kl", 50002);
	give(100 + 50005, "p");
	stream_drop(&stream, 1);
	give(100 + 50002, "mno");
	assert_first("lmnop", 50006);
}

/* Bytes from before what was taken for the beginning, once that is gone. */
static void too_late_to_begin(void **state)
{
	(void)state;
	give(500, "efgh");
	stream_drop(&stream, 2);
	give(496, "abcd");
	assert_first("gh", 8);
	give_syn(489);
	assert_first("gh", 14);
	assert_true(stream.begun);
	give(504, "ij");
	assert_first("ghij", 16);
}

/* Every segment of a text, cut anyhow, some twice, in any order, from any number. */
static void any_order_is_the_same(void **state)
{
	static const char text[] = "The quick brown fox jumps over the lazy dog.";
	unsigned size = sizeof text - 1;

	(void)state;
	srand(7);
	for (int round = 0; round < 5000; round++) {
		uint32_t start = (uint32_t)rand() * 2U;
		bool there[sizeof text] = { false };
		bool begun = rand() % 2;

		if (begun)
			give_syn(start - 1);
		for (unsigned left = size; left > 0;) {
			unsigned from = (unsigned)rand() % size;
			unsigned to = from + 1 + (unsigned)rand() % (size - from);

			assert_true(give_flags(start + from,
					       (struct bytes){ text + from, to - from }, 0));
			for (; from < to; from++) {
				left -= !there[from];
				there[from] = true;
			}
		}
		assert_first(text, size);
		stream_release(&stream);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(counts_what_was_not_captured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(out_of_order_and_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers_wrap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(totals_go_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_syn, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_syn_comes_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_after_half_of_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fast_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keepalive_is_no_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reset_has_no_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(far_away_is_strange, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_the_first_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_understood_goes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_late_to_begin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_order_is_the_same, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
