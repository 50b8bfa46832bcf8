/* Fragments: in any order, twice, overlapping, too many, and for ever. */
#include "wire_build.h"

static struct fragments *fragments;

static int set_up(void **state)
{
	(void)state;
	fragments = calloc(1, sizeof *fragments);
	return fragments == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	fragments_release(fragments);
	free(fragments);
	return 0;
}

/* A part of the UDP packet that says "abcdefghijklmnopqrstuvwx" (32 bytes with its header). */
static const char letters[] = "abcdefghijklmnopqrstuvwx";

static enum datagram_is give(unsigned id, unsigned from, unsigned to, struct datagram *ret)
{
	scoped(buffer) struct buffer whole = { 0 }, packet = { 0 };

	add_udp(&whole, letters);
	add_ipv4(&packet, IPPROTO_UDP, id, from / 8 | (to < 32 ? MORE : 0), to - from);
	buffer_append(&packet, whole.data + from, to - from);
	return read_ip(&packet, 1, fragments, ret);
}

static enum datagram_is give6(unsigned id, unsigned from, unsigned to, struct datagram *ret)
{
	scoped(buffer) struct buffer whole = { 0 }, packet = { 0 };

	/* Destination options stand within what is fragmented. */
	add_hex(&whole, "1100 0104 00000000");
	add_udp(&whole, letters);
	add_ipv6(&packet, IPPROTO_FRAGMENT, 8 + to - from);
	/* Only the first fragment's next header counts (RFC 8200, 4.5). */
	add_fragment(&packet, from ? IPPROTO_NONE : IPPROTO_DSTOPTS, id, from, to < 40);
	buffer_append(&packet, whole.data + from, to - from);
	return read_ip(&packet, 1, fragments, ret);
}

static void in_any_order(void **state)
{
	static const unsigned order[][4] = {
		{ 0, 8, 16, 24 }, { 24, 16, 8, 0 }, { 16, 0, 24, 8 }, { 8, 24, 0, 16 }
	};
	struct datagram datagram;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(give(i, order[i][k], order[i][k] + 8, &datagram),
					 DATAGRAM_HELD);
		assert_int_equal(give(i, order[i][3], order[i][3] + 8, &datagram), DATAGRAM_WHOLE);
		assert_payload(&datagram, letters);
		assert_int_equal(datagram.source.port, 1000);
	}
	assert_int_equal(fragments->malformed + fragments->overlapped, 0);
}

static void version_6_with_headers_within(void **state)
{
	struct datagram datagram;

	(void)state;
	assert_int_equal(give6(7, 24, 40, &datagram), DATAGRAM_HELD);
	assert_int_equal(give6(7, 0, 24, &datagram), DATAGRAM_WHOLE);
	assert_payload(&datagram, letters);
	assert_int_equal(datagram.protocol, IPPROTO_UDP);
}

/* As a capture on two interfaces sees them. */
static void twice_is_no_overlap(void **state)
{
	struct datagram datagram;

	(void)state;
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(1, 16, 32, &datagram), DATAGRAM_WHOLE);
	assert_payload(&datagram, letters);
	assert_int_equal(give(1, 16, 32, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->overlapped, 0);
}

