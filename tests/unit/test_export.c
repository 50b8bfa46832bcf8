#include "core/error.h"
#include "core/policy.h"
#include "reports/exporters/bwrap_losses.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/shell.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RAW(text) ((struct bytes){ (text), sizeof(text) - 1 })

static const struct {
	struct bytes word;
	const char *quoted;
} quote_case[] = {
	{ RAW(""), "''" },
	{ RAW("plain"), "'plain'" },
	{ RAW("two words"), "'two words'" },
	{ RAW("it's"), "'it'\\''s'" },
	{ RAW("'"), "''\\'''" },
	{ RAW("''"), "''\\'''\\'''" },
	{ RAW("$HOME `id` $(id)"), "'$HOME `id` $(id)'" },
	{ RAW("a\nb"), "'a\nb'" },
	{ RAW("\\"), "'\\'" },
	{ RAW("\xff\xfe"), "'\xff\xfe'" },
	{ RAW("-rf"), "'-rf'" },
	{ RAW("*?[a]"), "'*?[a]'" },
};

static void test_quote(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof quote_case / sizeof *quote_case; i++) {
		scoped(buffer) struct buffer out = { 0 };

		shell_quote(quote_case[i].word, &out);
		assert_string_equal(buffer_text(&out), quote_case[i].quoted);
	}
}

static void test_comment(void **state)
{
	scoped(buffer) struct buffer out = { 0 };

	(void)state;
	comment_line("#", "", &out);
	comment_line("#", "one line", &out);
	comment_line("#", "a\nrm -rf /\r\x1b[31m\x7f\xc3\xa9", &out);
	assert_string_equal(buffer_text(&out), "#\n# one line\n# a?rm -rf /??[31m?\xc3\xa9\n");
}

/* "RESOURCE ACTION PATTERN" a row, ended by NULL. */
static void make_policy(struct policy *ret, const char *const *row)
{
	struct error err = { 0 };

	*ret = (struct policy){ .agent = strdup("demo") };
	for (; *row; row++) {
		char resource[16], action[16];
		struct rule rule = { 0 };
		int at = 0;

		assert_int_equal(sscanf(*row, "%15s %15s %n", resource, action, &at), 2);
		rule.resource = (enum resource)word_code(resource_word, resource);
		rule.action = (enum action)word_code(action_word, action);
		rule.pattern = strdup(*row + at);
		rule.justification = strdup("a test");
		assert_int_equal(policy_add(ret, &rule), 0);
	}
	if (policy_finish(ret, NULL, &err))
		fail_msg("%s", err.text);
}

/* Which sets hold the path of a rule, as "room free ..."; `up` is its folder instead. */
static void assert_sets(const struct plan *plan, const struct rule *rule, size_t up,
			const char *want)
{
	static const char *const name[] = { "room", "free", "edit", "read",   "glance",
					    "hide", "tree", "open", "device", "way" };
	struct place place = { &rule->match, rule->match.count - up };
	scoped(buffer) struct buffer got = { 0 };

	for (enum place_set set = 0; set < PLACE_SET_COUNT; set++)
		if (plan_has(plan, set, place))
			buffer_printf(&got, "%s%s", got.size ? " " : "", name[set]);
	if (strcmp(buffer_text(&got), want))
		fail_msg("%s (up %zu) is in \"%s\", not \"%s\"", rule->pattern, up,
			 buffer_text(&got), want);
}

