#include "tests/unit/argv_fixture.h"
#include "tests/unit/shell_texts.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct roots roots = { { "/w", 2 }, { "/home/ada", 9 }, { "/tmp", 4 } };

static bool text_is_admitted(const struct argv *learned, const char *text)
{
	scoped(argv) struct argv command = { 0 };
	scoped(buffer) struct buffer raw = { 0 };

	buffer_append(&raw, "sh\0-c", 6);
	buffer_append(&raw, text, strlen(text) + 1);
	assert_int_equal(argv_of_command(&command, bytes_of("/bin/sh"), buffer_bytes(&raw)), 0);
	return argv_matches(learned, &roots, &command);
}

static void learn_text(const char *text, struct argv *ret)
{
	scoped(buffer) struct buffer raw = { 0 };

	buffer_append(&raw, "sh\0-c", 6);
	buffer_append(&raw, text, strlen(text) + 1);
	assert_int_equal(argv_of_command(ret, bytes_of("/bin/sh"), buffer_bytes(&raw)), 0);
}

/* "git status &" is allowed: it does nothing else. */
static bool is_harmless(const char *text)
{
	return !strcmp(text, "git status &");
}

static void smuggles_nothing(void **state)
{
	scoped(argv) struct argv learned = { 0 };

	(void)state;
	learn_text("git status", &learned);
	assert_int_equal(learned.count, 2);
	for (size_t i = 0; i < sizeof smuggled / sizeof *smuggled; i++)
		if (text_is_admitted(&learned, smuggled[i]) != is_harmless(smuggled[i]))
			fail_msg("admits: %s", smuggled[i]);
}

static const char *const same_text[] = {
	"git status",
	" git  status ",
	"git\tstatus",
	"git status;",
	"git status\n",
	"'git' status",
	"git 'status'",
	"g\\it st\"at\"us",
	"git status # x",
	"#x\ngit status",
	"git status; git status",
	"git status | git status",
	"git status&&git status",
	"git status ||\n git status",
	"git status\n\ngit status # ;x",
	"git status &\ngit status",
};

static void admits_what_is_the_same(void **state)
{
	scoped(argv) struct argv learned = { 0 };

	(void)state;
	learn_text("git status", &learned);
	for (size_t i = 0; i < sizeof same_text / sizeof *same_text; i++)
		if (!text_is_admitted(&learned, same_text[i]))
			fail_msg("refuses: %s", same_text[i]);
}

/* A text that is not taken apart stands for itself. */
static void opaque_is_literal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof smuggled / sizeof *smuggled; i++) {
		scoped(argv) struct argv learned = { 0 };

		learn_text(smuggled[i], &learned);
		assert_true(text_is_admitted(&learned, smuggled[i]));
		if (!is_harmless(smuggled[i]) && text_is_admitted(&learned, "x; git status; y"))
			fail_msg("%s admits more", smuggled[i]);
	}
}

/* ---- real shells say what a text does ---- */

/* Programs that say what they were given, and do nothing. */
static const char *const marker[] = { "git", "rm", "curl", "x", "status", "sh", "a" };
static char folder[] = "/tmp/pare-shell.XXXXXX";

static void write_marker(const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof path, "bin/%s", name);
	file = fopen(path, "w");
	assert_non_null(file);
	/* One write, so that two that run at once do not mix. */
	fprintf(file, "#!/bin/dash\nl=\"${0##*/}\"\nfor i; do l=\"$l|$i\"; done\n"
		      "echo \"$l\" >>\"$MARKS\"\n");
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static int enter_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) || mkdir("bin", 0755) || mkdir("cwd", 0755))
		return -1;
	for (size_t i = 0; i < sizeof marker / sizeof *marker; i++)
		write_marker(marker[i]);
	return 0;
}

static int leave_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return chdir("/") || system(command);
}

