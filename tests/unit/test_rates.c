/* How often a permission may be used: what runs needed at most, with room above it. */
#include "analyzer/check.h"
#include "analyzer/headroom.h"
#include "analyzer/propose.h"
#include "core/clock.h"

#include "tests/unit/analyzer_fixture.h"

static struct policy propose_from_store(struct store *store)
{
	struct propose_options options = { .agent = "ada", .preset = "balanced" };
	struct policy policy = { 0 };
	struct error err = { 0 };

	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

static const struct rule *rule_of(const struct policy *policy, enum action action)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == action)
			return &policy->rule[i];
	fail_msg("no rule has the action %s", action_text(action));
	return NULL;
}

#define EXEC(...) FACT(PROGRAM, EXEC, "/bin/cc", __VA_ARGS__)

static void images_add_up_and_runs_do_not(void **state)
{
	static const struct fact one[] = {
		EXEC(.count = 5, .second = 3, .minute = 4, .hour = 5),
		EXEC(.count = 2, .second = 2, .minute = 2, .hour = 2),
	};
	static const struct fact other[] = {
		EXEC(.count = 9, .second = 1, .minute = 2, .hour = 9),
	};
	struct store *store = open_store("a.db");
	struct policy policy;
	const struct rule *rule;

	(void)state;
	tell(store, &(struct story){ "1", FACTS(one) });
	tell(store, &(struct story){ "2", FACTS(other) });
	policy = propose_from_store(store);
	rule = rule_of(&policy, ACTION_EXEC);
	assert_int_equal(rule->headroom, 200);
	assert_int_equal(rule->rate_per_second, 10);
	assert_int_equal(rule->rate_per_minute, 12);
	assert_int_equal(rule->rate_per_hour, 0); /* no less than in a run */
	assert_int_equal(rule->rate_per_run, 18);
	policy_release(&policy);
}

static void looking_has_no_rate(void **state)
{
	static const struct fact fact[] = {
		FACT(FILE, READ, "/w/a", .count = 7, .second = 7, .minute = 7, .hour = 7),
		FACT(FILE, WRITE, "/w/a", .count = 7, .second = 7, .minute = 7, .hour = 7),
		EXEC(.count = 7, .second = 7, .minute = 7, .hour = 7),
	};
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	tell(store, &(struct story){ "1", FACTS(fact) });
	policy = propose_from_store(store);
	assert_int_equal(rule_of(&policy, ACTION_READ)->rate_per_run, 0);
	/* Nor has one file. */
	assert_int_equal(rule_of(&policy, ACTION_WRITE)->rate_per_run, 0);
	assert_int_equal(rule_of(&policy, ACTION_EXEC)->rate_per_run, 14);
	policy_release(&policy);
}

static void enough_runs_need_less_room(void **state)
{
	struct store *store = open_store("a.db");
	struct policy policy;
	const struct rule *rule;

	(void)state;
	for (int i = 1; i <= RUNS_ENOUGH; i++) {
		const struct fact fact[] = { EXEC(.count = i, .second = 4, .minute = i,
						  .hour = i) };
		char id[16];

		snprintf(id, sizeof id, "%d", i);
		tell(store, &(struct story){ id, FACTS(fact) });
	}
	policy = propose_from_store(store);
	rule = rule_of(&policy, ACTION_EXEC);
	assert_int_equal(rule->headroom, 125);
	assert_int_equal(rule->rate_per_second, 10); /* not five: that is too few */
	assert_int_equal(rule->rate_per_run, (RUNS_ENOUGH * 125 + 99) / 100);
	policy_release(&policy);
}

/* What stands for many names counts what one run did with all of them. */
static void open_names_add_up_within_a_run(void **state)
{
	static const char name[][2][40] = {
		{ "/tmp/cc3f9a2c71.o", "/tmp/cc90c1b2aa.o" },
		{ "/tmp/cc01ddef45.o", "/tmp/cc77aa12bb.o" },
		{ "/tmp/cc5e5e5e12.o", "/tmp/cc0a0b0c0d.o" },
	};
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct fact fact[2];
		char id[16];

		for (int k = 0; k < 2; k++)
			fact[k] = (struct fact){ .resource = RESOURCE_FILE,
						 .action = ACTION_CREATE,
						 .name = bytes_of(name[i][k]),
						 .own = true,
						 .count = 1,
						 .second = 1,
						 .minute = 1,
						 .hour = 1 };
		snprintf(id, sizeof id, "%d", i + 1);
		tell(store, &(struct story){ id, FACTS(fact) });
	}
	policy = propose_from_store(store);
	assert_int_equal(policy.count, 1);
	assert_int_equal(policy.rule[0].rate_per_run, 4); /* twice two, and not twice six */
	policy_release(&policy);
}