static const struct {
	const char *row[4];
	const char *itself, *folder;
} place_case[] = {
	{ { "file read /etc/x" }, "read", "way" },
	{ { "file stat /etc/x" }, "glance", "way" },
	{ { "file stat $WS/x" }, "read", "way" },
	{ { "file stat /etc/x", "file read /etc/x" }, "read", "way" },
	{ { "file stat /etc/x", "program exec /etc/x" }, "read", "way" },
	{ { "file write /etc/x" }, "edit", "way" },
	{ { "file attr /etc/x" }, "room edit", "way" },
	{ { "file create /etc/x" }, "room free", "room way" },
	{ { "file delete $HOME/x" }, "room free", "room way" },
	{ { "file rename $HOME/x", "file read $HOME/x" }, "room free", "room way" },
	{ { "file link /etc/x", "file read /etc/x" }, "free read", "way" },
	{ { "socket bind /run/x" }, "room free", "room way" },
	{ { "socket connect /run/x" }, "read", "way" },
	{ { "file read /etc/**" }, "", "tree" },
	{ { "file write /etc/**" }, "", "open" },
	{ { "file create /etc/**", "file read /etc/**" }, "", "open" },
	{ { "file create /x" }, "glance", "" }, /* "/" is never writable */
	{ { "file create $WS" }, "read", NULL },
	{ { "file read /proc/self/status" }, "", "" },
	{ { "file write /dev/null" }, "", "" },
	{ { "file read /dev/kvm" }, "device", "" },
	{ { "process signal /usr/bin/x" }, "", "" },
	{ { "file read pipe:\\[7\\]" }, "", NULL },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof place_case / sizeof *place_case; i++) {
		scoped(policy) struct policy policy = { 0 };
		scoped(plan) struct plan plan = { 0 };

		make_policy(&policy, place_case[i].row);
		plan_places(&plan, &policy);
		assert_false(plan.failed);
		assert_sets(&plan, &policy.rule[0], 0, place_case[i].itself);
		if (place_case[i].folder)
			assert_sets(&plan, &policy.rule[0], 1, place_case[i].folder);
	}
}

static void test_high_risk_is_hidden(void **state)
{
	static const char *const row[] = { "file stat $WS/x", NULL };
	scoped(policy) struct policy policy = { 0 };
	scoped(plan) struct plan plan = { 0 };

	(void)state;
	make_policy(&policy, row);
	policy.rule[0].risk = RISK_HIGH;
	plan_places(&plan, &policy);
	assert_sets(&plan, &policy.rule[0], 0, "hide");
}

/* One rule, and all that is said of it, in order. */
static const struct {
	const char *row[3];
	const char *losses;
} loss_case[] = {
	{ { "file read /etc/x" }, "" },
	{ { "file map /etc/x" }, "" },
	{ { "program exec /etc/x" }, "" },
	{ { "file list /etc/x" }, "narrowed" },
	{ { "file stat /etc/x" }, "widened" },
	{ { "file stat /etc/x", "file read /etc/x" }, "" },
	{ { "file stat /etc", "file read /etc/x" }, "" },
	{ { "file list /etc", "file create /etc/x" }, "widened" },
	{ { "file write /etc/x", "file read /etc/x" }, "" },
	{ { "file write /etc/x" }, "widened" },
	{ { "file append /etc/x", "file read /etc/x" }, "widened" },
	{ { "file create /etc/x" }, "widened" },
	{ { "file create /x" }, "dropped" },
	{ { "file delete $TMP" }, "dropped" },
	{ { "file read /etc/*" }, "narrowed" },
	{ { "file read /etc/**" }, "" },
	{ { "file write /etc/**", "file read /etc/**" }, "widened" },
	{ { "file stat /etc/**" }, "widened" },
	{ { "file write /dev/shm/x" }, "narrowed" },
	{ { "file read /dev/kvm" }, "widened" },
	{ { "file read pipe:\\[7\\]" }, "" },
	{ { "host connect tcp/192.0.2.1:1" }, "widened" },
	{ { "host bind tcp/127.0.0.1:1", "host connect tcp/127.0.0.1:1" }, "" },
	{ { "socket connect @x" }, "narrowed" },
	{ { "process signal /usr/bin/x" }, "narrowed" },
	{ { "kernel use namespace" }, "narrowed" },
	{ { "kernel use mount", "kernel use namespace" }, "narrowed narrowed" },
	{ { "file write /proc/sys/kernel/ostype" }, "dropped" },
	{ { "file read /proc/sys/kernel/ostype" }, "" },
	{ { "file write /proc/self/oom_score_adj" }, "" },
	{ { "file write /proc/17/oom_score_adj" }, "" },
	{ { "kernel use mount" }, "dropped" },
	{ { "kernel use something-new" }, "dropped" },
	{ { "variable hold GITHUB_TOKEN" }, "" },
	{ { "tool call server/tool" }, "dropped" },
};

