#include "tests/unit/argv_fixture.h"

static const struct roots roots = { { "/w", 2 }, { "/home/ada", 9 }, { "/tmp", 4 } };

/* What a command is written as, and that this is read back as the same. */
static const struct {
	const char *program, *line, *text;
} written[] = {
	{ "/usr/bin/git", "git|push", "push" },
	{ "/usr/bin/git", "git", "()" },
	{ "/usr/bin/git", "git|push|origin|--force", "push --force origin" },
	{ "/usr/bin/git", "git|push|-fu|origin", "push -f -u origin" },
	{ "/usr/bin/git", "git|commit|-am|a b", "commit -a -m a\\x20b" },
	{ "/usr/bin/git", "git|commit|--message|x", "commit --message=x" },
	{ "/usr/bin/git", "git|checkout|-b|x", "checkout -b x" },
	{ "/usr/bin/git", "git-upload-pack|.", "@git-upload-pack ." },
	{ "/usr/bin/ls", "ls|-la", "-a -l" },
	{ "/usr/bin/ls", "/bin/ls|x|-l", "-l x" },
	{ "/usr/bin/ls", "ls|-l|--|-a", "-l -- -a" },
	{ "/usr/bin/ls", "ls|-lQ", "-lQ" },
	{ "/usr/bin/rm", "rm|-r|-f|x", "-f -r x" },
	{ "/usr/bin/rm", "rm|-i|-f|x", "-i -f x" },
	{ "/opt/tool", "tool|--b|--a=1", "--b --a=1" },
	{ "/opt/tool", "tool|/w/a|--f=/home/ada/b|-I/tmp/c", "$WS/a --f=$HOME/b -I$TMP/c" },
	{ "/opt/tool", "tool|/w/../etc|/wx|/w", "/w/../etc /wx $WS" },
	{ "/opt/tool", "tool||*|$WS/a|(x)|a&b|'", "'' \\* \\$WS/a \\x28x\\x29 a\\x26b \\x27" },
	{ "/opt/tool", "other|x", "@other x" },
	{ "/usr/bin/dash", "sh|-c|git status", "-c (git status)" },
	{ "/usr/bin/dash", "-sh|-c|git status", "@-sh -c git\\x20status" },
	{ "/usr/bin/bash", "bash|-ec|make -j4;ls -la|x", "-ec (ls -a -l) (make -j4) x" },
	{ "/usr/bin/bash", "bash|-c|cd /w/a && make >log 2>&1", "-c (cd $WS/a && make >log 2>&1)" },
	{ "/usr/bin/bash", "bash|-c|A='b c' git push x -f", "-c (A=b\\x20c git push x -f)" },
	{ "/usr/bin/bash", "bash|-c|sh -c 'ls -la'", "-c (sh -c (ls -a -l))" },
	{ "/usr/bin/bash", "bash|-c|echo $HOME", "-c echo\\x20\\$HOME" },
	{ "/usr/bin/bash", "bash|-c|-x", "-c -x" },
	{ "/usr/bin/bash", "bash|-c|-e|ls -la", "-c -e ls\\x20-la" },
	{ "/usr/bin/bash", "bash|x.sh|-c|ls -la", "x.sh -c ls\\x20-la" },
	{ "/usr/bin/timeout", "timeout|-k|5|10|ls|-la", "-k 5 10 ls -a -l" },
	{ "/usr/bin/env", "env|A=1|ls|-la", "A=1 ls -la" },
	{ "/usr/bin/env", "env|-S|ls -la", "-S ls\\x20-la" },
	{ "/usr/bin/nice", "nice|sh|-c|ls -la", "sh -c (ls -a -l)" },
	{ "/usr/bin/python3.11", "python3|-c|print(1)", "-c print\\x281\\x29" },
};

static void is_written_in_one_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		scoped(buffer) struct buffer text = { 0 }, again = { 0 };
		scoped(argv) struct argv argv = { 0 };
		struct error err = { 0 };

		learn(written[i].program, written[i].line, &roots, &text);
		assert_string_equal(buffer_text(&text), written[i].text);
		if (argv_read(&argv, written[i].text, &err) < 0)
			fail_msg("%s", err.text);
		argv_write(&argv, &again);
		assert_string_equal(buffer_text(&again), written[i].text);
		if (!admits(written[i].text, &roots, written[i].program, written[i].line))
			fail_msg("%s does not admit %s", written[i].text, written[i].line);
	}
}