static void the_order_of_runs_changes_nothing(void **state)
{
	static const struct fact fact[][1] = {
		{ EXEC(.count = 9, .second = 2, .minute = 2, .hour = 2) },
		{ EXEC(.count = 2, .second = 1, .minute = 1, .hour = 1) },
		{ EXEC(.count = 5, .second = 5, .minute = 5, .hour = 5) },
	};
	static const int order[][3] = { { 0, 1, 2 }, { 2, 0, 1 }, { 1, 2, 0 } };
	char digest[3][DIGEST_HEX_SIZE];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct store *store = open_store("a.db");
		struct policy policy;
		struct error err = { 0 };

		for (int k = 0; k < 3; k++) {
			char id[16];

			snprintf(id, sizeof id, "%d", order[i][k] + 1);
			tell(store, &(struct story){ id, FACTS(fact[order[i][k]]) });
		}
		policy = propose_from_store(store);
		assert_done(policy_digest(&policy, digest[i], &err), &err);
		policy_release(&policy);
	}
	assert_string_equal(digest[0], digest[1]);
	assert_string_equal(digest[0], digest[2]);
}

static int replay(void *context, const struct run *run)
{
	void **both = context;
	struct error err = { 0 };

	assert_done(check_run(both[0], both[1], run, &err), &err);
	return 0;
}

/* Replays the stories against a policy in text. */
static void check_against(struct check *check, struct policy *policy, const char *rule,
			  const struct story *story, size_t count)
{
	scoped(buffer) struct buffer text = { 0 };
	struct store *store = open_store("b.db");
	struct error err = { 0 };

	buffer_printf(&text, "<policy xmlns=\"" POLICY_NAMESPACE "\" agent=\"ada\">%s</policy>",
		      rule);
	assert_done(policy_read_memory(policy, buffer_bytes(&text), "p", &err), &err);
	check->policy = policy;
	for (size_t i = 0; i < count; i++)
		tell(store, &story[i]);
	assert_done(store_each_run(store, NULL, replay, (void *[]){ check, store }, &err), &err);
	check_sort(check);
	store_close(store);
}

static void a_run_that_did_it_too_often_is_found(void **state)
{
	static const struct fact calm[] = {
		EXEC(.count = 4, .second = 2, .minute = 3, .hour = 4),
	};
	static const struct fact wild[] = {
		EXEC(.count = 9, .second = 3, .minute = 3, .hour = 4),
		EXEC(.count = 1, .second = 1, .minute = 1, .hour = 1),
	};
	static const struct story story[] = {
		{ "1", FACTS(calm) },
		{ "2", FACTS(wild) },
		{ "3", FACTS(wild) },
	};
	struct policy policy = { 0 };
	struct check check = { 0 };

	(void)state;
	check_against(&check, &policy,
		      "<rule resource=\"program\" action=\"exec\" rate-second=\"2\" rate=\"4\" "
		      "rate-hour=\"5\" rate-run=\"9\"><pattern>/bin/cc</pattern></rule>",
		      story, 3);
	assert_null(check.violation);
	assert_true(check_found(&check));
	assert_int_equal(check.rates.count, 2);
	assert_int_equal(check.rates.excessive[0].scope, SCOPE_SECOND);
	assert_int_equal(check.rates.excessive[0].most, 4);
	assert_int_equal(check.rates.excessive[0].limit, 2);
	assert_int_equal(check.rates.excessive[0].runs, 2);
	assert_int_equal(check.rates.excessive[1].scope, SCOPE_RUN);
	assert_int_equal(check.rates.excessive[1].most, 10);
	check_release(&check);
	policy_release(&policy);
}

static void a_burst_comes_on_top_of_a_minute(void **state)
{
	static const struct fact fact[] = {
		EXEC(.count = 14, .second = 9, .minute = 14, .hour = 14),
	};
	static const struct story story[] = { { "1", FACTS(fact) } };
	struct policy policy = { 0 };
	struct check check = { 0 };

	(void)state;
	check_against(&check, &policy,
		      "<rule resource=\"program\" action=\"exec\" rate=\"5\" burst=\"9\">"
		      "<pattern>/bin/cc</pattern></rule>",
		      story, 1);
	assert_false(check_found(&check));
	check_release(&check);
	policy_release(&policy);
}

static void what_was_mined_fits(void **state)
{
	static const struct fact fact[] = {
		EXEC(.count = 14, .second = 9, .minute = 14, .hour = 14),
		FACT(FILE, WRITE, "/w/a", .count = 7, .second = 7, .minute = 7, .hour = 7,
		     .first_ns = 5 * SECOND_NS, .last_ns = 9 * SECOND_NS, .phase = { "build", 5 }),
	};
	struct store *store = open_store("a.db"), *same;
	struct policy policy;
	struct check check = { .policy = &policy };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", FACTS(fact) });
	policy = propose_from_store(store);
	assert_done(store_open(&same, "a.db", STORE_READ, &err), &err);
	assert_done(store_each_run(same, NULL, replay, (void *[]){ &check, same }, &err), &err);
	assert_false(check_found(&check));
	check_release(&check);
	policy_release(&policy);
	store_close(same);
}

#define IN_BUILD .phase = { "build", 5 }

