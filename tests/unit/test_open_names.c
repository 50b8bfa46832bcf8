/* Which names are open, and what the rest of a set may have. */
#include "tests/unit/tale.h"

static const char *hexadecimal(char text[static 48], size_t size)
{
	for (size_t i = 0; i < size; i++)
		text[i] = "0123456789abcdef"[(size_t)rand() % 16];
	text[size] = '\0';
	return text;
}

/* Hashes over folders of two digits, of which every run has the first. */
static struct policy of_spread_hashes(void)
{
	struct store *store = open_store("a.db");
	char text[48], pair[48];

	srand(9);
	for (unsigned i = 0; i < 6; i++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + i), '\0' };

		add(&tale, ACTION_READ, false, "/w/o/ab/%038d", 7);
		for (int k = 0; k < 8; k++)
			add(&tale, ACTION_READ, false, "/w/o/%s/%s", hexadecimal(pair, 2),
			    hexadecimal(text, 38));
		for (int k = 0; k < 8; k++)
			add(&tale, ACTION_READ, false, "/w/o/ab/%s", hexadecimal(text, 38));
		tell_tale(store, id, &tale);
	}
	return proposed(store);
}

static void hashes_are_spread_over_folders(void **state)
{
	struct policy policy = of_spread_hashes();

	(void)state;
	assert_int_equal(policy.count, 2);
	assert_true(admits(&policy, ACTION_READ, false,
			   "/w/o/f7/0123456789012345678901234567890123456a"));
	assert_false(admits(&policy, ACTION_READ, false, "/w/o/f7/01234567890123456789"));
	assert_false(admits(&policy, ACTION_READ, false,
			    "/w/o/f71/0123456789012345678901234567890123456a"));
	/* What each run has keeps its name. */
	assert_true(
		!strcmp(policy.rule[0].pattern, "$WS/o/ab/00000000000000000000000000000000000007"));
	assert_true(!strcmp(policy.rule[1].pattern, "$WS/o/{hex:2}/{hex:38}"));
	policy_release(&policy);
}

static void base64url_has_no_separators(void **state)
{
	static const char *const hash[] = { "Ur-mlmhG", "B-104SJs", "jZKFzEb-", "PDU0p_no" };
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + i), '\0' };

		add(&tale, ACTION_CREATE, true, "/w/d/cart-%s.js", hash[i]);
		add(&tale, ACTION_CREATE, true, "/w/d/user-%s.js", i ? "Ab3dEf9h" : "Cb3dEf9h");
		tell_tale(store, id, &tale);
	}
	policy = proposed(store);
	assert_true(admits(&policy, ACTION_CREATE, true, "/w/d/cart-Xy_-12cd.js"));
	assert_false(admits(&policy, ACTION_CREATE, true, "/w/d/cart-Xy_-12cde.js"));
	assert_false(admits(&policy, ACTION_CREATE, true, "/w/d/other-Xy_-12cd.js"));
	policy_release(&policy);
}

/* Six files that every run reads; what an editor saves is another one each time. */
static struct policy of_edits(const char *place, bool executed)
{
	static const char *const name[] = { "a", "b", "c", "d", "e", "f" };
	struct store *store = open_store("a.db");

	for (unsigned i = 0; i < 4; i++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + i), '\0' };

		for (size_t k = 0; k < 6; k++)
			add(&tale, ACTION_READ, false, "%s/%s.py", place, name[k]);
		add(&tale, ACTION_READ, false, "%s/.env", place);
		add(&tale, ACTION_READ, false, "%s/g.sh", place);
		add(&tale, ACTION_CREATE, false, "%s/%s.py", place, name[i]);
		add(&tale, ACTION_DELETE, false, "%s/%s.py", place, name[i]);
		add(&tale, ACTION_ATTR, false, "%s/%s.py", place, name[0]);
		if (executed)
			add(&tale, ACTION_MAP, false, "%s/e.py", place);
		tell_tale(store, id, &tale);
	}
	return proposed(store);
}

static void siblings_get_what_single_runs_did(void **state)
{
	struct policy policy = of_edits("/w/src", true);

	(void)state;
	assert_true(admits(&policy, ACTION_CREATE, false, "/w/src/f.py"));
	assert_true(admits(&policy, ACTION_DELETE, false, "/w/src/f.py"));
	/* Not what is executed, of another kind, or not there; nor what all runs do to one. */
	assert_false(admits(&policy, ACTION_CREATE, false, "/w/src/e.py"));
	assert_false(admits(&policy, ACTION_DELETE, false, "/w/src/e.py"));
	assert_false(admits(&policy, ACTION_CREATE, false, "/w/src/g.sh"));
	assert_false(admits(&policy, ACTION_CREATE, false, "/w/src/h.py"));
	assert_false(admits(&policy, ACTION_CREATE, false, "/w/src/.env"));
	assert_false(admits(&policy, ACTION_ATTR, false, "/w/src/b.py"));
	policy_release(&policy);
	/* Settings of the system are another matter. */
	policy = of_edits("/etc/app", false);
	assert_false(admits(&policy, ACTION_CREATE, false, "/etc/app/f.py"));
	policy_release(&policy);
}

/* Words that people chose, others in each run. */
static struct policy of_words(const char *place, unsigned runs)
{
	static const char *const word[] = { "alpha", "beta",  "gamma",	 "delta", "epsilon",
					    "zeta",  "theta", "lambda",	 "omega", "sigma",
					    "kappa", "iota",  "omicron", "tau",	  "upsilon" };
	struct store *store = open_store("a.db");

	for (unsigned i = 0; i < runs; i++) {
		struct tale tale = { 0 };
		char id[2] = { (char)('1' + i), '\0' };

		add(&tale, ACTION_READ, false, "%s/index.md", place);
		for (size_t k = 0; k < 3; k++)
			add(&tale, ACTION_READ, false, "%s/%s.md", place, word[i * 3 + k]);
		tell_tale(store, id, &tale);
	}
	return proposed(store);
}

static void words_are_open_in_the_workspace_alone(void **state)
{
	struct policy policy = of_words("/w/docs", 5);

	(void)state;
	assert_true(admits(&policy, ACTION_READ, false, "/w/docs/other.md"));
	assert_false(admits(&policy, ACTION_READ, false, "/w/docs/other.txt"));
	assert_false(admits(&policy, ACTION_READ, false, "/w/docs/.hidden.md"));
	assert_false(admits(&policy, ACTION_READ, false, "/w/docs/deeper/other.md"));
	assert_false(admits(&policy, ACTION_WRITE, false, "/w/docs/other.md"));
	policy_release(&policy);
	policy = of_words("/etc/docs", 5);
	assert_false(admits(&policy, ACTION_READ, false, "/etc/docs/other.md"));
	policy_release(&policy);
	policy = of_words("/home/ada/docs", 5);
	assert_false(admits(&policy, ACTION_READ, false, "/home/ada/docs/other.md"));
	policy_release(&policy);
	policy = of_words("/w/docs", 2);
	assert_false(admits(&policy, ACTION_READ, false, "/w/docs/other.md"));
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_spread_over_folders),
		cmocka_unit_test(base64url_has_no_separators),
		cmocka_unit_test(siblings_get_what_single_runs_did),
		cmocka_unit_test(words_are_open_in_the_workspace_alone),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
