/* Connections out of packets and calls, whichever the join hears of first: who is said to have
 * named them, and how much passed. */
#include "wire_rows.h"

#include <time.h>
#include <unistd.h>

/* A resolver at 192.0.2.2 answers with 192.0.2.2. */
static void answer(int64_t time_ns, const char *label)
{
	scoped(buffer) struct buffer message = { 0 };

	add_hex(&message, "0001 8180 0001 0001 0000 0000");
	buffer_add_char(&message, (char)strlen(label));
	buffer_add(&message, label);
	add_hex(&message, "04 74657374 00 0001 0001"); /* .test A IN */
	add_hex(&message, "c00c 0001 0001 0000003c 0004 c0000202");
	join_udp(&join, time_ns, (struct packet_of){ .back = true, .port = 5000, .remote = 53 },
		 message.data, message.size);
}

/* Two connections, one after the other, from one port; the calls are heard of before packets of
 * these numbers. */
static void pass_both(int first, int second)
{
	for (int i = 0; i < 2 * PACKETS; i++) {
		if (i == first)
			connect_tcp(1015);
		if (i == second)
			connect_tcp(2015);
		if (i < PACKETS)
			pass(i, 1000, 100, ONE);
		else
			pass(i - PACKETS, 2000, 70000, TWO);
	}
}

/* Each before any of the packets up to its time. */
static void calls_may_come_before_their_packets(void **state)
{
	(void)state;
	for (int first = 0; first <= 2; first++)
		for (int second = first; second <= PACKETS + 2; second++) {
			begin();
			pass_both(first, second);
			assert_string_equal(end(), ROW("one.test") "1 1 34 10\n" ROW(
							   "second.test") "1 1 37 10\n");
			assert_string_equal(buffer_text(&world.accesses),
					    "tcp/one.test:80\ntcp/second.test:80\n");
		}
}

/* They are told as they grow, too, and the sum stays the same. */
static void what_is_told_adds_up(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < PACKETS; i++) {
		pass(i, 1000, 100, ONE);
		if (i == 1)
			connect_tcp(1015);
		join.next_tell_ns = 0;
		connections_look(&join);
	}
	join_settle(&join, INT64_MAX);
	assert_string_equal(end(), ROW("one.test") "1 1 34 10\n");
	for (size_t i = 0; i < world.rows; i++)
		if (world.row[i].count) {
			assert_int_equal(world.row[i].first_ns, 1000);
			assert_int_equal(world.row[i].last_ns, 1060);
		}
}

/* The end of the first was not captured: a SYN with another number is another's all the same. */
static void a_syn_begins_another(void **state)
{
	(void)state;
	begin();
	connect_tcp(1015);
	for (int i = 0; i < 3; i++)
		pass(i, 1000, 100, ONE);
	out(1025, SEGMENT_SYN, 100, NULL); /* this one only comes again */
	connect_tcp(2015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 2000, 70000, TWO);
	assert_string_equal(end(), ROW("one.test") "1 1 34 0\n" ROW("second.test") "1 1 37 10\n");
}

/* A call later than the end of a flow has none of its packets, nor its name. */
static void a_later_call_begins_another(void **state)
{
	(void)state;
	begin();
	connect_tcp(1015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 1000, 100, ONE);
	connect_tcp(2015);
	join_settle(&join, INT64_MAX);
	assert_string_equal(end(), "7 tcp " HOST_AT " address - " HOST_AT
				   " - 1 0 0 0\n" ROW("one.test") "1 1 34 10\n");
	assert_string_equal(buffer_text(&world.accesses), "tcp/one.test:80\n");
}

/* connect(2) is called again to hear how the first went. */
static void two_calls_may_be_one_connection(void **state)
{
	(void)state;
	begin();
	connect_tcp(1005);
	connect_tcp(1015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 1000, 100, ONE);
	assert_string_equal(end(), ROW("one.test") "1 1 34 10\n");
}

static void what_failed_is_no_connection(void **state)
{
	struct use *use = new_use(1015, IPPROTO_TCP, 80, HOST_AT);

	(void)state;
	begin();
	use->observation.access.outcome = OUTCOME_FAILED;
	join_use(&join, use);
	out(1000, SEGMENT_SYN, 100, NULL);
	back(1001, SEGMENT_RST | SEGMENT_ACK, 0, NULL);
	assert_string_equal(end(), "");
}

static void a_proxy_is_the_relay(void **state)
{
	static const char request[] = "CONNECT behind.test:443 HTTP/1.1\r\n\r\n";

	(void)state;
	begin();
	connect_tcp(1015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 1000, 100, request);
	assert_string_equal(end(), "7 tcp tcp/behind.test:443 connect - " HOST_AT " " HOST_AT
				   " 1 1 36 10\n");
}

static void with_hosts(int64_t time_ns)
{
	struct use *use = new_use(time_ns, IPPROTO_TCP, 80, HOST_AT);

	assert_int_equal(target_host(&use->hosts, bytes_of("fixed.test")), 0);
	join_use(&join, use);
}

static void others_know_better_than_hosts(void **state)
{
	(void)state;
	begin();
	with_hosts(1015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 1000, 100, "hello\r\n\r\n");
	assert_string_equal(end(), "7 tcp tcp/fixed.test:80 hosts - " HOST_AT " - 1 1 9 10\n");

	begin();
	with_hosts(1015);
	for (int i = 0; i < PACKETS; i++)
		pass(i, 1000, 100, ONE);
	assert_string_equal(end(), ROW("one.test") "1 1 34 10\n");
}

/* Asked by the program before it connected, and again by it later. */
static void lookups_are_the_question(void **state)
{
	static const char resolver[] = "udp/192.0.2.2:53";
	const char *have;

	(void)state;
	begin();
	join_use(&join, new_use(500, IPPROTO_UDP, 53, resolver));
	join_udp(&join, 510, (struct packet_of){ false, 5000, 53, 0, 0, NULL }, "?", 1);
	answer(520, "one");
	assert_int_equal(world.resolved_ns, 520);
	with_hosts(1015); /* what a resolver said is better known */
	for (int i = 0; i < 3; i++)
		pass(i, 1000, 100, "hello\r\n\r\n");
	answer(1040, "later");
	answer(1050, "one");
	have = end();
	assert_non_null(strstr(have, "7 tcp tcp/one.test:80 dns one.test " HOST_AT " - 1 1 9 0\n"));
	/* The resolver is asked by its address, whatever has that. */
	assert_non_null(strstr(have, "7 udp udp/"));
}

static void without_packets_sizes_are_not_known(void **state)
{
	(void)state;
	begin();
	join.measures = false;
	connect_tcp(1015);
	assert_string_equal(end(), "7 tcp " HOST_AT " address - " HOST_AT " - 1 0 0 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_may_come_before_their_packets),
		cmocka_unit_test(what_is_told_adds_up),
		cmocka_unit_test(a_syn_begins_another),
		cmocka_unit_test(a_later_call_begins_another),
		cmocka_unit_test(two_calls_may_be_one_connection),
		cmocka_unit_test(what_failed_is_no_connection),
		cmocka_unit_test(a_proxy_is_the_relay),
		cmocka_unit_test(others_know_better_than_hosts),
		cmocka_unit_test(lookups_are_the_question),
		cmocka_unit_test(without_packets_sizes_are_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