static void a_phase_has_a_time_limit(void **state)
{
	static const struct fact fact[] = {
		FACT(FILE, READ, "/w/first", .first_ns = 100 * SECOND_NS,
		     .last_ns = 100 * SECOND_NS, IN_BUILD),
		FACT(FILE, READ, "/w/later", .first_ns = 101 * SECOND_NS,
		     .last_ns = 103 * SECOND_NS, IN_BUILD),
		FACT(FILE, READ, "/w/outside", .first_ns = 1 * SECOND_NS,
		     .last_ns = 200 * SECOND_NS),
	};
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	tell(store, &(struct story){ "1", .workspace = "/w2", FACTS(fact) });
	policy = propose_from_store(store);
	assert_int_equal(policy.count, 3);
	for (size_t i = 0; i < policy.count; i++) {
		const struct rule *rule = &policy.rule[i];

		if (!strcmp(rule->pattern, "/w/later"))
			assert_int_equal(rule->within_ns, 10 * SECOND_NS); /* three times 3 s */
		if (!strcmp(rule->pattern, "/w/outside"))
			assert_int_equal(rule->within_ns, 0);
	}
	policy_release(&policy);
}

static void who_comes_later_is_found(void **state)
{
	static const struct fact late[] = {
		FACT(FILE, READ, "/w/first", .first_ns = 100 * SECOND_NS,
		     .last_ns = 100 * SECOND_NS, IN_BUILD),
		FACT(FILE, READ, "/w/later", .first_ns = 101 * SECOND_NS,
		     .last_ns = 111 * SECOND_NS, IN_BUILD),
	};
	static const struct story story[] = { { "2", FACTS(late) } };
	struct policy policy = { 0 };
	struct check check = { 0 };

	(void)state;
	check_against(&check, &policy,
		      "<rule resource=\"file\" action=\"read\" phase=\"build\" within=\"10s\">"
		      "<pattern>$WS/later</pattern></rule>"
		      "<rule resource=\"file\" action=\"read\" phase=\"build\">"
		      "<pattern>$WS/first</pattern></rule>",
		      story, 1);
	assert_null(check.violation);
	assert_int_equal(check.rates.count, 1);
	assert_int_equal(check.rates.excessive[0].scope, SCOPE_PHASE);
	assert_int_equal(check.rates.excessive[0].most, 11 * SECOND_NS);
	check_release(&check);
	policy_release(&policy);
}

static const struct rule *rule_named(const struct policy *policy, const char *pattern)
{
	for (size_t i = 0; i < policy->count; i++)
		if (!strcmp(policy->rule[i].pattern, pattern))
			return &policy->rule[i];
	fail_msg("no rule has the pattern %s", pattern);
	return NULL;
}

static void what_is_done_in_every_phase_is_of_none(void **state)
{
	static const struct fact fact[] = {
		FACT(FILE, READ, "/a/always", .phase = { "fetch", 5 }),
		FACT(FILE, READ, "/a/always", IN_BUILD),
		FACT(FILE, WRITE, "/a/once", .count = 2, IN_BUILD),
		FACT(FILE, READ, "/a/outside", IN_BUILD),
		FACT(FILE, READ, "/a/outside"),
	};
	struct store *store = open_store("a.db");
	struct policy policy;

	(void)state;
	tell(store, &(struct story){ "1", FACTS(fact) });
	policy = propose_from_store(store);
	assert_int_equal(policy.count, 3);
	assert_null(rule_named(&policy, "/a/always")->phase);
	assert_int_equal(rule_named(&policy, "/a/always")->count, 2);
	assert_int_equal(rule_named(&policy, "/a/always")->within_ns, 0);
	assert_null(rule_named(&policy, "/a/outside")->phase);
	assert_string_equal(rule_named(&policy, "/a/once")->phase, "build");
	policy_release(&policy);
}

static void numbers_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(headroom_above(0, 200), 0);
	assert_int_equal(headroom_above(1, 125), 2);
	assert_int_equal(headroom_above(INT64_MAX, 200), INT64_C(999999999999999999));
	assert_int_equal(headroom_duration(1), SECOND_NS);
	assert_int_equal(headroom_duration(11 * SECOND_NS), 20 * SECOND_NS);
	assert_int_equal(headroom_duration(43201 * SECOND_NS), 86400 * SECOND_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_add_up_and_runs_do_not),
		cmocka_unit_test(looking_has_no_rate),
		cmocka_unit_test(enough_runs_need_less_room),
		cmocka_unit_test(open_names_add_up_within_a_run),
		cmocka_unit_test(the_order_of_runs_changes_nothing),
		cmocka_unit_test(a_run_that_did_it_too_often_is_found),
		cmocka_unit_test(a_burst_comes_on_top_of_a_minute),
		cmocka_unit_test(what_was_mined_fits),
		cmocka_unit_test(a_phase_has_a_time_limit),
		cmocka_unit_test(who_comes_later_is_found),
		cmocka_unit_test(what_is_done_in_every_phase_is_of_none),
		cmocka_unit_test(numbers_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