static void test_losses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof loss_case / sizeof *loss_case; i++) {
		scoped(policy) struct policy policy = { 0 };
		scoped(losses) struct losses losses = { 0 };
		scoped(buffer) struct buffer out = { 0 }, got = { 0 };
		struct error err = { 0 };

		make_policy(&policy, loss_case[i].row);
		assert_int_equal(export_bwrap(&policy, &out, &losses, &err), 0);
		for (size_t k = 0; k < losses.count; k++)
			if (losses.loss[k].rule)
				buffer_printf(&got, "%s%s", got.size ? " " : "",
					      loss_text(losses.loss[k].kind));
		if (strcmp(buffer_text(&got), loss_case[i].losses))
			fail_msg("%s: \"%s\", not \"%s\"", loss_case[i].row[0], buffer_text(&got),
				 loss_case[i].losses);
	}
}

static void test_conditions(void **state)
{
	static const char *const row[] = { "file read /etc/x", NULL };
	scoped(policy) struct policy policy = { 0 };
	scoped(losses) struct losses losses = { 0 };
	scoped(buffer) struct buffer out = { 0 };
	struct error err = { 0 };
	size_t whole;

	(void)state;
	make_policy(&policy, row);
	assert_int_equal(export_bwrap(&policy, &out, &losses, &err), 0);
	whole = losses.count;
	policy.rule[0].phase = strdup("build");
	policy.rule[0].rate_per_minute = 1;
	policy.rule[0].expires_ns = 1;
	policy.rule[0].gate = GATE_CONFIRM;
	losses_cleanup(&losses);
	assert_int_equal(export_bwrap(&policy, &out, &losses, &err), 0);
	assert_int_equal(losses.count, whole + 4);
	assert_int_equal(losses_count(&losses, LOSS_WIDENED), whole + 4);
}

/* The same rules in another order are the same policy, and the same bytes. */
static void test_order(void **state)
{
	static const char *const row[] = { "file read $WS/b",	"file create $HOME/a",
					   "file read /usr/**", "host connect tcp/192.0.2.1:1",
					   "file read $WS/*/c", NULL };
	static const char *const other[] = { "file read $WS/*/c",   "host connect tcp/192.0.2.1:1",
					     "file create $HOME/a", "file read $WS/b",
					     "file read /usr/**",   NULL };
	scoped(policy) struct policy policy = { 0 }, again = { 0 };
	struct error err = { 0 };

	(void)state;
	make_policy(&policy, row);
	make_policy(&again, other);
	for (const struct exporter_row *format = exporter_row; format->name; format++) {
		scoped(losses) struct losses first = { 0 }, second = { 0 };
		scoped(buffer) struct buffer one = { 0 }, two = { 0 };

		assert_int_equal(format->write(&policy, &one, &first, &err), 0);
		assert_int_equal(format->write(&again, &two, &second, &err), 0);
		if (!bytes_equal(buffer_bytes(&one), buffer_bytes(&two)))
			fail_msg("%s differs", format->name);
	}
}

/* An empty policy is one too: nothing is allowed. */
static void test_empty(void **state)
{
	static const char *const row[] = { NULL };
	scoped(policy) struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	make_policy(&policy, row);
	for (const struct exporter_row *format = exporter_row; format->name; format++) {
		scoped(losses) struct losses losses = { 0 };
		scoped(buffer) struct buffer out = { 0 };

		assert_int_equal(format->write(&policy, &out, &losses, &err), 0);
		assert_true(out.size > 0);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(test_quote),  cmocka_unit_test(test_comment),
		cmocka_unit_test(test_places), cmocka_unit_test(test_high_risk_is_hidden),
		cmocka_unit_test(test_losses), cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_order),  cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests_name("export", test, NULL, NULL);
}
