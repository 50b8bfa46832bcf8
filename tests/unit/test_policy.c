#include "core/error.h"
#include "core/policy.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

static const struct roots bob = { RAW("/home/bob/work"), RAW("/home/bob"), RAW("/tmp") };

static struct rule make_rule(enum resource resource, enum action action, const char *pattern)
{
	return (struct rule){ .resource = resource, .action = action, .pattern = strdup(pattern) };
}

static void add(struct policy *policy, enum resource resource, enum action action,
		const char *pattern, const char *phase)
{
	struct rule rule = make_rule(resource, action, pattern);

	rule.phase = phase ? strdup(phase) : NULL;
	rule.justification = strdup("needed");
	rule.line = (int)policy->count + 2;
	assert_int_equal(policy_add(policy, &rule), 0);
	assert_null(rule.pattern);
}

static void finish(struct policy *policy)
{
	struct error err = { 0 };

	if (policy_finish(policy, "p.xml", &err))
		fail_msg("%s", err.text);
}

static void sorts_and_identifies(void **state)
{
	scoped(policy) struct policy policy = { 0 };
	static const char *const want[] = { "/b", "$WS/b", "/a", "/a", "/a", "/b", "/a" };

	(void)state;
	add(&policy, RESOURCE_PROGRAM, ACTION_EXEC, "/a", NULL);
	add(&policy, RESOURCE_FILE, ACTION_WRITE, "/b", NULL);
	add(&policy, RESOURCE_FILE, ACTION_WRITE, "/a", "z");
	add(&policy, RESOURCE_FILE, ACTION_WRITE, "/\\x61", NULL);
	add(&policy, RESOURCE_FILE, ACTION_WRITE, "/a", "y");
	add(&policy, RESOURCE_FILE, ACTION_READ, "/b", NULL);
	add(&policy, RESOURCE_FILE, ACTION_WRITE, "$WS/b", NULL);
	finish(&policy);
	assert_int_equal(policy.count, 7);
	for (size_t i = 0; i < policy.count; i++) {
		assert_string_equal(policy.rule[i].pattern, want[i]);
		assert_int_equal(strlen(policy.rule[i].id), 14);
		assert_memory_equal(policy.rule[i].id, "r-", 2);
	}
	assert_null(policy.rule[2].phase);
	assert_string_equal(policy.rule[3].phase, "y");
	assert_string_equal(policy.rule[4].phase, "z");
	assert_string_not_equal(policy.rule[2].id, policy.rule[3].id);
	finish(&policy); /* again is the same */
	assert_int_equal(policy.count, 7);
}

/* The id is what other documents (decisions, reviews) hold on to: it must never change. */
static void ids_stay(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	add(&policy, RESOURCE_FILE, ACTION_READ, "$WS/src/a.c", NULL);
	add(&policy, RESOURCE_FILE, ACTION_READ, "/etc/**", "x");
	finish(&policy);
	assert_string_equal(policy.rule[0].id, "r-67802c357706");
	assert_string_equal(policy.rule[1].id, "r-45c279bcf695");
}

static void refuses(struct policy *policy, const char *want)
{
	struct error err = { 0 };

	assert_int_equal(policy_finish(policy, "p.xml", &err), -EINVAL);
	assert_string_equal(err.text, want);
}

static void refuses_equal_rules(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	add(&policy, RESOURCE_FILE, ACTION_READ, "/a", "p");
	add(&policy, RESOURCE_FILE, ACTION_READ, "/a", NULL);
	add(&policy, RESOURCE_FILE, ACTION_READ, "/\\x61", "p");
	refuses(&policy, "p.xml:4: rule read file \"/a\": the same permission stands in line 2");
}

static void refuses_what_does_not_fit(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	add(&policy, RESOURCE_SOCKET, ACTION_READ, "/a", NULL);
	refuses(&policy,
		"p.xml:2: rule read socket \"/a\": a socket has no action \"read\"; it has "
		"connect send bind accept");
}

static void refuses_open_rules_without_reason(void **state)
{
	struct rule rule = make_rule(RESOURCE_FILE, ACTION_READ, "/a/*");
	scoped(policy) struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	assert_int_equal(policy_add(&policy, &rule), 0);
	assert_int_equal(policy_finish(&policy, NULL, &err), -EINVAL);
	assert_string_equal(err.text,
			    "rule read file \"/a/*\": an open pattern needs a justification");
}

static void refuses_open_deletes(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	add(&policy, RESOURCE_FILE, ACTION_DELETE, "$TMP/**", NULL);
	refuses(&policy, "p.xml:2: rule delete file \"$TMP/**\": a delete needs an exact name, or "
			 "own=\"true\": what "
			 "is deleted does not come back");
}

