/* What runs took of the machine becomes limits. */
#include "analyzer/headroom.h"
#include "analyzer/limits.h"
#include "analyzer/propose.h"
#include "core/clock.h"

#include "tests/unit/analyzer_fixture.h"

static struct run run_of(int64_t seconds, int64_t tasks, int64_t memory, int64_t file)
{
	return (struct run){ .state = RUN_COMPLETE,
			     .started_ns = 7 * SECOND_NS,
			     .ended_ns = (7 + seconds) * SECOND_NS,
			     .usage = { tasks, memory, file } };
}

static struct policy_limits limits_of(const struct run *run, size_t count, int times)
{
	struct policy_limits most = { 0 };

	for (int i = 0; i < times; i++)
		for (size_t k = 0; k < count; k++)
			limits_measure(&most, &run[k]);
	return limits_above(&most);
}

static void are_above_the_most(void **state)
{
	const struct run run[] = { run_of(30, 5, 1000, 0), run_of(1, 7, 900, 40 << 20) };
	struct policy_limits limits = limits_of(run, 2, 1);

	(void)state;
	assert_int_equal(limits.runs, 2);
	assert_int_equal(limits.time_ns, 120 * SECOND_NS);
	assert_int_equal(limits.tasks, 14);
	assert_int_equal(limits.memory_bytes, 1500);
	assert_int_equal(limits.file_bytes, 80 << 20);
	assert_int_equal(limits.most_ns, 30 * SECOND_NS);
	assert_int_equal(limits.most_tasks, 7);
}

static void are_nearer_with_many_runs(void **state)
{
	const struct run run[] = { run_of(3, 8, 1000, 40 << 20) };
	struct policy_limits limits = limits_of(run, 1, RUNS_ENOUGH);

	(void)state;
	assert_int_equal(limits.tasks, 10);
	assert_int_equal(limits.memory_bytes, 1250);
	assert_int_equal(limits.file_bytes, 50 << 20);
	assert_int_equal(limits.time_ns, 10 * SECOND_NS);
}

static void what_was_not_measured_has_none(void **state)
{
	struct run died = run_of(3, 5, 1000, 10), old = run_of(3, 0, 0, 0);
	struct policy_limits limits, most = { 0 };

	(void)state;
	died.state = RUN_INCOMPLETE;
	limits_measure(&most, &died);
	limits_measure(&most, &old);
	limits = limits_above(&most);
	assert_int_equal(limits.runs, 0);
	assert_int_equal(limits.time_ns, 0);
	assert_int_equal(limits.tasks, 0);
}

static void are_held_against_runs(void **state)
{
	const struct policy_limits limits = { .tasks = 5, .file_bytes = 100 };
	const struct run run[] = { run_of(900, 5, 1 << 30, 100), run_of(1, 6, 1, 101),
				   run_of(1, 9, 1, 1) };
	struct taken taken[TAKEN_KINDS] = { 0 };

	(void)state;
	limits_check(taken, &limits, &run[0]);
	assert_int_equal(limits_exceeded(taken), 0);
	limits_check(taken, &limits, &run[1]);
	limits_check(taken, &limits, &run[2]);
	assert_int_equal(limits_exceeded(taken), 2);
	assert_int_equal(taken[TAKEN_TASKS].most, 9);
	assert_int_equal(taken[TAKEN_TASKS].runs, 2);
	assert_int_equal(taken[TAKEN_FILE].most, 101);
	assert_int_equal(taken[TAKEN_TIME].runs, 0);
}

/* Through the store, the policy, its document, and back. */
static void stand_in_the_document(void **state)
{
	static const struct fact fact[] = { READ("/w/a") };
	const struct usage usage = { 4, 1 << 20, 77 };
	struct propose_options options = { .agent = "ada" };
	struct store *store = open_store("a.db");
	struct policy policy = { 0 }, again = { 0 };
	struct buffer text = { 0 };
	struct run run = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .ending = DIES, FACTS(fact) });
	assert_done(store_find_run(store, "last", &run, &err), &err);
	assert_done(store_put_usage(store, run.key, &usage, &err), &err);
	run.ended_ns = run.started_ns + SECOND_NS;
	assert_done(store_end_run(store, &run, run.ended_ns, &err), &err);
	assert_done(propose(store, &options, &policy, &err), &err);
	assert_done(policy_write(&policy, &text, &err), &err);
	assert_done(policy_read_memory(&again, buffer_bytes(&text), "p", &err), &err);
	assert_int_equal(again.limits.runs, 1);
	assert_int_equal(again.limits.tasks, 8);
	assert_int_equal(again.limits.most_memory_bytes, 1 << 20);
	assert_int_equal(again.limits.file_bytes, 1 << 20);
	assert_int_equal(again.limits.time_ns, 10 * SECOND_NS);
	buffer_release(&text);
	run_release(&run);
	policy_release(&policy);
	policy_release(&again);
	store_close(store);
}

static void say_nothing(void *context, bool bad, const char *line)
{
	(void)context, (void)bad, (void)line;
}

/* A seal covers it. */
static void cannot_be_changed_unseen(void **state)
{
	static const struct fact fact[] = { READ("/w/a") };
	struct store *store = open_store("a.db");
	struct fsck_result result = { 0 };
	struct run run = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .ending = ENDS, FACTS(fact) });
	assert_done(store_find_run(store, "last", &run, &err), &err);
	assert_done(store_fsck(store, say_nothing, NULL, &result, &err), &err);
	assert_int_equal(result.altered, 0);
	assert_done(store_put_usage(store, run.key, &(struct usage){ 1, 1, 1 }, &err), &err);
	assert_done(store_fsck(store, say_nothing, NULL, &result, &err), &err);
	assert_int_equal(result.altered, 1);
	run_release(&run);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_above_the_most),
		cmocka_unit_test(are_nearer_with_many_runs),
		cmocka_unit_test(what_was_not_measured_has_none),
		cmocka_unit_test(are_held_against_runs),
		cmocka_unit_test(stand_in_the_document),
		cmocka_unit_test(cannot_be_changed_unseen),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