/* What a rule that was learned from a command admits, and what not. */
static const struct {
	const char *program, *learned, *asked;
	bool admitted;
} compared[] = {
	{ "/bin/git", "git|push", "git|push", true },
	{ "/bin/git", "git|push", "git|push|--force", false },
	{ "/bin/git", "git|push", "git|--force|push", false },
	{ "/bin/git", "git|push|origin", "git|push|origin|--force", false },
	{ "/bin/git", "git|push", "git|push|--force=1", false },
	{ "/bin/git", "git|push", "git|push|-f", false },
	{ "/bin/git", "git|push", "git|push|--forc", false },
	{ "/bin/git", "git|push|--force", "git|push|--forc", false },
	{ "/bin/git", "git|push", "git|-c|core.pager=x|push", false },
	{ "/bin/git", "git|push", "git|-ccore.pager=x|push", false },
	{ "/bin/git", "git|push", "git|--exec-path=/tmp|push", false },
	{ "/bin/git", "git|push", "git|push|+main", false },
	{ "/bin/git", "git|push", "git|push|", false },
	{ "/bin/git", "git|push", "git|pu", false },
	{ "/bin/git", "git|push", "git", false },
	{ "/bin/git", "git|push", "git|push |", false },
	{ "/bin/git", "git|push", "git|push|--", false },
	{ "/bin/git", "git|push|origin", "git|push|--|origin", false },
	{ "/bin/git", "git|push|origin|-f", "git|push|-f|origin", true },
	{ "/bin/git", "git|push|-f|-u|x", "git|push|-uf|x", true },
	{ "/bin/git", "git|push|--force|--no-force", "git|push|--no-force|--force", false },
	{ "/bin/git", "git|push", "git|push|--receive-pack=x", false },
	{ "/bin/git", "git|fetch|o", "git|fetch|--upload-pack|x|o", false },
	{ "/bin/git", "git|commit|-m|x", "git|commit|-mx", true },
	{ "/bin/git", "git|commit|-m|x", "git|commit|-m|y", false },
	{ "/bin/git", "git|commit|-m|x", "git|commit|-m|-x", false },
	{ "/bin/git", "git|commit|-m|x", "git|commit|--message=x", false },
	{ "/bin/git", "git|commit|-m|a|-m|b", "git|commit|-m|b|-m|a", false },
	{ "/bin/git", "git|commit|-m|x|-a", "git|commit|-am|x", true },
	{ "/bin/git", "git|commit|-m|-a", "git|commit|-a|-m", false },
	{ "/bin/git", "git|commit|-mess|f", "git|commit|f|-mess", true },
	{ "/bin/git", "git|commit|--mess|f", "git|commit|f|--mess", false },
	{ "/bin/git", "git|status", "git|status|-s", false },
	{ "/bin/git", "git|status", "git|status|/etc", false },
	{ "/bin/git", "git|upload-pack|.", "git-upload-pack|.", false },
	{ "/bin/ls", "ls|-l|-a", "ls|-a|-l", true },
	{ "/bin/ls", "ls|-l|-a", "ls|-la", true },
	{ "/bin/ls", "ls|-l|-a", "ls|-al", true },
	{ "/bin/ls", "ls|-la|x", "ls|x|-la", true },
	{ "/bin/ls", "ls|-la|x", "ls|-la|--|x", false },
	{ "/bin/ls", "ls|--|-l", "ls|-l|--", false },
	{ "/bin/ls", "ls|x|y", "ls|y|x", false },
	{ "/bin/ls", "ls|-t|-S", "ls|-S|-t", false },
	{ "/bin/ls", "ls|-", "ls", false },
	{ "/bin/rm", "rm|-r|x", "rm|-rf|x", false },
	{ "/bin/rm", "rm|-f|-i|x", "rm|-i|-f|x", false },
	{ "/bin/rm", "rm|-r|-f|x", "rm|-fr|x", true },
	{ "/bin/rm", "rm|-r|-f|x", "rm|-rf|x|/", false },
	{ "/bin/rm", "rm|x", "rm|-r|x", false },
	{ "/bin/rm", "rm|--|-rf", "rm|-rf|--", false },
	{ "/bin/rm", "rm|-r|x", "rm|--recursiv|x", false },
	{ "/opt/x", "x|-l|-a", "x|-a|-l", false },
	{ "/opt/x", "x|-l|-a", "x|-la", false },
	{ "/opt/x", "x|--a=b", "x|--a|b", false },
	{ "/opt/x", "x|a b", "x|a|b", false },
	{ "/opt/x", "x|a|b", "x|a b", false },
	{ "/opt/x", "x|a", "x|a||", false },
	{ "/opt/x", "x|[secret:0123abcd]", "x|[secret:0123abce]", false },
	{ "/opt/x", "x|[secret:0123abcd]", "x|s", false },
	{ "/opt/x", "x|*", "x|y", false },
	{ "/opt/x", "x|{digit:1}", "x|1", false },
	{ "/opt/x", "x|()", "x", false },
	{ "/opt/x", "x|/w/a", "x|/w/./a", false },
	{ "/opt/x", "x|/w/a", "x|/w/b/../a", false },
	{ "/opt/x", "x|/w/a", "x|//w/a", false },
	{ "/opt/x", "x|/w/a", "x|/wa", false },
	{ "/opt/x", "x|/w", "x|/w/", false },
	{ "/bin/timeout", "timeout|9|git|push", "timeout|9|git|push|-f", false },
	{ "/bin/timeout", "timeout|9|git|push", "timeout|-s|git|9|push", false },
	{ "/bin/timeout", "timeout|9|ls|-la", "timeout|9|ls|-a|-l", true },
	{ "/bin/timeout", "timeout|9|ls", "timeout|9|sh", false },
	{ "/bin/env", "env|ls", "env|LD_PRELOAD=x|ls", false },
	{ "/bin/env", "env|ls", "env|-S|ls", false },
	{ "/bin/nice", "nice|sh|-c|git status", "nice|sh|-c|git status;x", false },
	{ "/bin/nice", "nice|sh|-c|git status", "nice|sh|-c|git  status", true },
	{ "/bin/find", "find|.|-name|x", "find|-name|x|.", false },
	{ "/bin/find", "find|.", "find|.|-delete", false },
	{ "/bin/python3", "python3|-c|a", "python3|-ca", false },
	{ "/bin/python3", "python3|x.py", "python3|-c|x.py", false },
	{ "/bin/sed", "sed|-n|1p", "sed|-n|1e x", false },
	{ "/bin/busybox", "ls|-la", "rm|-la", false },
	{ "/bin/busybox", "sh|-c|git status", "sh|-c|git status ", false },
};

