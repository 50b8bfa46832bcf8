/* A policy finds its rules by an index; held against asking every rule.  SEED=N for other cases,
 * N=COUNT for more. */
#include "core/error.h"
#include "core/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RULES_MAX 60

static const struct roots roots = { { "/w/p", 4 }, { "/w", 2 }, { "/t", 2 } };

static unsigned pick(unsigned count)
{
	return (unsigned)rand() % count;
}

static void random_pattern(char text[static 64])
{
	static const char *const start[] = { "", "", "$WS", "$HOME", "$TMP", "/w", "/w/p" };
	static const char *const part[] = { "a",	   "b",		 "a-b",	     "{lower:1}",
					    "{alnum:1-3}", "a{digit:1}", "{hex:2}x", "{digit:1}b",
					    "*",	   "p" };
	unsigned parts = 1 + pick(3);
	int size = snprintf(text, 64, "%s", start[pick(7)]);

	for (unsigned i = 0; i < parts; i++)
		size += snprintf(text + size, 64 - (size_t)size, "/%s", part[pick(10)]);
	if (!pick(6))
		snprintf(text + size, 64 - (size_t)size, "/**");
}

static void random_name(char text[static 64])
{
	static const char *const part[] = { "a",  "b",	"a-b", "w", "p",  "t",
					    "a1", "3b", "aax", ".", "..", "" };
	unsigned parts = 1 + pick(5);
	int size = 0;

	for (unsigned i = 0; i < parts; i++)
		size += snprintf(text + size, 64 - (size_t)size, "/%s",
				 part[pick(pick(8) ? 9 : 12)]);
}

static enum action random_action(void)
{
	static const enum action action[] = { ACTION_READ, ACTION_WRITE, ACTION_STAT };

	return action[pick(3)];
}

static const char *random_phase(void)
{
	static const char *const phase[] = { NULL, NULL, "build", "test" };

	return phase[pick(4)];
}

/* Equal rules are refused: one that is there is left out. */
static bool has(const struct policy *policy, const struct rule *rule)
{
	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *at = &policy->rule[i];

		if (at->action == rule->action && !strcmp(at->pattern, rule->pattern) &&
		    at->own == rule->own && !at->phase == !rule->phase &&
		    (!at->phase || !strcmp(at->phase, rule->phase)))
			return true;
	}
	return false;
}

static void random_policy(struct policy *policy)
{
	unsigned rules = pick(RULES_MAX);
	struct error err = { 0 };

	for (unsigned i = 0; i < rules; i++) {
		struct rule rule = { .resource = RESOURCE_FILE, .action = random_action() };
		const char *phase = random_phase();
		char pattern[64];

		random_pattern(pattern);
		rule.pattern = strdup(pattern);
		rule.phase = phase ? strdup(phase) : NULL;
		rule.own = !pick(4);
		rule.justification = strdup("a test");
		if (has(policy, &rule))
			rule_release(&rule);
		else
			assert_int_equal(policy_add(policy, &rule), 0);
	}
	if (policy_finish(policy, NULL, &err) < 0)
		fail_msg("%s", err.text);
}

static bool admits(const struct rule *rule, const struct asked *asked)
{
	return rule->action == asked->action && (!rule->own || asked->own) &&
	       (!rule->phase || bytes_equal(bytes_of(rule->phase), asked->phase)) &&
	       pattern_matches(&rule->match, &roots, asked->name);
}

static const struct rule *ask_all(const struct policy *policy, const struct asked *asked)
{
	const struct rule *open = NULL;

	for (size_t i = 0; i < policy->count; i++) {
		const struct rule *rule = &policy->rule[i];

		if (!admits(rule, asked))
			continue;
		if (!pattern_is_open(&rule->match))
			return rule;
		open = open ? open : rule;
	}
	return open;
}

static size_t nearness(const struct rule *rule, const struct asked *asked)
{
	size_t near = rule ? pattern_nearness(&rule->match, &roots, asked->name) : 0;

	return near ? near * 2 + (rule->action == asked->action) : 0;
}

/* Of rules of one exact name any may decide. */
static bool is_as_good(const struct rule *rule, const struct rule *want)
{
	return rule == want ||
	       (rule && want && !pattern_is_open(&rule->match) && !pattern_is_open(&want->match));
}

static size_t most_near(const struct policy *policy, const struct asked *asked)
{
	size_t most = 0;

	for (size_t i = 0; i < policy->count; i++)
		if (nearness(&policy->rule[i], asked) > most)
			most = nearness(&policy->rule[i], asked);
	return most;
}

static const char *text_of(const struct rule *rule)
{
	return rule ? rule->pattern : "none";
}

static void ask(const struct policy *policy)
{
	const char *phase = random_phase();
	const struct rule *nearest, *rule, *want;
	struct asked asked = { .resource = RESOURCE_FILE,
			       .action = random_action(),
			       .phase = bytes_of(phase ? phase : ""),
			       .own = pick(2) };
	char name[64];

	random_name(name);
	asked.name = bytes_of(name);
	rule = policy_match(policy, &roots, &asked, &nearest);
	want = ask_all(policy, &asked);
	if (!is_as_good(rule, want))
		fail_msg("%s: %s, not %s", name, text_of(rule), text_of(want));
	if (!rule && nearness(nearest, &asked) != most_near(policy, &asked))
		fail_msg("%s: nearest %s", name, text_of(nearest));
}

static void the_index_finds_what_is_there(void **state)
{
	const char *seed = getenv("SEED"), *count = getenv("N");
	long rounds = count ? strtol(count, NULL, 10) : 300;

	(void)state;
	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 1);
	for (long round = 0; round < rounds; round++) {
		scoped(policy) struct policy policy = { 0 };

		random_policy(&policy);
		for (int i = 0; i < 100; i++)
			ask(&policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_index_finds_what_is_there) };

	return cmocka_run_group_tests_name("policy_index", tests, NULL, NULL);
}
