/* The log, written by the hook's own producer and read by the recorder's reader: in order, in the
 * face of producers that die anywhere, and of bytes that no producer wrote. */
#include "recorder/fast/hook/log.c"

#undef CURRENT
#include "recorder/fast/log.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct control region_control;
struct owner region_owner;

int64_t hook_trusted(uint64_t number, const uint64_t *argument)
{
	return syscall((long)number, argument[0], argument[1], argument[2]);
}

int64_t hook_stopping(uint64_t number, const uint64_t *argument)
{
	(void)argument;
	return usleep((useconds_t)number);
}

struct seen {
	int64_t calls, ended, sum;
	int64_t wrong; /* not as any producer writes them */
	char last[512];
};

static struct log log_of_test;
static struct seen seen;

static void see(void *context, const struct log_call *call)
{
	struct seen *into = context;
	const struct bytes *path = &call->place[0].path;
	bool whole = path->size >= 2 && path->data[0] == '/';

	for (size_t i = 1; whole && i < path->size; i++)
		whole = path->data[i] == path->data[1];
	into->calls++;
	into->ended += call->ended;
	into->sum += call->ended ? call->result : 0;
	into->wrong += !whole || call->number != 257;
	memcpy(into->last, path->data, path->size < 511 ? path->size : 511);
	into->last[path->size < 511 ? path->size : 511] = '\0';
}

static int set_up(void **state)
{
	struct ring *memory =
		mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	region_control = (struct control){ .ring = (uint64_t)(uintptr_t)memory, .image = 1 };
	region_owner.tgid = 0;
	seen = (struct seen){ 0 };
	log_open(&log_of_test, memory, see, &seen);
	return memory == MAP_FAILED;
}

static int tear_down(void **state)
{
	(void)state;
	log_close(&log_of_test);
	munmap(ring(), RING_BYTES);
	return 0;
}

/* "/" and `size` equal letters. */
static struct path make_path(uint16_t size, char letter)
{
	struct path path = { .size = (uint16_t)(size + 1) };

	memset(path.text, letter, path.size);
	path.text[0] = '/';
	return path;
}

static bool write_one(uint16_t size, char letter, int64_t result)
{
	struct path path = make_path(size, letter);
	struct record record;

	if (!record_begin(&record, 257, 0, 0, &path, NULL))
		return false;
	record_end(&record, result);
	return true;
}

static void order_is_kept(void **state)
{
	(void)state;
	assert_true(write_one(5, 'a', 3));
	assert_true(write_one(300, 'b', -2));
	log_read(&log_of_test);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.ended, 2);
	assert_int_equal(seen.sum, 1);
	assert_int_equal(seen.wrong, 0);
	assert_int_equal(seen.last[1], 'b');
	assert_int_equal(ring()->tail, ring()->head);
}

/* Many times round, with every size, so that entries meet the end in every way. */
static void goes_round(void **state)
{
	int64_t written = 0;

	(void)state;
	for (int i = 0; i < 400000; i++) {
		while (!write_one((uint16_t)(1 + i % 380), 'c', 1))
			log_read(&log_of_test);
		written++;
	}
	log_read(&log_of_test);
	assert_true(ring()->head > 2 * RING_UNITS);
	assert_int_equal(seen.calls, written);
	assert_int_equal(seen.sum, written);
	assert_int_equal(seen.wrong, 0);
	assert_int_equal(log_of_test.broken, 0);
}

static void full_is_said(void **state)
{
	int64_t written = 0;

	(void)state;
	while (write_one(100, 'd', 0))
		written++;
	assert_int_equal(ring()->full, 1);
	log_read(&log_of_test);
	assert_int_equal(seen.calls, written);
	assert_true(write_one(100, 'd', 0));
}

/* A call that does not end keeps nobody waiting, and its end is joined to it. */
static void unended_is_taken(void **state)
{
	struct path path = make_path(9, 'e');
	struct record record;

	(void)state;
	assert_true(record_begin(&record, 257, 0, 0, &path, NULL));
	assert_true(write_one(3, 'f', 1));
	log_read(&log_of_test);
	assert_int_equal(seen.calls, 0); /* in order, and it may end soon */
	log_read_all(&log_of_test);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.last[1], 'f');
	record_end(&record, 7);
	log_read(&log_of_test);
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.last[1], 'e');
	assert_int_equal(seen.sum, 8);
	assert_int_equal(ring()->tail, ring()->head);
}

static void patience_ends(void **state)
{
	struct path path = make_path(9, 'e');
	struct record record;

	(void)state;
	assert_true(record_begin(&record, 257, 0, 0, &path, NULL));
	assert_true(write_one(3, 'f', 1));
	for (int i = 0; i < 5; i++)
		log_read(&log_of_test);
	assert_int_equal(seen.calls, 1);
	log_owner_ended(&log_of_test, getpid() + 1);
	assert_int_equal(seen.calls, 1);
	log_owner_ended(&log_of_test, getpid());
	assert_int_equal(seen.calls, 2);
	assert_int_equal(seen.ended, 1);
}