static void is_compared_by_what_it_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
		scoped(buffer) struct buffer text = { 0 };
		bool admitted;

		learn(compared[i].program, compared[i].learned, &roots, &text);
		admitted =
			admits(buffer_text(&text), &roots, compared[i].program, compared[i].asked);
		if (admitted != compared[i].admitted)
			fail_msg("%s: \"%s\" %s %s", compared[i].program, buffer_text(&text),
				 admitted ? "admits" : "does not admit", compared[i].asked);
	}
}

/* Templates as people write them. */
static const struct {
	const char *text, *program, *line;
	bool admitted;
} open_case[] = {
	{ "commit -m *", "/bin/git", "git|commit|-m|fix it", true },
	{ "commit -m *", "/bin/git", "git|commit|-mfix", true },
	{ "commit -m *", "/bin/git", "git|commit|-m|--amend", false },
	{ "commit -m *", "/bin/git", "git|commit|-m|", false },
	{ "commit -m *", "/bin/git", "git|commit|-m|x|--amend", false },
	{ "push *", "/bin/git", "git|push|-f", false },
	{ "push *", "/bin/git", "git|push|+main", false },
	{ "push *", "/bin/git", "git|push|:main", false },
	{ "-c (make -j{digit:1})", "/bin/sh", "sh|-c|make -j4", true },
	{ "-c (make -j{digit:1})", "/bin/sh", "sh|-c|make -j4 x", false },
	{ "-c (make -j{digit:1})", "/bin/sh", "sh|-c|make -j44", false },
	{ "-c (git status) (make)", "/bin/sh", "sh|-c|make && git status;make", true },
	{ "-c (git status) (make)", "/bin/sh", "sh|-c|make && make x", false },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|cd sub && make", true },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|cd sub; make", false },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|cd sub || make", false },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|make", false },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|cd ../sub && make", false },
	{ "-c (cd sub && make)", "/bin/sh", "sh|-c|cd sub && make; make", false },
	{ "$TMP/cc{alnum:6}.s", "/opt/as", "as|/tmp/ccAb1xYz.s", true },
	{ "$TMP/cc{alnum:6}.s", "/opt/as", "as|/tmp/x/ccAb1xYz.s", false },
	{ "$TMP/{name:2}", "/opt/as", "as|/tmp/..", false },
	{ "{token:3}", "/opt/as", "as|-rf", false },
	{ "{token:3}", "/opt/as", "as|r-f", true },
	{ "../{name:2}/x", "/opt/as", "as|../../x", false },
	{ "--o=$WS/a", "/opt/as", "as|--o=/w/a", true },
	{ "--o=$WS/a", "/opt/as", "as|--o=/home/ada/a", false },
	{ "()", "/opt/as", "as", true },
	{ "()", "/opt/as", "as|x", false },
};

