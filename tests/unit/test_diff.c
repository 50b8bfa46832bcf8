/* What one policy allows and another does not; held against names.  SEED=N for other cases, N=COUNT
 * for more. */
#include "analyzer/diff.h"

#include "analyzer/diff_print.h"
#include "analyzer/protect.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RULES_MAX 12

static struct protection *protection;

/* A rule in short: "read /a", with the conditions that are not the usual ones. */
struct brief {
	const char *text;
	bool own;
	enum gate gate;
	const char *phase;
	int64_t rate, burst, expires_ns;
};

static void add(struct policy *policy, const struct brief *brief)
{
	const char *pattern = strchr(brief->text, ' ') + 1;
	char action[16] = "";
	struct rule rule = {
		.resource = RESOURCE_FILE,
		.own = brief->own,
		.gate = brief->gate,
		.phase = brief->phase ? strdup(brief->phase) : NULL,
		.rate_per_minute = brief->rate,
		.burst = brief->burst,
		.expires_ns = brief->expires_ns,
		.justification = strdup("a test"),
		.pattern = strdup(pattern),
	};

	memcpy(action, brief->text, (size_t)(pattern - brief->text) - 1);
	rule.action = (enum action)word_code(action_word, action);
	if (rule.action == ACTION_CONNECT)
		rule.resource = RESOURCE_HOST;
	assert_int_equal(policy_add(policy, &rule), 0);
}

static void make(struct policy *policy, const struct brief *brief)
{
	struct error err = { 0 };

	for (; brief->text; brief++)
		add(policy, brief);
	if (policy_finish(policy, NULL, &err))
		fail_msg("%s", err.text);
}

/* All lines, and the summary behind them. */
static char *say(const struct policy *old, const struct policy *new)
{
	scoped(diff) struct diff diff = { 0 };
	struct error err = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(diff_policies(&diff, old, new, protection, &err), 0);
	for (size_t i = 0; i < diff.count; i++)
		change_print(out, &diff.change[i]);
	fprintf(out, "%s", diff_adds(&diff) ? "more" : "");
	fclose(out);
	return text;
}