static void refuses_an_empty_phase(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	add(&policy, RESOURCE_FILE, ACTION_READ, "/a", "");
	refuses(&policy, "p.xml:2: rule read file \"/a\": the phase is empty; leave it out to mean "
			 "every phase");
}

static const struct {
	enum resource resource;
	enum action action;
	const char *name, *phase;
	const char *rule, *nearest; /* patterns */
} question[] = {
	{ RESOURCE_FILE, ACTION_READ, "/home/bob/work/a", "", "$WS/a", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/home/bobby/work/a", "", NULL, "$HOME/**" },
	{ RESOURCE_FILE, ACTION_READ, "/home/bob/x/y", "", "$HOME/**", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/home/bob", "", NULL, "$HOME/**" },
	{ RESOURCE_FILE, ACTION_READ, "/etc/x", "", "/etc/*", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/etc/hosts", "", "/etc/hosts", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/etc/x/y", "", NULL, "/etc/*" },
	{ RESOURCE_FILE, ACTION_LIST, "/etc/x", "", NULL, "/etc/*" },
	{ RESOURCE_FILE, ACTION_LIST, "/", "", "/", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/", "", NULL, NULL },
	{ RESOURCE_FILE, ACTION_WRITE, "/tmp/out", "build", "/tmp/out", NULL },
	{ RESOURCE_FILE, ACTION_WRITE, "/tmp/out", "test", NULL, "/tmp/out" },
	{ RESOURCE_FILE, ACTION_WRITE, "/tmp/out", "", NULL, "/tmp/out" },
	{ RESOURCE_FILE, ACTION_READ, "pipe:[1]", "", "pipe:\\[1\\]", NULL },
	{ RESOURCE_FILE, ACTION_READ, "/srv/../etc/hosts", "", NULL, NULL },
	{ RESOURCE_PROGRAM, ACTION_EXEC, "/etc/hosts", "", NULL, NULL },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/a.example:443", "", "tcp/a.example:443", NULL },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/a.example:80", "", NULL, "tcp/a.example:443" },
	{ RESOURCE_SOCKET, ACTION_CONNECT, "@bus", "", "@bus", NULL },
	{ RESOURCE_KERNEL, ACTION_USE, "mount", "", NULL, NULL },
	{ RESOURCE_FILE, ACTION_READ, "", "", NULL, NULL },
};

static void fill(struct policy *policy)
{
	add(policy, RESOURCE_FILE, ACTION_READ, "$WS/a", NULL);
	add(policy, RESOURCE_FILE, ACTION_READ, "$HOME/**", NULL);
	add(policy, RESOURCE_FILE, ACTION_READ, "/etc/*", NULL);
	add(policy, RESOURCE_FILE, ACTION_READ, "/etc/hosts", NULL);
	add(policy, RESOURCE_FILE, ACTION_READ, "pipe:\\[1\\]", NULL);
	add(policy, RESOURCE_FILE, ACTION_LIST, "/", NULL);
	add(policy, RESOURCE_FILE, ACTION_WRITE, "/tmp/out", "build");
	add(policy, RESOURCE_HOST, ACTION_CONNECT, "tcp/a.example:443", NULL);
	add(policy, RESOURCE_SOCKET, ACTION_CONNECT, "@bus", NULL);
	finish(policy);
}

static bool is_rule(const struct rule *rule, const char *pattern)
{
	if (!rule || !pattern)
		return !rule && !pattern;
	return !strcmp(rule->pattern, pattern);
}

static void answers(void **state)
{
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	fill(&policy);
	for (size_t i = 0; i < sizeof question / sizeof *question; i++) {
		const struct rule *nearest, *rule;

		struct asked asked = { question[i].resource,
				       question[i].action,
				       bytes_of(question[i].name),
				       bytes_of(question[i].phase),
				       false,
				       NULL };

		rule = policy_match(&policy, &bob, &asked, &nearest);
		if (!is_rule(rule, question[i].rule) || !is_rule(nearest, question[i].nearest))
			fail_msg("%s: rule %s, nearest %s", question[i].name,
				 rule ? rule->pattern : "none",
				 nearest ? nearest->pattern : "none");
	}
}

static void an_empty_policy_denies(void **state)
{
	const struct asked asked = { RESOURCE_FILE, ACTION_READ, RAW("/a"), RAW(""), false, NULL };
	scoped(policy) struct policy policy = { 0 };
	const struct rule *nearest;

	(void)state;
	finish(&policy);
	assert_null(policy_match(&policy, &bob, &asked, &nearest));
	assert_null(nearest);
	assert_null(policy_match(&policy, &bob, &asked, NULL));
}

static void own_admits_what_is_own(void **state)
{
	struct asked asked = { RESOURCE_FILE, ACTION_DELETE, RAW("/t/ccAbCdEf.o"),
			       RAW(""),	      true,	     NULL };
	struct rule rule = {
		.resource = RESOURCE_FILE,
		.action = ACTION_DELETE,
		.pattern = strdup("/t/cc{alnum:6}.o"),
		.own = true,
		.justification = strdup("gcc's temporary files"),
	};
	scoped(policy) struct policy policy = { 0 };

	(void)state;
	assert_int_equal(policy_add(&policy, &rule), 0);
	finish(&policy);
	assert_ptr_equal(policy_match(&policy, &bob, &asked, NULL), policy.rule);
	asked.own = false;
	assert_null(policy_match(&policy, &bob, &asked, NULL));
	asked.own = true;
	asked.name = RAW("/t/ccAbCdEfg.o");
	assert_null(policy_match(&policy, &bob, &asked, NULL));
}

/* What the index must agree with: look at every rule. */
static bool any_admits(const struct policy *policy, const struct roots *roots, enum action action,
		       struct bytes name)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == action &&
		    pattern_matches(&policy->rule[i].match, roots, name))
			return true;
	return false;
}