static void reads_what_people_write(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof open_case / sizeof *open_case; i++)
		if (admits(open_case[i].text, &roots, open_case[i].program, open_case[i].line) !=
		    open_case[i].admitted)
			fail_msg("\"%s\" and %s: not %s", open_case[i].text, open_case[i].line,
				 open_case[i].admitted ? "admitted" : "refused");
}

static const char *const faulty[] = {
	"** x",	      "push ** --force",
	"",	      "a(",
	"(a",	      "(a))",
	"() a",	      "a ()",
	"-c ((a))",   "$X/a",
	"a$WS/b",     "$WS/../a",
	"$WSx",	      "{no:3}",
	"a{digit:0}", "a*",
	"\\q",	      "a\\x00b",
	"(a) (b",     ">",
	"@",	      "a\x01",
	"$WS/a/./b",  "x=y$WS/a",
	"a&b",	      "(a;b)\\",
	"--a$TMP/x",
};

static void refuses_what_is_no_template(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
		scoped(argv) struct argv argv = { 0 };
		struct error err = { 0 };

		if (argv_read(&argv, faulty[i], &err) == 0)
			fail_msg("\"%s\" is read", faulty[i]);
		assert_non_null(strstr(err.text, "read arguments"));
	}
}

static void knows_nothing_of_what_was_cut(void **state)
{
	static char large[ARGV_BYTES_MAX + 2];
	struct argv argv = { 0 };

	(void)state;
	assert_int_not_equal(argv_of_command(&argv, bytes_of("/x"), (struct bytes){ "", 0 }), 0);
	assert_int_not_equal(argv_of_command(&argv, bytes_of("/x"), bytes_of("x")), 0);
	memset(large, 'x', sizeof large - 1);
	assert_int_not_equal(
		argv_of_command(&argv, bytes_of("/x"), (struct bytes){ large, sizeof large }), 0);
}

static void a_prefix_admits_what_begins_so(void **state)
{
	(void)state;
	assert_true(admits("push **", &roots, "/bin/git", "git|push"));
	assert_true(admits("push **", &roots, "/bin/git", "git|push|-f|origin"));
	assert_true(admits("**", &roots, "/bin/git", "git|status"));
	assert_true(admits("-c (git push **)", &roots, "/bin/sh", "sh|-c|git push -f"));
	assert_false(admits("push **", &roots, "/bin/git", "git|pull"));
	assert_false(admits("push **", &roots, "/bin/git", "git"));
	assert_false(admits("push **", &roots, "/bin/git", "git|-c|a=b|push"));
	assert_false(admits("-c (git push **)", &roots, "/bin/sh", "sh|-c|git push; id"));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(is_written_in_one_form),
		cmocka_unit_test(is_compared_by_what_it_means),
		cmocka_unit_test(reads_what_people_write),
		cmocka_unit_test(a_prefix_admits_what_begins_so),
		cmocka_unit_test(refuses_what_is_no_template),
		cmocka_unit_test(knows_nothing_of_what_was_cut),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
