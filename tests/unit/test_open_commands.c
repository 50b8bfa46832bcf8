/* Arguments that vary from run to run are open, and nothing else is. */
#include "analyzer/open_commands.h"

#include "analyzer/commands.h"
#include "analyzer/propose.h"
#include "tests/unit/analyzer_fixture.h"

/* Command lines of runs, one of each; a line is its words with blanks between. */
static void add_line(struct evidence *evidence, size_t run, const char *program, const char *line)
{
	const struct roots roots = { BYTES("/w"), BYTES("/home/ada"), BYTES("/tmp") };
	char words[256];
	size_t size = strlen(line) + 1;

	memcpy(words, line, size);
	for (size_t i = 0; i < size; i++)
		words[i] = words[i] == ' ' ? '\0' : words[i] == '_' ? ' ' : words[i];
	evidence->run_count = run + 1;
	assert_int_equal(
		commands_add(evidence, &roots, bytes_of(program), (struct bytes){ words, size }),
		0);
}

static struct open_commands opened(const struct evidence *evidence)
{
	struct open_commands open = { 0 };

	assert_int_equal(open_commands_find(evidence, NULL, &open), 0);
	return open;
}

/* Whether what was learned admits a line that no run had. */
static bool admits(const struct open_commands *open, const char *program, const char *line)
{
	scoped(evidence) struct evidence other = { 0 };

	add_line(&other, 0, program, line);
	return open_commands_admit(open, other.command);
}

static void chance_is_open(void **state)
{
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_line(&evidence, 0, "/usr/bin/as", "as -o /w/a.o /tmp/ccAb12Cd.s");
	add_line(&evidence, 1, "/usr/bin/as", "as -o /w/a.o /tmp/ccXy34Zq.s");
	add_line(&evidence, 0, "/usr/bin/as", "as --version");
	add_line(&evidence, 1, "/usr/bin/as", "as --version");
	open = opened(&evidence);
	assert_int_equal(open.count, 1);
	assert_string_equal(open.command[0].text, "-o $WS/a.o $TMP/cc{alnum:6}.s");
	assert_true(admits(&open, "/usr/bin/as", "as -o /w/a.o /tmp/ccQ0q1Q2.s"));
	assert_false(admits(&open, "/usr/bin/as", "as -o /w/b.o /tmp/ccQ0q1Q2.s"));
	assert_false(admits(&open, "/usr/bin/as", "as -o /w/a.o /tmp/ccQ0q1Q2.s -x"));
	assert_false(admits(&open, "/usr/bin/as", "as -o /w/a.o /tmp/../etc.s"));
	assert_false(admits(&open, "/usr/bin/as", "as -o /w/a.o /etc/ccQ0q1Q2.s"));
	assert_false(admits(&open, "/usr/bin/ld", "as -o /w/a.o /tmp/ccQ0q1Q2.s"));
}

static void add_runs(struct evidence *evidence, const char *program, const char *const *line,
		     size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_line(evidence, i, program, line[i]);
}

static void what_an_option_is_given_is_open(void **state)
{
	static const char *const line[] = { "git commit -m mend_the_parser",
					    "git commit -m say_why", "git commit -m begin" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_runs(&evidence, "/usr/bin/git", line, 3);
	open = opened(&evidence);
	assert_int_equal(open.count, 1);
	assert_true(admits(&open, "/usr/bin/git", "git commit -m anything_else"));
	assert_false(admits(&open, "/usr/bin/git", "git commit -m --amend"));
	assert_false(admits(&open, "/usr/bin/git", "git commit --amend -m x"));
	assert_false(admits(&open, "/usr/bin/git", "git commit -m x --no-verify"));
	assert_false(admits(&open, "/usr/bin/git", "git commit -m x -F /etc/shadow"));
	assert_false(admits(&open, "/usr/bin/git", "git push --force"));
}

static void two_runs_are_not_enough_for_words(void **state)
{
	static const char *const line[] = { "git commit -m mend_the_parser",
					    "git commit -m say_why" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_runs(&evidence, "/usr/bin/git", line, 2);
	open = opened(&evidence);
	assert_int_equal(open.count, 0);
}

static void files_with_an_ending_are_open_in_their_folder(void **state)
{
	static const char *const line[] = { "sed -n p /w/src/alpha.c", "sed -n p /w/src/beta.c",
					    "sed -n p /w/src/gamma.c" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_runs(&evidence, "/usr/bin/frob", line, 3);
	open = opened(&evidence);
	assert_int_equal(open.count, 1);
	assert_true(admits(&open, "/usr/bin/frob", "sed -n p /w/src/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "sed -n p /w/src/delta.h"));
	assert_false(admits(&open, "/usr/bin/frob", "sed -n p /w/other/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "sed -n p /w/src/../delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "sed -n q /w/src/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "sed -i p /w/src/delta.c"));
}

static void code_and_options_stay_closed(void **state)
{
	static const char *const code[] = { "python3 -c print(one)", "python3 -c print(two)",
					    "python3 -c print(three)", "python3 -c print(four)" };
	static const char *const option[] = { "frob --alpha x", "frob --beta x", "frob --gamma x",
					      "frob --delta x" };
	static const char *const sub[] = { "frob alpha", "frob beta", "frob gamma", "frob delta" };
	static const char *const shell[] = { "sh -c git_status", "sh -c git_log", "sh -c git_diff",
					     "sh -c git_show" };
	static const struct {
		const char *program;
		const char *const *line;
	} closed[] = { { "/usr/bin/python3.11", code },
		       { "/usr/bin/frob", option },
		       { "/usr/bin/frob", sub },
		       { "/usr/bin/dash", shell } };

	(void)state;
	for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
		scoped(evidence) struct evidence evidence = { 0 };
		scoped(open_commands) struct open_commands open = { 0 };

		add_runs(&evidence, closed[i].program, closed[i].line, 4);
		open = opened(&evidence);
		if (open.count)
			fail_msg("%s %s", closed[i].program, open.command[0].text);
	}
}

static void texts_of_shells_vary_by_chance_alone(void **state)
{
	static const char *const line[] = { "sh -c make_/tmp/ccAb12Cd.s",
					    "sh -c make_/tmp/ccXy34Zq.s" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_runs(&evidence, "/usr/bin/dash", line, 2);
	open = opened(&evidence);
	assert_int_equal(open.count, 1);
	assert_true(admits(&open, "/usr/bin/dash", "sh -c make_/tmp/ccQ0q1Q2.s"));
	assert_false(admits(&open, "/usr/bin/dash", "sh -c make_/tmp/ccQ0q1Q2.s;_rm_x"));
	assert_false(admits(&open, "/usr/bin/dash", "sh -c make_/tmp/ccQ0q1Q2.s_>/etc/x"));
	assert_false(admits(&open, "/usr/bin/dash", "sh -c make_/tmp/cc$(x).s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chance_is_open),
		cmocka_unit_test(what_an_option_is_given_is_open),
		cmocka_unit_test(two_runs_are_not_enough_for_words),
		cmocka_unit_test(files_with_an_ending_are_open_in_their_folder),
		cmocka_unit_test(code_and_options_stay_closed),
		cmocka_unit_test(texts_of_shells_vary_by_chance_alone),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