/* RFC 5722: the whole packet goes, and what still comes of it. */
static void overlaps_are_refused(void **state)
{
	struct datagram datagram;

	(void)state;
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(1, 8, 32, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->overlapped, 1);
	assert_int_equal(give(1, 16, 32, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->overlapped, 1);
	assert_int_equal(give(2, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(2, 16, 32, &datagram), DATAGRAM_WHOLE);
}

/* The same place, other bytes. */
static void differing_is_refused(void **state)
{
	scoped(buffer) struct buffer packet = { 0 };
	struct datagram datagram;

	(void)state;
	assert_int_equal(give(1, 8, 16, &datagram), DATAGRAM_HELD);
	add_ipv4(&packet, IPPROTO_UDP, 1, 1 | MORE, 8);
	buffer_add(&packet, "ABCDEFGH");
	assert_int_equal(read_ip(&packet, 1, fragments, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->overlapped, 1);
}

static const struct {
	const char *what;
	unsigned flags[2], size[2]; /* of two fragments: eights and MORE, bytes */
} misfits[] = {
	{ "not a multiple of eight", { 0 | MORE, 2 | MORE }, { 16, 9 } },
	{ "nothing in it", { 0 | MORE, 2 | MORE }, { 16, 0 } },
	{ "behind the end", { 2, 3 | MORE }, { 16, 16 } },
	{ "two ends", { 2, 4 }, { 16, 16 } },
	{ "an end before what was there", { 4 | MORE, 2 }, { 16, 8 } },
	{ "beyond 64 KiB", { 0 | MORE, 8191 | MORE }, { 16, 16 } },
};

static void misfits_are_refused(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof misfits / sizeof *misfits; i++) {
		for (int k = 0; k < 2; k++) {
			scoped(buffer) struct buffer packet = { 0 };
			struct datagram datagram;

			add_ipv4(&packet, IPPROTO_UDP, 100 + i, misfits[i].flags[k],
				 misfits[i].size[k]);
			buffer_append(&packet, letters, misfits[i].size[k]);
			assert_int_equal(read_ip(&packet, 1, fragments, &datagram), DATAGRAM_HELD);
		}
		if (fragments->malformed != i + 1)
			fail_msg("%s: not refused", misfits[i].what);
	}
}

/* The capture has less than the wire had. */
static void cut_fragments_are_refused(void **state)
{
	scoped(buffer) struct buffer packet = { 0 };
	struct datagram datagram;

	(void)state;
	add_ipv4(&packet, IPPROTO_UDP, 1, 0 | MORE, 16);
	buffer_append(&packet, letters, 8);
	assert_int_equal(read_ip(&packet, 1, fragments, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->malformed, 1);
}

static void memory_is_bounded(void **state)
{
	struct datagram datagram;

	(void)state;
	for (unsigned id = 0; id < 3 * FRAGMENTS_PACKETS; id++)
		assert_int_equal(give(id, 0, 16, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->evicted, 2 * FRAGMENTS_PACKETS);
	assert_int_equal(give(3 * FRAGMENTS_PACKETS - 1, 16, 32, &datagram), DATAGRAM_WHOLE);
}

static void time_passes(void **state)
{
	scoped(buffer) struct buffer packet = { 0 };
	struct datagram datagram;

	(void)state;
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	add_ipv4(&packet, IPPROTO_UDP, 1, 2, 16);
	buffer_append(&packet, letters, 16);
	assert_int_equal(read_ip(&packet, FRAGMENTS_NS + 2, fragments, &datagram), DATAGRAM_HELD);
	assert_int_equal(fragments->expired, 1);
}

/* Two senders may use the same identification, and so may two protocols in version 4. */
static void others_are_apart(void **state)
{
	scoped(buffer) struct buffer packet = { 0 };
	struct datagram datagram;

	(void)state;
	assert_int_equal(give(1, 0, 16, &datagram), DATAGRAM_HELD);
	add_ipv4(&packet, IPPROTO_TCP, 1, 2, 16);
	buffer_append(&packet, letters, 16);
	assert_int_equal(read_ip(&packet, 1, fragments, &datagram), DATAGRAM_HELD);
	packet.data[9] = IPPROTO_UDP;
	packet.data[15] = 9;
	assert_int_equal(read_ip(&packet, 1, fragments, &datagram), DATAGRAM_HELD);
	assert_int_equal(give(1, 16, 32, &datagram), DATAGRAM_WHOLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_any_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(version_6_with_headers_within, set_up, tear_down),
		cmocka_unit_test_setup_teardown(twice_is_no_overlap, set_up, tear_down),
		cmocka_unit_test_setup_teardown(overlaps_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(differing_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(misfits_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut_fragments_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(time_passes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(others_are_apart, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
