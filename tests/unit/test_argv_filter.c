/* Which words are files that code is run over, and what that code may be.  What is said to be
 * harmless of sed(1) must be so for GNU's, whose --sandbox refuses code that runs, reads or writes
 * other files.  SEED=FIRST N=COUNT for other code, and more. */
#include "core/argv_private.h"
#include "tests/unit/argv_fixture.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const struct {
	const char *code;
	bool harmless;
} sed_code[] = {
	{ "p", true },
	{ "1,20p", true },
	{ "$!N;P;D", true },
	{ "0~3{s/a\\/b/c/g;y,ab,cd,};$d", true },
	{ "\\,/usr/[a-z]*,Id", true },
	{ "/^$/,+2!d", true },
	{ ":a;s/[[:space:]]$//;ta", true },
	{ "s/[^]x]/&&/2gI", true },
	{ "s/[a\\/b]//", true },
	{ "/x/a more; e text", true },
	{ "1i #include \"a.h\"", true },
	{ "q1", true },
	{ "x\n G\n", true },
	{ "", false },
	{ "e", false },
	{ "1e ls", false },
	{ "w x", false },
	{ "/a/W x", false },
	{ "r x", false },
	{ "R x", false },
	{ "s/a/b/e", false },
	{ "s/a/b/ge", false },
	{ "s/a/b/w x", false },
	{ "s/a/b/;e", false },
	{ "s/a/b/}e", false },
	{ "p;p;{e}", false },
	{ "a\\\ntext\ne", false },
	{ "a text\ne", false },
	{ "a", false },
	{ "s/[/]/e/", false },
	{ "s/[\\\\/]/e/", false },
	{ "s/a/b", false },
	{ "s/a\nb/c/", false },
	{ "sxaxbx", false },
	{ "v", false },
	{ "p # e", false },
	{ "s/\xc3\xa4/a/", false },
	{ "s/[secret:0123abcd]/a/", false },
};

static void reads_the_code_of_sed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sed_code / sizeof *sed_code; i++)
		if (filter_is_harmless_sed(bytes_of(sed_code[i].code)) != sed_code[i].harmless)
			fail_msg("%s: not %s", sed_code[i].code,
				 sed_code[i].harmless ? "harmless" : "refused");
}

static const struct {
	const char *code;
	bool harmless;
} awk_code[] = {
	{ "{ print $1 }", true },
	{ "NR >= 3 && /x/ || $2 == \"y\" { n += $1 } END { printf \"%d\\n\", n }", true },
	{ "", false },
	{ "{ system($0) }", false },
	{ "{ print | $1 }", false },
	{ "{ print |& $1 }", false },
	{ "{ print ||| $1 }", false },
	{ "{ $0 | getline }", false },
	{ "{ getline x < $1 }", false },
	{ "{ print > $1 }", false },
	{ "{ print >> $1 }", false },
	{ "{ print >>= $1 }", false },
	{ "{ ARGV[2] = $1 }", false },
	{ "{ f = $1; @f($2) }", false },
	{ "@load \"filefuncs\"", false },
	{ "/[secret:0123abcd]/", false },
};

static void reads_the_code_of_awk(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof awk_code / sizeof *awk_code; i++)
		if (filter_is_harmless_awk(bytes_of(awk_code[i].code)) != awk_code[i].harmless)
			fail_msg("%s: not %s", awk_code[i].code,
				 awk_code[i].harmless ? "harmless" : "refused");
}

/* The words that are files, 0: none. */
static const struct {
	const char *program, *line;
	size_t files;
	bool changed;
} files_of[] = {
	{ "/bin/sed", "sed|p|a|b", 2, false },
	{ "/bin/sed", "sed|p", 0, false },
	{ "/bin/sed", "sed|-e|p|a|b", 2, false },
	{ "/bin/sed", "sed|-ep|a", 1, false },
	{ "/bin/sed", "sed|-nEe|p|-ed|a", 1, false },
	{ "/bin/sed", "sed|-l|5|p|a", 1, false },
	{ "/bin/sed", "sed|-l5|p|a", 1, false },
	{ "/bin/sed", "sed|--expression|p|--quiet|a", 1, false },
	{ "/bin/sed", "sed|--expression=p|a", 1, false },
	{ "/bin/sed", "sed|-i|p|a", 1, true },
	{ "/bin/sed", "sed|-Ei|-e|p|a", 1, true },
	{ "/bin/sed", "sed|--in-place|p|a", 1, true },
	{ "/bin/sed", "sed|p|--|a", 0, false },
	{ "/bin/sed", "sed|--|p|a", 1, false },
	{ "/bin/sed", "sed|-i.orig|p|a", 0, false },
	{ "/bin/sed", "sed|-iE|p|a", 0, false },
	{ "/bin/sed", "sed|--in-place=.orig|p|a", 0, false },
	{ "/bin/sed", "sed|--quiet=x|p|a", 0, false },
	{ "/bin/sed", "sed|-n|-f|x.sed|a", 0, false },
	{ "/bin/sed", "sed|-nfx.sed|a", 0, false },
	{ "/bin/sed", "sed|--file=x.sed|a", 0, false },
	{ "/bin/sed", "sed|--expressio=p|a", 0, false },
	{ "/bin/sed", "sed|p|a|-n", 0, false },
	{ "/bin/sed", "sed|p|-", 0, false },
	{ "/bin/sed", "sed|p||a", 0, false },
	{ "/bin/sed", "sed|e|a", 0, false },
	{ "/bin/sed", "sed|-e|p|-e|e|a", 0, false },
	{ "/bin/sed", "sed|-e", 0, false },
	{ "/bin/sed", "sed", 0, false },
	{ "/bin/sed", "sed|-n", 0, false },
	{ "/bin/mawk", "awk|{print}|a|b", 2, false },
	{ "/bin/mawk", "awk|-F:|-v|x=1|{print}|a", 1, false },
	{ "/bin/mawk", "mawk|{print}|x=1|a", 0, false },
	{ "/bin/mawk", "mawk|-f|x.awk|a", 0, false },
	{ "/bin/mawk", "mawk|-e|{print}|a", 0, false },
	{ "/bin/mawk", "sed|p|a", 0, false },
	{ "/bin/mawk", "toolbox|{print}|a", 0, false },
	{ "/bin/perl", "perl|-pe|s/a/b/|a", 0, false },
	{ "/bin/cat", "cat|a", 0, false },
};