/* A path for each number: "/", "/a", "/b", ... "/a/a", ... */
static void path_of(unsigned number, struct buffer *out)
{
	static const char *const part[] = { "/a", "/b", "/w", "/h", "/*x" };

	buffer_clear(out);
	for (; number; number = (number - 1) / 5)
		buffer_add(out, part[(number - 1) % 5]);
	if (!out->size)
		buffer_add_char(out, '/');
}

static void fill_with_paths(struct policy *policy, const struct roots *roots)
{
	scoped(buffer) struct buffer name = { 0 }, pattern = { 0 };

	for (unsigned i = 0; i < 1200; i += 3) {
		path_of(i, &name);
		buffer_clear(&pattern);
		pattern_of_name(roots, RESOURCE_FILE, buffer_bytes(&name), &pattern);
		if (i % 7 == 0)
			buffer_add(&pattern, pattern.size > 1 ? "/*" : "*");
		add(policy, RESOURCE_FILE, i % 2 ? ACTION_READ : ACTION_WRITE,
		    buffer_text(&pattern), NULL);
	}
	finish(policy);
}

static void the_index_agrees_with_a_scan(void **state)
{
	static const struct roots named = { RAW("/w/h"), RAW("/w"), RAW("/a") };
	static const struct roots other = { RAW("/w"), RAW("/a/b"), RAW("") };
	scoped(buffer) struct buffer name = { 0 };
	scoped(policy) struct policy policy = { 0 };
	unsigned admitted = 0;

	(void)state;
	fill_with_paths(&policy, &named);
	for (unsigned i = 0; i < 8000; i++) {
		const struct roots *roots = i % 2 ? &named : &other;
		enum action action = i / 2 % 2 ? ACTION_READ : ACTION_WRITE;
		const struct rule *rule;
		struct asked asked;

		path_of(i / 4, &name);
		asked = (struct asked){ RESOURCE_FILE, action, buffer_bytes(&name),
					RAW(""),       false,  NULL };
		rule = policy_match(&policy, roots, &asked, NULL);
		assert_int_equal(!!rule, any_admits(&policy, roots, action, buffer_bytes(&name)));
		admitted += !!rule;
	}
	assert_in_range(admitted, 500, 7500); /* the test tests something */
}

static void gates_and_risks_have_words(void **state)
{
	enum gate gate = GATE_NONE;
	enum risk risk = RISK_LOW;

	(void)state;
	assert_int_equal(gate_parse("confirm", &gate), 0);
	assert_int_equal(gate, GATE_CONFIRM);
	assert_int_equal(gate_parse("Confirm", &gate), -EINVAL);
	assert_int_equal(risk_parse("critical", &risk), 0);
	assert_int_equal(risk, RISK_CRITICAL);
	assert_int_equal(risk_parse("", &risk), -EINVAL);
	assert_string_equal(gate_text(GATE_NONE), "none");
	assert_string_equal(risk_text(RISK_MEDIUM), "medium");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_and_identifies),
		cmocka_unit_test(ids_stay),
		cmocka_unit_test(refuses_equal_rules),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(refuses_open_rules_without_reason),
		cmocka_unit_test(refuses_open_deletes),
		cmocka_unit_test(refuses_an_empty_phase),
		cmocka_unit_test(answers),
		cmocka_unit_test(an_empty_policy_denies),
		cmocka_unit_test(own_admits_what_is_own),
		cmocka_unit_test(the_index_agrees_with_a_scan),
		cmocka_unit_test(gates_and_risks_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