static const struct {
	struct brief old[RULES_MAX], new[RULES_MAX];
	const char *says;
} diffs[] = {
	{ { { .text = "read /a" } }, { { .text = "read /a" } }, "" },
	{ { { .text = "read /a" } },
	  { { .text = "read /b" } },
	  "+ file read /b\n- file read /a\nmore" },
	{ { { .text = "read /a" } },
	  { { .text = "write /a" } },
	  "+ file write /a\n- file read /a\nmore" },
	/* In other words the same. */
	{ { { .text = "read /x/{hex:4}" } },
	  { { .text = "read /x/{digit:1}{hex:3}" },
	    { .text = "read /x/{lower:1}{hex:3}" },
	    { .text = "read /x/00ff" } },
	  "+ file read /x/{lower:1}{hex:3}  e.g. /x/gaaa\nmore" },
	{ { { .text = "read /x/{hex:1}" } },
	  { { .text = "read /x/{digit:1}" },
	    { .text = "read /x/a" },
	    { .text = "read /x/b" },
	    { .text = "read /x/c" },
	    { .text = "read /x/d" },
	    { .text = "read /x/e" },
	    { .text = "read /x/f" } },
	  "" },
	{ { { .text = "read /x/{digit:1-2}" }, { .text = "read /x/{digit:3-5}" } },
	  { { .text = "read /x/{digit:1-5}" } },
	  "" },
	{ { { .text = "read /x/{digit:1-2}" }, { .text = "read /x/{digit:4-5}" } },
	  { { .text = "read /x/{digit:1-5}" } },
	  "> file read /x/{digit:1-5}  was /x/{digit:1-2}  e.g. /x/000\nmore" },
	{ { { .text = "read /x/{digit:1-5}" } },
	  { { .text = "read /x/{digit:1-2}" } },
	  "< file read /x/{digit:1-5}  now /x/{digit:1-2}  e.g. /x/000\n" },
	{ { { .text = "read /x/**" } },
	  { { .text = "read /x/*" }, { .text = "read /x/*/**" } },
	  "" },
	{ { { .text = "write /t/{alnum:6}", .own = true } },
	  { { .text = "write /t/{alnum:6}", .own = true },
	    { .text = "write /t/{alnum:6}.s", .own = true } },
	  "+ file write /t/{alnum:6}.s own  e.g. /t/aaaaaa.s\nmore" },
	/* Roots stand for themselves; a name is no prefix. */
	{ { { .text = "read /home/u/w/a" } },
	  { { .text = "read $WS/a" } },
	  "+ file read $WS/a\n- file read /home/u/w/a\nmore" },
	{ { { .text = "read /home/bob/**" } },
	  { { .text = "read /home/bob/**" }, { .text = "read /home/bobby" } },
	  "+ file read /home/bobby\nmore" },
	/* Conditions. */
	{ { { .text = "write /a", .own = true } },
	  { { .text = "write /a" } },
	  "> file write /a  no longer limited to its own files\nmore" },
	{ { { .text = "write /a" } },
	  { { .text = "write /a", .own = true } },
	  "< file write /a  now limited to its own files\n" },
	{ { { .text = "write /a", .gate = GATE_CONFIRM } },
	  { { .text = "write /a" } },
	  "> file write /a  gate removed\nmore" },
	{ { { .text = "write /a" } },
	  { { .text = "write /a", .gate = GATE_CONFIRM } },
	  "< file write /a  gate added\n" },
	{ { { .text = "write /a", .phase = "p" } },
	  { { .text = "write /a" } },
	  "> file write /a  no longer limited to its phase\nmore" },
	{ { { .text = "write /a", .phase = "p" } },
	  { { .text = "write /a", .phase = "q" } },
	  "> file write /a in phase q  no longer limited to its phase\n"
	  "< file write /a in phase p  now limited to a phase\nmore" },
	{ { { .text = "write /a", .rate = 5, .burst = 2 } },
	  { { .text = "write /a", .rate = 6, .burst = 3 } },
	  "> file write /a  rate raised, burst raised\nmore" },
	{ { { .text = "write /a", .rate = 5 } },
	  { { .text = "write /a" } },
	  "> file write /a  rate raised\nmore" },
	{ { { .text = "write /a" } },
	  { { .text = "write /a", .rate = 5 } },
	  "< file write /a  rate lowered\n" },
	{ { { .text = "write /a", .expires_ns = 9 } },
	  { { .text = "write /a", .expires_ns = 10 } },
	  "> file write /a  expires later, or never\nmore" },
	{ { { .text = "write /a", .expires_ns = 10 } },
	  { { .text = "write /a", .expires_ns = 9 } },
	  "< file write /a  expires, or sooner\n" },
	{ { { .text = "write /x/{digit:2}", .gate = GATE_CONFIRM },
	    { .text = "write /x/{digit:1}" } },
	  { { .text = "write /x/{digit:1-2}" } },
	  "> file write /x/{digit:1-2}  gate removed; was /x/{digit:2}  e.g. /x/00\nmore" },
	/* An exact name decides before an open rule. */
	{ { { .text = "write /x/*" }, { .text = "write /x/a", .gate = GATE_CONFIRM } },
	  { { .text = "write /x/*" } },
	  "> file write /x/*  gate removed; was /x/a  e.g. /x/a\nmore" },
	{ { { .text = "write /x/*" } },
	  { { .text = "write /x/*" }, { .text = "write /x/a", .gate = GATE_CONFIRM } },
	  "< file write /x/*  gate added; now /x/a  e.g. /x/a\n" },
	{ { { .text = "write /x/*" }, { .text = "write /x/a" } },
	  { { .text = "write /x/*" } },
	  "" },
	/* Hosts are names. */
	{ { { .text = "connect tcp/a:1" } },
	  { { .text = "connect tcp/a:2" } },
	  "+ host connect tcp/a:2\n- host connect tcp/a:1\nmore" },
	/* What is protected comes first. */
	{ { { .text = "read /etc/hosts" } },
	  { { .text = "read /a" }, { .text = "read /etc/{lower:5-7}" } },
	  "! file read /etc/{lower:5-7}  shadow: password hashes  e.g. /etc/shadow\n"
	  "+ file read /a\n"
	  "> file read /etc/{lower:5-7}  was /etc/hosts  e.g. /etc/aaaaa\nmore" },
	{ { { .text = "read /etc/shadow" } },
	  { { .text = "read /etc/{lower:6}" } },
	  "> file read /etc/{lower:6}  was /etc/shadow  e.g. /etc/aaaaaa\nmore" },
	{ { { .text = "read /a" } },
	  { { .text = "read $HOME/.ssh/id_rsa" } },
	  "! file read $HOME/.ssh/id_rsa  ssh-key: private key of ssh\n"
	  "+ file read $HOME/.ssh/id_rsa\n- file read /a\nmore" },
};

static void differences_are_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof diffs / sizeof *diffs; i++) {
		scoped(policy) struct policy old = { 0 }, new = { 0 };
		scoped(text) char *text = NULL;

		make(&old, diffs[i].old);
		make(&new, diffs[i].new);
		text = say(&old, &new);
		if (strcmp(text, diffs[i].says) != 0)
			fail_msg("%s -> %s\n%s", diffs[i].old->text, diffs[i].new->text, text);
	}
}

