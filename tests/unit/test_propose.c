#include "analyzer/propose.h"

#include "tests/unit/analyzer_fixture.h"

static const struct fact read_a[] = { READ("/a") };
static const struct fact read_b[] = { READ("/b") };
static const struct fact read_c[] = { READ("/c") };
static const struct fact read_d[] = { READ("/d") };

static struct propose_options options_of(const char *agent)
{
	return (struct propose_options){ .agent = agent, .preset = "literal" };
}

static struct policy proposed(struct store *store)
{
	struct propose_options options = options_of("ada");
	struct policy policy = { 0 };
	struct error err = { 0 };

	assert_done(propose(store, &options, &policy, &err), &err);
	return policy;
}

/* The policy for what one run did. */
static struct policy proposed_for(const struct story *story)
{
	struct store *store = open_store("a.db");
	struct policy policy;

	tell(store, story);
	policy = proposed(store);
	store_close(store);
	return policy;
}

static const struct rule *rule_of(const struct policy *policy, enum action action,
				  const char *pattern)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == action && !strcmp(policy->rule[i].pattern, pattern))
			return &policy->rule[i];
	fail_msg("no rule for %s %s", action_text(action), pattern);
	return NULL;
}

static const struct fact outcome_fact[] = {
	FACT(FILE, READ, "/etc/ok", .outcome = OUTCOME_OK),
	FACT(FILE, READ, "/etc/unknown", .outcome = OUTCOME_UNKNOWN),
	FACT(FILE, READ, "/etc/absent", .outcome = OUTCOME_ABSENT),
	FACT(FILE, READ, "/etc/denied", .outcome = OUTCOME_DENIED),
	FACT(FILE, READ, "/etc/failed", .outcome = OUTCOME_FAILED),
	FACT(HOST, CONNECT, "tcp/a.example:443", .outcome = OUTCOME_SUPPRESSED),
};

static void grants_only_what_happened(void **state)
{
	struct policy policy = proposed_for(&(struct story){ "1", FACTS(outcome_fact) });

	(void)state;
	assert_int_equal(policy.count, 2);
	rule_of(&policy, ACTION_READ, "/etc/ok");
	rule_of(&policy, ACTION_READ, "/etc/unknown");
	policy_release(&policy);
}

static const struct fact one_fact[] = {
	FACT(FILE, READ, "/srv/one/a", .count = 2, .first_ns = 40, .last_ns = 50),
	FACT(FILE, READ, "/srv/one/a", .count = 1, .first_ns = 45, .last_ns = 60),
};
static const struct fact other_fact[] = {
	FACT(FILE, READ, "/home/ada/two/a", .count = 4, .first_ns = 7, .last_ns = 8),
	READ("/home/ada/x"),
	READ("/tmp/y"),
};

static void merges_runs_under_their_own_roots(void **state)
{
	struct store *store = open_store("a.db");
	const struct rule *rule;
	struct policy policy;

	(void)state;
	tell(store,
	     &(struct story){ "1", .workspace = "/srv/one", .started_ns = 10, FACTS(one_fact) });
	tell(store, &(struct story){ "2", .workspace = "/home/ada/two", .started_ns = 5,
				     FACTS(other_fact) });
	policy = proposed(store);
	assert_int_equal(policy.count, 3);
	rule_of(&policy, ACTION_READ, "$HOME/x");
	rule_of(&policy, ACTION_READ, "$TMP/y");
	rule = rule_of(&policy, ACTION_READ, "$WS/a");
	assert_int_equal(rule->runs, 2);
	assert_int_equal(rule->count, 7);
	assert_int_equal(rule->first_ns, 7);
	assert_int_equal(rule->last_ns, 60);
	assert_int_equal(policy.runs, 2);
	assert_int_equal(policy.first_ns, 5);
	assert_int_equal(policy.created_ns, 60);
	policy_release(&policy);
	store_close(store);
}

static const struct fact phase_fact[] = {
	FACT(FILE, READ, "/etc/a", .phase = { "build", 5 }),
	FACT(FILE, READ, "/etc/b", .own = false),
};

static void keeps_phases_apart(void **state)
{
	struct policy policy = proposed_for(&(struct story){ "1", FACTS(phase_fact) });

	(void)state;
	assert_string_equal(rule_of(&policy, ACTION_READ, "/etc/a")->phase, "build");
	assert_null(rule_of(&policy, ACTION_READ, "/etc/b")->phase);
	policy_release(&policy);
}

static void says_what_the_evidence_lacks(void **state)
{
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	tell(store, &(struct story){ "1", .gaps = 2, FACTS(read_a) });
	tell(store, &(struct story){ "2", .gaps = 1, .ending = DIES, FACTS(read_b) });
	tell(store, &(struct story){ "3", .ending = GOES_ON, FACTS(read_c) });
	policy = proposed(store);
	assert_int_equal(policy.count, 2);
	assert_int_equal(policy.runs, 2);
	assert_int_equal(policy.incomplete_runs, 1);
	assert_int_equal(policy.gaps, 3);
	policy_release(&policy);
	store_close(store);
}

