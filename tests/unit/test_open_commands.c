/* Arguments that vary from run to run are open, and nothing else is. */
#include "analyzer/open_commands.h"

#include "analyzer/commands.h"
#include "analyzer/propose.h"
#include "analyzer/protect.h"
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

static struct open_commands opened(struct evidence *evidence)
{
	const struct roots roots = { BYTES("/w"), BYTES("/home/ada"), BYTES("/tmp") };
	struct open_commands open = { 0 };
	struct error err = { 0 };
	size_t ignored;

	assert_int_equal(evidence_add_roots(evidence, &roots, &ignored), 0);
	assert_done(protection_open(&evidence->protection, NULL, &err), &err);

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
	static const char *const line[] = { "frob -n p /w/src/alpha.c", "frob -n p /w/src/beta.c",
					    "frob -n p /w/src/gamma.c" };
	scoped(evidence) struct evidence evidence = { 0 };
	scoped(open_commands) struct open_commands open = { 0 };

	(void)state;
	add_runs(&evidence, "/usr/bin/frob", line, 3);
	open = opened(&evidence);
	assert_int_equal(open.count, 1);
	assert_true(admits(&open, "/usr/bin/frob", "frob -n p /w/src/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "frob -n p /w/src/delta.h"));
	assert_false(admits(&open, "/usr/bin/frob", "frob -n p /w/other/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "frob -n p /w/src/../delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "frob -n q /w/src/delta.c"));
	assert_false(admits(&open, "/usr/bin/frob", "frob -i p /w/src/delta.c"));
}

/* Lines of three runs, with a, b and c in place of each @; what they are open for, NULL: nothing.
 */
static const struct {
	const char *program, *line, *text;
} filter[] = {
	{ "/usr/bin/sed", "sed -i s/a/b/ src/@.js", "-i s/a/b/ src/{token:1-64}.js" },
	{ "/usr/bin/sed", "sed -ne 1,5p -e /x/d /w/@.c", "-ne 1,5p -e /x/d $WS/{token:1-64}.c" },
	{ "/usr/bin/sed", "sed --expression=p -- x.c @.c", "--expression=p -- x.c {token:1-64}.c" },
	{ "/usr/bin/mawk", "awk -F: /x/ /w/@.c", "@awk -F: /x/ $WS/{token:1-64}.c" },
	{ "/usr/bin/gawk", "gawk -vn=1 /x/ @.c y", "-vn=1 /x/ {token:1-64}.c y" },
	{ "/usr/bin/dash", "sh -c cd_x_&&_sed_-n_p_@.c", "-c (cd x && sed -n p {token:1-64}.c)" },
	{ "/usr/bin/dash", "sh -c A=1_sed_p_@.c_>y", "-c (A=1 sed p {token:1-64}.c >y)" },
	/* Not the code, */
	{ "/usr/bin/sed", "sed s/a/@/ /w/@.c", NULL },
	{ "/usr/bin/sed", "sed -e @.c /w/x.c", NULL },
	{ "/usr/bin/sed", "sed @.c /w/x.c", NULL },
	{ "/usr/bin/sed", "sed -f /w/@.sed /w/x.c", NULL },
	{ "/usr/bin/sed", "sed -n -f /w/x.sed /w/@.c", NULL },
	{ "/usr/bin/sed", "sed --file=/w/x.sed /w/@.c", NULL },
	{ "/usr/bin/mawk", "awk -f /w/@.awk /w/x.c", NULL },
	/* nor files of code that runs or writes what they hold, */
	{ "/usr/bin/sed", "sed 1e /w/@.c", NULL },
	{ "/usr/bin/sed", "sed s/a/b/e /w/@.c", NULL },
	{ "/usr/bin/sed", "sed w_x /w/@.c", NULL },
	{ "/usr/bin/sed", "sed -n -e p -e e /w/@.c", NULL },
	{ "/usr/bin/mawk", "mawk {system($0)} /w/@.c", NULL },
	{ "/usr/bin/perl", "perl -pe s/a/b/ /w/@.c", NULL },
	{ "/usr/bin/python3.11", "python3 x.py /w/@.c", NULL },
	/* nor with an option that is not known, or where a file may be one, */
	{ "/usr/bin/sed", "sed -i.c p /w/@.c", NULL },
	{ "/usr/bin/sed", "sed -i.@ p /w/x.c", NULL },
	{ "/usr/bin/sed", "sed -in p /w/@.c", NULL },
	{ "/usr/bin/sed", "sed --expr=p @.c", NULL },
	{ "/usr/bin/sed", "sed p -- -@.c", NULL },
	{ "/usr/bin/sed", "sed p @.c -e e", NULL },
	{ "/usr/bin/sed", "sed p -@.c", NULL },
	{ "/usr/bin/mawk", "mawk {} x=@.c", NULL },
	{ "/usr/bin/mawk", "sed p @.c", NULL },
	{ "/usr/bin/busybox", "awk {} @.c", NULL },
	{ "/usr/bin/busybox", "sh @.sh", NULL },
	/* nor what is protected, */
	{ "/usr/bin/sed", "sed p /home/ada/.ssh/@.pem", NULL },
	{ "/usr/bin/frob", "frob .ssh/@.pem", NULL },
	{ "/usr/bin/frob", "frob ./.ssh/@.pem", NULL },
	{ "/usr/bin/frob", "frob ../.ssh/@.pem", NULL },
	{ "/usr/bin/sed", "sed -i p .husky/@.c", NULL },
	{ "/usr/bin/sed", "sed -n p .husky/@.c", "-n p .husky/{token:1-64}.c" },
	/* nor in the text of a shell what stands before the name, or is code behind it. */
	{ "/usr/bin/dash", "sh -c cd_@.d_&&_make", NULL },
	{ "/usr/bin/dash", "sh -c cd_w_&&_perl_@.c", NULL },
	{ "/usr/bin/dash", "sh -c A=1_perl_@.c", NULL },
	{ "/usr/bin/dash", "sh -c A=x/@.so_ls", NULL },
};

static void of_code_only_files_are_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof filter / sizeof *filter; i++) {
		scoped(evidence) struct evidence evidence = { 0 };
		scoped(open_commands) struct open_commands open = { 0 };
		const char *text;

		for (size_t run = 0; run < 3; run++) {
			char line[128];

			snprintf(line, sizeof line, "%s", filter[i].line);
			for (char *at = line; (at = strchr(at, '@')); at++)
				*at = (char)('a' + run);
			add_line(&evidence, run, filter[i].program, line);
		}
		open = opened(&evidence);
		text = open.count ? open.command[0].text : NULL;
		if (filter[i].text && text)
			assert_string_equal(text, filter[i].text);
		else if (filter[i].text || text)
			fail_msg("%s: %s", filter[i].line, text ? text : "is not open");
	}
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
		cmocka_unit_test(of_code_only_files_are_open),
		cmocka_unit_test(code_and_options_stay_closed),
		cmocka_unit_test(texts_of_shells_vary_by_chance_alone),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