static void become_shell(const char *shell, const char *text)
{
	char path[64], marks[64];
	int null = open("/dev/null", O_RDWR);

	snprintf(path, sizeof path, "PATH=%s/bin", folder);
	snprintf(marks, sizeof marks, "MARKS=%s/marks", folder);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	if (!chdir("cwd")) {
		char *arguments[] = { (char *)"sh", (char *)"-c", (char *)text, NULL };
		char *environment[] = { path, marks, NULL };

		alarm(5);
		execve(shell, arguments, environment);
	}
	_exit(127);
}

static void run_shell(const char *shell, const char *text)
{
	pid_t child;
	int status;

	unlink("marks");
	child = fork();
	if (!child)
		become_shell(shell, text);
	assert_int_equal(waitpid(child, &status, 0), child);
}

/* What is done behind "&" may come late: the parser admits it, so wait for it. */
static void assert_only_git_status(const char *shell, const char *text)
{
	char line[256];
	FILE *file;

	run_shell(shell, text);
	if (strchr(text, '&'))
		usleep(20000);
	file = fopen("marks", "r");
	while (file && fgets(line, sizeof line, file))
		if (strcmp(line, "git|status\n"))
			fail_msg("%s ran %s for: %s", shell, line, text);
	if (file)
		fclose(file);
	if (rmdir("cwd") || mkdir("cwd", 0755))
		fail_msg("%s left a file for: %s", shell, text);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16 & 0x7fff;
}

/* Pieces of texts: so many that are "git status" that some texts are admitted. */
static const char *const piece[] = {
	"git status",
	"git status",
	"git status",
	"git",
	"status",
	" ",
	" ",
	" ",
	";",
	"\n",
	"&&",
	"||",
	"|",
	"&",
	";",
	"\"",
	"'",
	"\\",
	"#",
	"# x",
	"\t",
	"x",
	"rm",
	"curl",
	">",
	"<",
	">a",
	"2>&1",
	"$x",
	"$(x)",
	"`x`",
	"(",
	")",
	"{",
	"}",
	"!",
	"=",
	"a=",
	"\r",
	"*",
	"~",
	"''",
	"\"\"",
	"if",
	"eval",
	"exec",
	"cd",
	"\\\n",
	".",
	"-",
	"\xc3\xa9",
	"sh -c ",
	"$IFS",
	"{a,x}",
	"[x]",
	"<<x",
	"1",
	"'git' status",
	"g\\it status",
	" # ",
	"#\n",
	"%",
	":",
	"/",
	"@",
	",",
	"+",
};

static void random_text(unsigned *seed, char *text, size_t size)
{
	unsigned count = 1 + next_random(seed) % 7;

	*text = '\0';
	while (count--) {
		const char *next = piece[next_random(seed) % (sizeof piece / sizeof *piece)];

		if (strlen(text) + strlen(next) + 1 < size)
			strcat(text, next);
	}
}

/* FUZZ=N random texts; each that is admitted is run by real shells: it runs "git status" alone. */
static void real_shells_run_nothing_else(void **state)
{
	const char *wanted = getenv("FUZZ"), *chosen = getenv("SEED");
	unsigned seed = chosen ? (unsigned)atoi(chosen) : 1;
	long count = wanted ? atol(wanted) : 100000, admitted = 0;
	scoped(argv) struct argv learned = { 0 };

	(void)state;
	learn_text("git status", &learned);
	for (long i = 0; i < count; i++) {
		char text[256];

		random_text(&seed, text, sizeof text);
		if (!text_is_admitted(&learned, text))
			continue;
		admitted++;
		assert_only_git_status("/bin/dash", text);
		if (access("/bin/bash", X_OK) == 0)
			assert_only_git_status("/bin/bash", text);
	}
	print_message("%ld of %ld texts admitted and run\n", admitted, count);
	assert_true(admitted > count / 1000);
}

static void real_shells_agree_on_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof same_text / sizeof *same_text; i++) {
		assert_only_git_status("/bin/dash", same_text[i]);
		assert_int_equal(access("marks", F_OK), 0);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(smuggles_nothing),
		cmocka_unit_test(admits_what_is_the_same),
		cmocka_unit_test(opaque_is_literal),
		cmocka_unit_test(real_shells_agree_on_the_same),
		cmocka_unit_test(real_shells_run_nothing_else),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
