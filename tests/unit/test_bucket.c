#include "core/bucket.h"
#include "core/store_event.h"
#include "tests/unit/analyzer_fixture.h"

#define EVENTS_MAX 40

/* Another way to say the same: time passes nanosecond by nanosecond, and what flows in is a
 * fraction of a token. */
static int64_t simulate(int64_t rate, int64_t period, int64_t burst, const struct event *event,
			size_t count)
{
	int64_t tokens = burst, parts = 0, held = 0, now = count ? event->time_ns : 0;

	for (size_t i = 0; i < count; i++) {
		for (; now < event[i].time_ns; now++) {
			parts += rate;
			tokens += parts / period;
			parts %= period;
			if (tokens >= burst) {
				tokens = burst;
				parts = 0;
			}
		}
		for (int64_t k = 0; k < event[i].count; k++) {
			held += !tokens;
			tokens -= tokens > 0;
		}
	}
	return held;
}

static size_t random_trace(struct event *event)
{
	size_t count = (size_t)rand() % EVENTS_MAX;
	int64_t time = rand() % 1000;

	for (size_t i = 0; i < count; i++) {
		time += rand() % 4 ? rand() % 30 : rand() % 900;
		event[i] = (struct event){ 1, time, 1 + rand() % 4 };
	}
	return count;
}

static void replay_agrees_with_a_simulation(void **state)
{
	int64_t held = 0;

	(void)state;
	srand(11);
	for (int i = 0; i < 4000; i++) {
		struct event event[EVENTS_MAX];
		size_t count = random_trace(event);
		int64_t rate = 1 + rand() % 20, period = 1 + rand() % 300, burst = 1 + rand() % 9;
		int64_t got = bucket_replay(rate, period, burst, event, count);

		assert_int_equal(got, simulate(rate, period, burst, event, count));
		held += got != 0;
	}
	assert_in_range(held, 500, 3500);
}

/* With the least burst nothing is held back, with one less something is. */
static void the_least_burst_is_the_least(void **state)
{
	(void)state;
	srand(12);
	for (int i = 0; i < 2000; i++) {
		struct event event[EVENTS_MAX];
		size_t count = random_trace(event);
		int64_t rate = 1 + rand() % 20, period = 1 + rand() % 300;
		int64_t burst = bucket_least_burst(rate, period, event, count);

		assert_int_equal(simulate(rate, period, burst, event, count), 0);
		if (burst > 1)
			assert_int_not_equal(simulate(rate, period, burst - 1, event, count), 0);
	}
}

static void large_numbers_do_not_overflow(void **state)
{
	const struct event event[] = { { 1, 0, INT32_MAX }, { 1, INT64_MAX, INT32_MAX } };

	(void)state;
	assert_int_equal(bucket_replay(INT32_MAX, INT64_C(86400000000000), INT32_MAX, event, 2), 0);
	assert_int_equal(bucket_replay(1, INT64_MAX, 1, event, 2), 2 * (INT64_C(2147483647) - 1));
	assert_int_equal(bucket_least_burst(1, INT64_C(1000000000), event, 2), INT32_MAX);
	assert_int_equal(bucket_replay(1, 1, 1, NULL, 0), 0);
	assert_int_equal(bucket_least_burst(1, 1, NULL, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_agrees_with_a_simulation),
		cmocka_unit_test(the_least_burst_is_the_least),
		cmocka_unit_test(large_numbers_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