static const struct fact first_fact[] = {
	READ("/one/a"),
	READ("/etc/x"),
	FACT(FILE, DELETE, "/one/t", .own = true, .first_ns = 5, .last_ns = 9),
};
static const struct fact second_fact[] = {
	FACT(FILE, DELETE, "/two/t", .first_ns = 50, .last_ns = 60),
	READ("/two/a"),
	READ("/two/.env"),
};
static const struct fact third_fact[] = {
	FACT(PROGRAM, EXEC, "/bin/sh", .phase = { "p", 1 }),
	READ("/etc/a"),
	READ("/nowhere"),
	READ("/etc/shadow"),
};

static const struct story history[] = {
	{ "1", .workspace = "/one", .started_ns = 10, FACTS(first_fact) },
	{ "2", .workspace = "/two", .started_ns = 10, .gaps = 1, .ending = DIES,
	  FACTS(second_fact) },
	{ "3", .workspace = "/etc", .started_ns = 30, FACTS(third_fact) },
};

static void write_history(const char *path, const size_t order[3], struct buffer *out)
{
	struct store *store = open_store(path);
	struct error err = { 0 };
	struct policy policy;

	for (size_t i = 0; i < 3; i++)
		tell(store, &history[order[i]]);
	policy = proposed(store);
	assert_done(policy_write(&policy, out, &err), &err);
	policy_release(&policy);
	store_close(store);
}

static void gives_the_same_bytes_in_any_order(void **state)
{
	scoped(buffer) struct buffer one = { 0 }, other = { 0 };

	(void)state;
	write_history("a.db", (const size_t[]){ 0, 1, 2 }, &one);
	write_history("b.db", (const size_t[]){ 2, 0, 1 }, &other);
	assert_string_equal(buffer_text(&one), buffer_text(&other));
	assert_non_null(strstr(buffer_text(&one), "$WS/t"));
}

static const struct fact risky_fact[] = {
	FACT(FILE, DELETE, "/w/mine", .own = true),
	FACT(FILE, DELETE, "/w/both", .own = true),
	FACT(KERNEL, USE, "mount", .own = false),
	READ("/home/ada/.ssh/id_rsa"),
};
static const struct fact both_fact[] = { FACT(FILE, DELETE, "/w/both", .own = false) };

static void rates_by_what_is_at_stake(void **state)
{
	struct store *store = open_store("a.db");
	const struct rule *rule;
	struct policy policy;

	(void)state;
	tell(store, &(struct story){ "1", FACTS(risky_fact) });
	tell(store, &(struct story){ "2", FACTS(both_fact) });
	policy = proposed(store);
	rule = rule_of(&policy, ACTION_DELETE, "$WS/mine");
	assert_int_equal(rule->risk, RISK_LOW);
	assert_int_equal(rule->gate, GATE_NONE);
	rule = rule_of(&policy, ACTION_DELETE, "$WS/both");
	assert_int_equal(rule->risk, RISK_HIGH);
	assert_int_equal(rule->gate, GATE_CONFIRM);
	assert_int_equal(rule_of(&policy, ACTION_USE, "mount")->gate, GATE_CONFIRM);
	rule = rule_of(&policy, ACTION_READ, "$HOME/.ssh/id_rsa");
	assert_int_equal(rule->risk, RISK_CRITICAL);
	assert_int_equal(rule->gate, GATE_CONFIRM);
	assert_string_equal(rule->justification, "private key of ssh");
	policy_release(&policy);
	store_close(store);
}

static const struct fact hostile_fact[] = {
	READ("/w/*"),	     READ("/w/**"),	 READ("/w/$WS"),
	READ("/$HOME/x"),    READ("/w/a\nb"),	 READ("/w/\xff\xfe"),
	READ("/w/a\\b"),     READ("/w/ a  b "),	 READ("/w/\xe2\x80\xaeg.exe"),
	READ("/w/<&\"'>"),   READ("/w/\x1b[2J"), READ("/w/]]>{@}?"),
	READ("/w/%s%n\x7f"), READ("/"),		 READ("pipe:[7]"),
};

static bool admits(const struct policy *policy, const struct roots *roots, struct bytes name)
{
	const struct asked asked = { RESOURCE_FILE, ACTION_READ, name, BYTES(""), .own = false };

	return policy_match(policy, roots, &asked, NULL);
}

static void survives_hostile_names(void **state)
{
	const size_t count = sizeof hostile_fact / sizeof *hostile_fact;
	struct policy policy = proposed_for(&(struct story){ "1", FACTS(hostile_fact) });
	const struct roots roots = { BYTES("/w"), BYTES("/home/ada"), BYTES("/tmp") };
	scoped(buffer) struct buffer document = { 0 };
	struct policy again = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_done(policy_write(&policy, &document, &err), &err);
	assert_done(policy_read_memory(&again, buffer_bytes(&document), "x", &err), &err);
	assert_int_equal(again.count, count);
	for (size_t i = 0; i < count; i++)
		assert_true(admits(&again, &roots, hostile_fact[i].name));
	assert_false(admits(&again, &roots, BYTES("/w/other")));
	policy_release(&policy);
	policy_release(&again);
}