/* More rules near it than are looked at: what is not told counts as added. */
static void too_much_counts_as_added(void **state)
{
	scoped(policy) struct policy old = { 0 }, new = { 0 };
	scoped(text) char *text = NULL;
	char rule[32];

	(void)state;
	for (int i = 0; i < CANDIDATES_MAX + 10; i++) {
		snprintf(rule, sizeof rule, "read /x/%04d", i);
		add(&old, &(struct brief){ .text = rule });
	}
	make(&old, &(struct brief){ 0 });
	make(&new, (const struct brief[]){ { .text = "read /x/{digit:4}" }, { 0 } });
	text = say(&old, &new);
	if (!strstr(text, "> file read /x/{digit:4}  was /x/0000  too much to tell"))
		fail_msg("%.200s", text);
	assert_non_null(strstr(text, "more"));
}

static void random_policy(struct policy *policy)
{
	static const char *const part[] = { "a", "b", "{lower:1}", "{alnum:1-2}", "*", "{hex:1}" };
	static char text[RULES_MAX][64];
	int rules = 1 + rand() % (RULES_MAX - 2);

	for (int i = 0; i < rules; i++) {
		struct brief brief = { .text = text[i], .own = !(rand() % 3) };

		snprintf(text[i], sizeof text[i], "read /%s/%s%s", part[rand() % 6],
			 part[rand() % 6], rand() % 4 ? "" : "/**");
		for (int j = 0; j < i && brief.text; j++)
			if (!strcmp(text[j], text[i]))
				brief.text = NULL; /* equal rules are refused */
		if (brief.text)
			add(policy, &brief);
	}
	make(policy, &(struct brief){ 0 });
}

static bool admits(const struct policy *policy, const char *name, bool own)
{
	const struct roots roots = { 0 };
	const struct asked asked = { RESOURCE_FILE, ACTION_READ, bytes_of(name), bytes_of(""),
				     .own = own };

	return policy_match(policy, &roots, &asked, NULL);
}

static void check_names(const struct diff *diff, const struct policy *old, const struct policy *new)
{
	static const char *const part[] = { "a", "b", "f", "x", "7", "aa", "A", "a." };

	for (int i = 0; i < 60; i++) {
		bool own = rand() % 2;
		char name[32];

		snprintf(name, sizeof name, "/%s/%s%s", part[rand() % 8], part[rand() % 8],
			 rand() % 3 ? "" : "/c");
		if (!diff_adds(diff) && admits(new, name, own))
			assert_true(admits(old, name, own));
	}
}

static void check_witness(const struct change *change, const struct policy *old,
			  const struct policy *new)
{
	bool is_loss = change->kind == CHANGE_NARROWED || change->kind == CHANGE_REMOVED;
	const struct policy *has = is_loss ? old : new, *has_not = is_loss ? new : old;

	assert_non_null(change->witness);
	assert_true(admits(has, change->witness, change->rule->own));
	assert_false(admits(has_not, change->witness, change->rule->own));
}

/* What NEW admits and OLD does not is a difference, and a witness is such a name. */
static void try_policies(void)
{
	scoped(policy) struct policy old = { 0 }, new = { 0 };
	scoped(diff) struct diff diff = { 0 };
	struct error err = { 0 };

	random_policy(&old);
	random_policy(&new);
	assert_int_equal(diff_policies(&diff, &old, &new, protection, &err), 0);
	check_names(&diff, &old, &new);
	for (size_t i = 0; i < diff.count; i++)
		if (diff.change[i].kind != CHANGE_PROTECTED)
			check_witness(&diff.change[i], &old, &new);
}

static void any_policies_agree_with_names(void **state)
{
	const char *seed = getenv("SEED"), *count = getenv("N");
	long rounds = count ? strtol(count, NULL, 10) : 40;

	(void)state;
	srand(seed ? (unsigned)strtoul(seed, NULL, 10) : 1);
	for (long round = 0; round < rounds; round++)
		try_policies();
}

static int open_table(void **state)
{
	struct error err = { 0 };

	(void)state;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	return protection_open(&protection, NULL, &err);
}

static int close_table(void **state)
{
	(void)state;
	protection_close(protection);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_said),
		cmocka_unit_test(too_much_counts_as_added),
		cmocka_unit_test(any_policies_agree_with_names),
	};

	return cmocka_run_group_tests_name("diff", tests, open_table, close_table);
}
