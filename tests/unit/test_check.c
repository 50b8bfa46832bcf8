#include "analyzer/check.h"
#include "analyzer/propose.h"

#include "tests/unit/analyzer_fixture.h"

struct replayed {
	struct store *store;
	struct check *check;
};

static int replay(void *context, const struct run *run)
{
	struct replayed *replayed = context;
	struct error err = { 0 };

	assert_done(check_run(replayed->check, replayed->store, run, &err), &err);
	return 0;
}

/* Replays every run of the stories against the policy. */
static void check_stories(struct check *check, const struct story *story, size_t count)
{
	struct store *store = open_store("b.db");
	struct replayed replayed = { store, check };
	struct error err = { 0 };

	for (size_t i = 0; i < count; i++)
		tell(store, &story[i]);
	assert_done(store_each_run(store, NULL, replay, &replayed, &err), &err);
	check_sort(check);
	store_close(store);
}

static struct policy policy_for(const struct story *story)
{
	struct store *store = open_store("a.db");
	struct propose_options options = { .agent = "ada" };
	struct policy policy = { 0 };
	struct error err = { 0 };

	tell(store, story);
	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

static const struct fact work_fact[] = {
	READ("/one/a"),
	FACT(FILE, READ, "/one/b", .phase = { "build \\ x", 9 }),
	FACT(FILE, READ, "/one/gone", .outcome = OUTCOME_ABSENT),
	FACT(FILE, WRITE, "/etc/passwd", .outcome = OUTCOME_DENIED),
	FACT(FILE, DELETE, "/one/old", .outcome = OUTCOME_UNKNOWN),
};
static const struct story work = { "1", .workspace = "/one", FACTS(work_fact) };

static void admits_what_it_was_mined_from(void **state)
{
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };

	(void)state;
	check_stories(&check, &work, 1);
	assert_null(check.violation);
	assert_int_equal(check.runs, 1);
	assert_int_equal(check.accesses, 5);
	assert_int_equal(check.attempts, 2);
	assert_int_equal(check.confirms, 1);
	check_release(&check);
	policy_release(&policy);
}

static const struct fact moved_fact[] = {
	READ("/two/a"),
	FACT(FILE, READ, "/two/a/x", .count = 2, .first_ns = 5, .last_ns = 9),
	FACT(FILE, READ, "/two/a/x", .count = 3, .first_ns = 1, .last_ns = 7),
	FACT(FILE, WRITE, "/two/a", .count = 1, .first_ns = 5, .last_ns = 9),
};
static const struct story moved[] = {
	{ "2", .workspace = "/two", .started_ns = 2, FACTS(moved_fact) },
	{ "3", .workspace = "/two", .started_ns = 3, FACTS(moved_fact) },
};

static void names_each_violation_once(void **state)
{
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };
	const struct violation *violation;

	(void)state;
	check_stories(&check, moved, 2);
	assert_int_equal(HASH_COUNT(check.violation), 2);
	violation = check.violation;
	assert_int_equal(violation->action, ACTION_READ);
	assert_true(bytes_equal(violation->name, BYTES("/two/a/x")));
	assert_true(bytes_equal(violation->program, BYTES("/usr/bin/agent")));
	assert_int_equal(violation->runs, 2);
	assert_int_equal(violation->count, 10);
	assert_int_equal(violation->first_ns, 1);
	assert_int_equal(violation->last_ns, 9);
	assert_string_equal(violation->nearest->pattern, "$WS/a");
	violation = violation->hh.next;
	assert_int_equal(violation->action, ACTION_WRITE);
	assert_string_equal(violation->nearest->pattern, "$WS/a");
	assert_null(violation->hh.next);
	check_release(&check);
	policy_release(&policy);
}

/* Under another workspace the same bytes are another file. */
static void binds_the_roots_of_each_run(void **state)
{
	const struct story elsewhere = { "2", .workspace = "/three", FACTS(work_fact) };
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };

	(void)state;
	check_stories(&check, &elsewhere, 1);
	assert_int_equal(HASH_COUNT(check.violation), 3);
	check_release(&check);
	policy_release(&policy);
}

static void denies_what_a_rule_no_longer_admits(void **state)
{
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };

	(void)state;
	for (size_t i = 0; i < policy.count; i++)
		if (!strcmp(policy.rule[i].pattern, "$WS/a"))
			policy.rule[i].expires_ns = 30;
	check_stories(&check, &work, 1);
	assert_int_equal(HASH_COUNT(check.violation), 1);
	assert_true(check.violation->is_expired);
	assert_string_equal(check.violation->nearest->pattern, "$WS/a");
	check_release(&check);
	policy_release(&policy);
}

static void has_no_nearest_where_nothing_is_near(void **state)
{
	static const struct fact fact[] = { FACT(HOST, CONNECT, "tcp/a:1", .own = false) };
	const struct story story = { "1", FACTS(fact) };
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };

	(void)state;
	check_stories(&check, &story, 1);
	assert_int_equal(HASH_COUNT(check.violation), 1);
	assert_null(check.violation->nearest);
	check_release(&check);
	policy_release(&policy);
}

/* Fields that hold what separates fields are not taken for one another. */
static void keeps_hostile_names_apart(void **state)
{
	static const struct fact fact[] = {
		FACT(HOST, CONNECT, "x\0/usr/bin/agent", .own = false),
		FACT(HOST, CONNECT, "x", .phase = { "/usr/bin/agent\0", 15 }),
		FACT(HOST, CONNECT, "", .own = false),
	};
	const struct story story = { "1", FACTS(fact) };
	struct policy policy = policy_for(&work);
	struct check check = { .policy = &policy };

	(void)state;
	check_stories(&check, &story, 1);
	assert_int_equal(HASH_COUNT(check.violation), 3);
	check_release(&check);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(admits_what_it_was_mined_from),
		cmocka_unit_test(names_each_violation_once),
		cmocka_unit_test(binds_the_roots_of_each_run),
		cmocka_unit_test(denies_what_a_rule_no_longer_admits),
		cmocka_unit_test(has_no_nearest_where_nothing_is_near),
		cmocka_unit_test(keeps_hostile_names_apart),
	};

	return cmocka_run_group_tests_name("check", test, enter_folder, leave_folder);
}