static void leaves_out_what_no_rule_can_name(void **state)
{
	static char endless[70000] = "/";
	const struct fact odd_fact[] = {
		FACT(FILE, EXEC, "/a", .own = false),
		FACT(FILE, READ, endless, .own = false),
		FACT(FILE, READ, "/b", .count = INT64_MAX),
		FACT(FILE, READ, "/b", .count = INT64_MAX),
	};
	struct policy policy;

	(void)state;
	memset(endless + 1, 'a', sizeof endless - 2);
	policy = proposed_for(&(struct story){ "1", FACTS(odd_fact) });
	assert_int_equal(policy.count, 1);
	assert_int_equal(rule_of(&policy, ACTION_READ, "/b")->count, INT64_MAX);
	policy_release(&policy);
}

static void keep_policy(struct store *store, const struct policy *policy)
{
	scoped(buffer) struct buffer document = { 0 };
	char digest[DIGEST_HEX_SIZE];
	struct error err = { 0 };

	assert_done(policy_write(policy, &document, &err), &err);
	assert_done(policy_digest(policy, digest, &err), &err);
	assert_done(store_begin(store, &err), &err);
	assert_done(store_add_policy(
			    store,
			    &(struct stored_policy){ .agent = policy->agent,
						     .digest = digest,
						     .parent = policy->parent ? policy->parent : "",
						     .created_ns = policy->created_ns,
						     .document = buffer_bytes(&document) },
			    &err),
		    &err);
	assert_done(store_commit(store, &err), &err);
}

static void names_its_parent(void **state)
{
	struct store *store = open_store("a.db");
	struct policy first, again, second, third;
	char digest[DIGEST_HEX_SIZE];
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .started_ns = 10, FACTS(read_a) });
	first = proposed(store);
	assert_null(first.parent);
	keep_policy(store, &first);
	again = proposed(store);
	assert_null(again.parent);
	tell(store, &(struct story){ "2", .started_ns = 2000, FACTS(read_b) });
	second = proposed(store);
	assert_done(policy_digest(&first, digest, &err), &err);
	assert_string_equal(second.parent, digest);
	keep_policy(store, &second);
	third = proposed(store);
	assert_string_equal(third.parent, digest);
	policy_release(&first);
	policy_release(&again);
	policy_release(&second);
	policy_release(&third);
	store_close(store);
}

static void refuses_to_propose_from_nothing(void **state)
{
	struct store *store = open_store("a.db");
	struct propose_options options = options_of("bob");
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .started_ns = 10, FACTS(read_a) });
	assert_int_equal(propose(store, &options, &policy, &err), -ENOENT);
	assert_says(&err, "bob");
	assert_null(policy.agent);
	options = options_of("ada");
	options.since_ns = 11;
	err = (struct error){ 0 };
	assert_int_equal(propose(store, &options, &policy, &err), -ENOENT);
	assert_says(&err, "ada");
	store_close(store);
}

static void takes_the_chosen_runs_only(void **state)
{
	struct store *store = open_store("a.db");
	struct propose_options options = options_of("ada");
	const char *task[] = { "x", "z" };
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .task = "x", .started_ns = 10, FACTS(read_a) });
	tell(store, &(struct story){ "2", .task = "y", .started_ns = 20, FACTS(read_b) });
	tell(store, &(struct story){ "3", .task = "z", .started_ns = 30, FACTS(read_c) });
	tell(store, &(struct story){ "4", .agent = "eve", .task = "x", FACTS(read_d) });
	options.task = task;
	options.task_count = 2;
	options.until_ns = 30;
	options.created_ns = 77;
	assert_done(propose(store, &options, &policy, &err), &err);
	assert_int_equal(policy.count, 1);
	rule_of(&policy, ACTION_READ, "/a");
	assert_int_equal(policy.created_ns, 77);
	policy_release(&policy);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(grants_only_what_happened),
		cmocka_unit_test(merges_runs_under_their_own_roots),
		cmocka_unit_test(keeps_phases_apart),
		cmocka_unit_test(says_what_the_evidence_lacks),
		cmocka_unit_test(gives_the_same_bytes_in_any_order),
		cmocka_unit_test(rates_by_what_is_at_stake),
		cmocka_unit_test(survives_hostile_names),
		cmocka_unit_test(leaves_out_what_no_rule_can_name),
		cmocka_unit_test(names_its_parent),
		cmocka_unit_test(refuses_to_propose_from_nothing),
		cmocka_unit_test(takes_the_chosen_runs_only),
	};

	return cmocka_run_group_tests_name("propose", test, enter_folder, leave_folder);
}