/* The result came before the end, however late it is read. */
static void end_keeps_result(void **state)
{
	struct path path = make_path(9, 'e');
	struct record record;

	(void)state;
	assert_true(record_begin(&record, 257, 0, 0, &path, NULL));
	for (int i = 0; i < 5; i++)
		log_read(&log_of_test);
	record_end(&record, 7);
	log_owner_ended(&log_of_test, getpid());
	assert_int_equal(seen.calls, 1);
	assert_int_equal(seen.ended, 1);
	log_read(&log_of_test);
	assert_int_equal(seen.calls, 1);
}

/* Whoever claims and then dies leaves a hole; so does who was given units and never claimed them.
 */
static void holes_are_closed(void **state)
{
	struct record record = { 0 };
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		region_owner.tgid = 0;
		claim(3, &record);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	ring()->head += 2;
	assert_true(write_one(3, 'g', 1));
	for (int i = 0; i < 12; i++)
		log_read(&log_of_test);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(ring()->tail, ring()->head);
}

static void write_for_ever(void)
{
	region_owner.tgid = 0;
	for (int i = 0;; i++)
		write_one((uint16_t)(1 + i % 380), (char)('a' + i % 26), 1);
}

/* KILLS=100000 for the whole measure. */
static void producers_may_be_killed(void **state)
{
	const char *wanted = getenv("KILLS");
	int kills = wanted ? (int)strtol(wanted, NULL, 10) : 1500;
	int64_t before;

	(void)state;
	srand(2);
	for (int i = 0; i < kills; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			write_for_ever();
		for (volatile int wait = rand() % 60000; wait > 0; wait--)
			;
		log_read(&log_of_test);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		log_owner_ended(&log_of_test, child);
		log_read(&log_of_test);
	}
	for (int i = 0; i < 20; i++)
		log_read_all(&log_of_test);
	log_close(&log_of_test);
	assert_true(seen.calls > 0);
	assert_int_equal(seen.wrong, 0);
	assert_int_equal(log_of_test.broken, 0);
	assert_int_equal(ring()->tail, ring()->head);
	before = seen.calls;
	assert_true(write_one(3, 'h', 1));
	log_read(&log_of_test);
	assert_int_equal(seen.calls, before + 1);
}

static volatile int stop;

static void *write_until_stopped(void *written)
{
	while (!stop)
		*(int64_t *)written += write_one((uint16_t)(rand() % 380 + 1), 'i', 1);
	return NULL;
}

static void many_write_at_once(void **state)
{
	enum { THREADS = 6 };
	int64_t written[THREADS] = { 0 }, all = 0;
	pthread_t thread[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, write_until_stopped, &written[i]),
				 0);
	for (int i = 0; i < 2000; i++)
		i % 100 ? log_read(&log_of_test) : log_read_all(&log_of_test);
	stop = 1;
	/* One that has to say a result waits for the reader where the log is full. */
	for (int i = 0; i < THREADS; i++) {
		while (pthread_tryjoin_np(thread[i], NULL) == EBUSY)
			log_read(&log_of_test);
		all += written[i];
	}
	for (int i = 0; i < 10; i++)
		log_read_all(&log_of_test);
	assert_int_equal(seen.calls, all);
	assert_int_equal(seen.sum, all);
	assert_int_equal(seen.wrong, 0);
}

/* FUZZ=N rounds: true entries with wrong bytes in them, and wrong bytes alone. */
static void any_bytes_are_survived(void **state)
{
	const char *wanted = getenv("FUZZ");
	int rounds = wanted ? (int)strtol(wanted, NULL, 10) : 3000;

	(void)state;
	srand(3);
	for (int round = 0; round < rounds; round++) {
		int count = rand() % 30;

		for (int i = 0; i < count; i++)
			write_one((uint16_t)(rand() % 380 + 1), 'j', rand());
		for (int i = rand() % 60; i > 0; i--) {
			size_t at =
				(ring()->tail % RING_UNITS) * UNIT_BYTES + (size_t)(rand() % 8192);

			if (at < (size_t)RING_UNITS * UNIT_BYTES)
				ring()->unit[at] = (char)rand();
		}
		if (rand() % 16 == 0)
			ring()->head += (uint64_t)(rand() % 50);
		if (rand() % 64 == 0)
			ring()->head ^= UINT64_C(1) << rand() % 64;
		log_read_all(&log_of_test);
		log_read(&log_of_test);
	}
	assert_true(seen.calls > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(goes_round, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unended_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(end_keeps_result, set_up, tear_down),
		cmocka_unit_test_setup_teardown(patience_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(holes_are_closed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(producers_may_be_killed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_write_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(any_bytes_are_survived, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
