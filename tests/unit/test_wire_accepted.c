/* Connections that were accepted, out of packets and calls in whatever order. */
#include "wire_rows.h"

/* The other end of the same: whoever listens at 192.0.2.2 has accepted it. */
static void accept_tcp(int64_t time_ns)
{
	struct use *use = new_use(time_ns, IPPROTO_TCP, 80, HOST_AT);
	struct endpoint local = use->remote;

	use->observation.access.action = ACTION_ACCEPT;
	use->observation.access.image = 8;
	use->observation.access.peer = bytes_of(CLIENT_AT);
	use->remote = use->local;
	use->local = local;
	use->accepted = true;
	join_use(&join, use);
}

static void accept_both(int first, int second, bool connects)
{
	for (int i = 0; i < 2 * PACKETS; i++) {
		if (connects && (i == 2 || i == PACKETS + 2))
			connect_tcp(i < PACKETS ? 1015 : 2015);
		if (i == first)
			accept_tcp(1016);
		if (i == second)
			accept_tcp(2016);
		if (i < PACKETS)
			pass(i, 1000, 100, ONE);
		else
			pass(i - PACKETS, 2000, 70000, TWO);
	}
}

static void what_is_accepted_is_a_connection_too(void **state)
{
	static const char accepted[] = "8 tcp " HOST_AT " accepted - " CLIENT_AT " - 2 2 20 71\n";
	static const char both[] =
		ROW("one.test") "1 1 34 10\n" ROW("second.test") "1 1 37 10\n"
								 "8 tcp " HOST_AT
								 " accepted - " CLIENT_AT
								 " - 2 2 20 71\n";

	(void)state;
	for (int first = 0; first <= 2; first++)
		for (int second = first; second <= PACKETS + 2; second++) {
			begin();
			accept_both(first, second, false);
			assert_string_equal(end(), accepted);
			assert_int_equal(world.accesses.size, 0);
			begin();
			accept_both(first, second, true);
			assert_string_equal(end(), both);
		}
}

static void what_is_accepted_unseen_has_no_size(void **state)
{
	const struct observation accepted = { .count = 1,
					      .access = { .image = 8,
							  .action = ACTION_ACCEPT,
							  .name = bytes_of(HOST_AT),
							  .peer = bytes_of(CLIENT_AT) } };

	(void)state;
	begin();
	connection_unseen(NULL, &accepted, 5);
	assert_string_equal(end(), "8 tcp " HOST_AT " accepted - " CLIENT_AT " - 1 0 0 0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_accepted_is_a_connection_too),
		cmocka_unit_test(what_is_accepted_unseen_has_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
