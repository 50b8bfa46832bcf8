/* What is said of connections, bit by bit, and what the store has of it. */
#include "tests/unit/store_fixture.h"

#include "recorder/tally_connection.h"

static struct store *store;
static struct run run;

static struct connection change_of(const char *name, int64_t count, int64_t sent)
{
	struct connection change = sample_connection(0, name);

	change.count = change.measured = count;
	change.sent = sent;
	change.received = 10 * sent;
	return change;
}

static void add(struct counted *counted, const struct connection *change)
{
	assert_int_equal(counted_add(counted, change), 0);
}

static void save(struct counted *counted, bool again)
{
	struct error err = { 0 };

	assert_done(store_begin(store, &err), &err);
	assert_done(counted_save(counted, store, run.key, again, &err), &err);
	assert_done(store_commit(store, &err), &err);
	counted_saved(counted, again);
}

static int print(void *context, const struct connection *connection, const struct image *image)
{
	assert_int_equal(image->pid, 77);
	buffer_printf(context, "%.*s %s %.*s %.*s %lld %lld %lld %lld\n",
		      (int)connection->name.size, connection->name.data,
		      source_text(connection->source), (int)connection->question.size,
		      connection->question.data ? connection->question.data : "",
		      (int)connection->relay.size,
		      connection->relay.data ? connection->relay.data : "",
		      (long long)connection->count, (long long)connection->measured,
		      (long long)connection->sent, (long long)connection->received);
	return 0;
}

#define assert_stored(want)                                                                        \
	do {                                                                                       \
		scoped(buffer) struct buffer have = { 0 };                                         \
		struct error error = { 0 };                                                        \
                                                                                                   \
		assert_done(store_each_connection(store, run.key, print, &have, &error), &error);  \
		assert_string_equal(buffer_text(&have), want);                                     \
	} while (0)

static int open_one(void **state)
{
	enter_folder(state);
	store = open_store("tally.db", STORE_WRITE);
	run = add_sample(store, "");
	return 0;
}

static int close_one(void **state)
{
	store_close(store);
	return leave_folder(state);
}

static void counts_what_is_alike(void **state)
{
	struct counted counted = { 0 };
	struct connection change = change_of("tcp/a.test:443", 1, 5);

	(void)state;
	for (int i = 0; i < 10000; i++)
		add(&counted, &change);
	change.question = BYTES("a.test");
	add(&counted, &change);
	change.question = (struct bytes){ "", 0 }; /* not the same as none */
	add(&counted, &change);
	change.relay = change.peer;
	add(&counted, &change);
	change.source = SOURCE_DNS;
	change.measured = 0;
	change.sent = change.received = 0;
	add(&counted, &change);
	save(&counted, true);
	assert_stored("tcp/a.test:443 sni   10000 10000 50000 500000\n"
		      "tcp/a.test:443 sni a.test  1 1 5 50\n"
		      "tcp/a.test:443 sni   1 1 5 50\n"
		      "tcp/a.test:443 sni  tcp/192.0.2.1:443 1 1 5 50\n"
		      "tcp/a.test:443 dns  tcp/192.0.2.1:443 1 0 0 0\n");
	assert_int_equal(
		count_rows("tally.db", "SELECT count(*) FROM connection WHERE sent IS NULL"), 1);
	counted_release(&counted);
}

static void takes_back(void **state)
{
	struct counted counted = { 0 };
	struct connection address = change_of("tcp/192.0.2.1:443", 1, 5);
	struct connection name = change_of("tcp/a.test:443", 1, 7);

	(void)state;
	add(&counted, &address);
	save(&counted, false);
	assert_stored("tcp/192.0.2.1:443 sni   1 1 5 50\n");
	address = change_of("tcp/192.0.2.1:443", -1, -5);
	add(&counted, &address);
	add(&counted, &name);
	save(&counted, false);
	assert_stored("tcp/a.test:443 sni   1 1 7 70\n");
	address = change_of("tcp/192.0.2.1:443", 1, 1);
	add(&counted, &address);
	save(&counted, false);
	assert_stored("tcp/192.0.2.1:443 sni   1 1 1 10\ntcp/a.test:443 sni   1 1 7 70\n");
	counted_release(&counted);
}

/* Growth is written when it is time, and not forgotten before. */
static void grows(void **state)
{
	struct counted counted = { 0 };
	struct connection change = change_of("tcp/a.test:443", 1, 5);

	(void)state;
	add(&counted, &change);
	save(&counted, false);
	assert_false(counted_grew(&counted));
	change = change_of("tcp/a.test:443", 0, 4);
	change.last_ns = 9000;
	add(&counted, &change);
	save(&counted, false);
	assert_true(counted_grew(&counted));
	assert_stored("tcp/a.test:443 sni   1 1 5 50\n");
	add(&counted, &change);
	save(&counted, true);
	assert_false(counted_grew(&counted));
	assert_stored("tcp/a.test:443 sni   1 1 13 130\n");
	assert_int_equal(count_rows("tally.db", "SELECT last FROM connection"), 9000);
	assert_int_equal(count_rows("tally.db", "SELECT first FROM connection"), 2000);
	counted_release(&counted);
}

/* What was rolled back is written with the next commit. */
static void survives_a_rollback(void **state)
{
	struct counted counted = { 0 };
	struct connection change = change_of("tcp/new-name.test:443", 1, 5);
	struct error err = { 0 };

	(void)state;
	add(&counted, &change);
	assert_done(store_begin(store, &err), &err);
	assert_done(counted_save(&counted, store, run.key, false, &err), &err);
	store_rollback(store);
	save(&counted, false);
	assert_stored("tcp/new-name.test:443 sni   1 1 5 50\n");
	counted_release(&counted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_what_is_alike, open_one, close_one),
		cmocka_unit_test_setup_teardown(takes_back, open_one, close_one),
		cmocka_unit_test_setup_teardown(grows, open_one, close_one),
		cmocka_unit_test_setup_teardown(survives_a_rollback, open_one, close_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