static void tells_files_from_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files_of / sizeof *files_of; i++) {
		scoped(argv) struct argv argv = { 0 };
		struct argv_inputs inputs;
		size_t first;

		command_of(files_of[i].program, files_of[i].line, &argv);
		first = argv.count && argv.item[0].kind == ARGV_CALLED;
		inputs = argv_inputs(&argv, first, bytes_of(files_of[i].program));
		if (argv.count - inputs.first != files_of[i].files ||
		    inputs.changed != files_of[i].changed)
			fail_msg("%s: %zu files%s", files_of[i].line, argv.count - inputs.first,
				 inputs.changed ? ", changed" : "");
	}
}

/* ---- against sed itself ---- */

static uint64_t chance;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static size_t pick(size_t count)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (size_t)((z ^ z >> 31) % count);
}

static void random_code(struct buffer *code)
{
	static const char *const token[] = {
		"s/", "s,",    "/",  ",",  "\\", "[", "]",   "^",    "$",  "e",	    "w", "x",
		"p",  "d",     ";",  "\n", "{",	 "}", "a",   "i",    "c",  " ",	    "1", "b",
		"t",  ":",     "y",  "&",  "I",	 "M", "r",   "[:",   ":]", "alpha", "!", "s/[",
		"g",  "]/x",   "/e", "/w", "+",	 "~", "W x", "q",    "ba", "l",	    "=", "s/a/b/",
		",e", "y/a/b", "z",  "F",  "#",	 "N", "0",   "e ls",
	};

	buffer_clear(code);
	if (pick(2))
		buffer_add(code, sed_code[pick(sizeof sed_code / sizeof *sed_code)].code);
	for (size_t i = 1 + pick(7); i > 0; i--) {
		const char *more = token[pick(sizeof token / sizeof *token)];
		size_t at = code->size ? pick(code->size + 1) : 0;
		scoped(buffer) struct buffer whole = { 0 };

		buffer_append(&whole, code->data, at);
		buffer_add(&whole, more);
		buffer_add(&whole, buffer_text(code) + at + (at < code->size && !pick(3)));
		buffer_clear(code);
		buffer_add(code, buffer_text(&whole));
	}
}

/* What GNU sed says of code; the text is cut.  False: it is not there. */
static bool ask_sed(const char *code, char ret_said[static 512])
{
	const char *const word[] = { "sed", "--sandbox", "-n", "-e", code, "/dev/null", NULL };
	posix_spawn_file_actions_t files;
	ssize_t size, all = 0;
	pid_t pid;
	int end[2], status;

	assert_int_equal(pipe2(end, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, end[1], 2);
	status = posix_spawnp(&pid, "sed", &files, NULL, (char *const *)word, environ);
	posix_spawn_file_actions_destroy(&files);
	close(end[1]);
	while (status == 0 && all < 511 && (size = read(end[0], ret_said + all, 511 - all)) > 0)
		all += size;
	ret_said[all] = '\0';
	close(end[0]);
	return status == 0 && waitpid(pid, &status, 0) == pid;
}

static long number_of(const char *variable, long usual)
{
	const char *text = getenv(variable);

	return text ? strtol(text, NULL, 10) : usual;
}

static void sed_agrees(void **state)
{
	scoped(buffer) struct buffer code = { 0 };
	char said[512];
	long harmless = 0, first = number_of("SEED", 1), count = number_of("N", 20000);

	(void)state;
	if (!ask_sed("e", said) || !strstr(said, "sandbox"))
		skip();
	for (long seed = first; seed < first + count; seed++) {
		chance = (uint64_t)seed * 0x5851f42d4c957f2d;
		random_code(&code);
		if (!filter_is_harmless_sed(buffer_bytes(&code)))
			continue;
		harmless++;
		assert_true(ask_sed(buffer_text(&code), said));
		if (strstr(said, "sandbox"))
			fail_msg("SEED=%ld N=1: %s: %s", seed, buffer_text(&code), said);
	}
	if (count >= 1000)
		assert_in_range(harmless, count / 100, count);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(reads_the_code_of_sed),
		cmocka_unit_test(reads_the_code_of_awk),
		cmocka_unit_test(tells_files_from_code),
		cmocka_unit_test(sed_agrees),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
