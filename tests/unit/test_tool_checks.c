#include "analyzer/check.h"

#include "tests/unit/calls_fixture.h"

static const struct told files = {
	"files/read",
	{
		{ "{\"path\":\"/w/0/src/a.c\",\"mode\":\"text\",\"limit\":3}" },
		{ "{\"path\":\"/w/1/src/b.c\",\"mode\":\"text\",\"limit\":17}" },
		{ "{\"path\":\"/w/2/src/x/c.c\",\"mode\":\"raw\",\"limit\":44}" },
		{ "{\"path\":\"/w/3/src/d.c\",\"mode\":\"text\",\"limit\":90}" },
		{ "{\"path\":\"/w/4/src/e.c\",\"mode\":\"raw\",\"limit\":50,\"x\":null}" },
	},
};

static int replay(void *context, const struct run *run)
{
	void **both = context;
	struct error err = { 0 };

	assert_done(check_run(both[1], both[0], run, &err), &err);
	return 0;
}

static const struct call_fact odd_call[] = {
	CALL("files/read", READS("\"/w/src/a.c\"", "\"raw\"", "9")),
	CALL("files/read", READS("\"/w/src/a.c\"", "\"rew\"", "9")),
	CALL("files/read", READS("\"/w/src/b.c\"", "\"rew\"", "9")),
	CALL("files/read", "{\"n\":1", .status = STATUS_CANCELLED),
	CALL("files/read", "{\"n\":1", .status = STATUS_SUPPRESSED),
	CALL("files/write", "{}"),
};

static void check_says_which_argument(void **state)
{
	struct policy policy = policy_of(&files, "balanced", false);
	struct check check = { .policy = &policy };
	struct store *store = open_store("b.db");
	void *both[] = { store, &check };
	const struct violation *at;
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .workspace = "/w", CALLS(odd_call) });
	assert_done(store_each_run(store, NULL, replay, both, &err), &err);
	check_sort(&check);
	store_close(store);
	assert_int_equal(HASH_COUNT(check.violation), 3);
	at = check.violation;
	assert_true(bytes_equal(at->path, BYTES("/mode")));
	assert_true(bytes_equal(at->value, BYTES("\"rew\"")));
	assert_true(bytes_equal(at->allowed, BYTES("/mode string \"raw\", \"text\"")));
	assert_int_equal(at->count, 2);
	assert_true(at->is_misfit);
	assert_ptr_equal(at->nearest, &policy.rule[0]);
	at = at->hh.next;
	assert_true(bytes_equal(at->name, BYTES("files/write")));
	assert_false(at->is_misfit);
	assert_int_equal(at->count, 1);
	at = at->hh.next;
	assert_int_equal(at->outcome, OUTCOME_UNKNOWN);
	assert_true(at->is_misfit);
	assert_true(bytes_start_with(at->allowed, BYTES("it is not JSON")));
	check_release(&check);
	policy_release(&policy);
}

/* Runs that are held out are denied calls, too. */
static void quality_counts_arguments(void **state)
{
	static const struct told changing = {
		"s/t",
		{
			{ "{\"a\":\"/etc/a\"}" },
			{ "{\"a\":\"/etc/b\"}" },
			{ "{\"a\":\"/etc/c\"}" },
			{ "{\"a\":\"/etc/d\"}" },
		},
	};
	static const struct told same = {
		"s/t",
		{ { "{\"a\":1}" }, { "{\"a\":1}" }, { "{\"a\":1}" }, { "{\"a\":1}" } },
	};
	struct policy one = policy_of(&changing, "balanced", false);
	struct policy other = policy_of(&same, "balanced", false);

	(void)state;
	assert_int_equal(one.quality.runs_tried, 4);
	assert_int_equal(one.quality.runs_denied, 4);
	assert_int_equal(other.quality.runs_tried, 4);
	assert_int_equal(other.quality.runs_denied, 0);
	policy_release(&one);
	policy_release(&other);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(check_says_which_argument),
		cmocka_unit_test(quality_counts_arguments),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
