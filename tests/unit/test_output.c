#include "core/command.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* The tests stand in a folder of their own. */
static int enter_folder(void **state)
{
	char *name = strdup("/tmp/pare-output.XXXXXX");

	*state = name;
	return !name || !mkdtemp(name) || chdir(name) ? -1 : 0;
}

static int leave_folder(void **state)
{
	char *name = *state;
	int rc = chdir("/");

	rc |= rmdir(name); /* fails when a test, or the output, left something behind */
	free(name);
	return rc;
}

static void write_plain(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
	char got[100] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(got, 1, sizeof got - 1, file) > 0);
	fclose(file);
	assert_string_equal(got, text);
}

static void replaces_only_on_commit(void **state)
{
	struct error err = { 0 };
	struct output *output;
	struct stat st;

	(void)state;
	write_plain("a", "old");
	assert_int_equal(chmod("a", 0640), 0);
	assert_int_equal(output_open(&output, "a", &err), 0);
	fputs("new", output_file(output));
	assert_holds("a", "old");
	assert_int_equal(output_commit(output, &err), 0);
	assert_holds("a", "new");
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	unlink("a");
}

static void leaves_nothing_when_abandoned(void **state)
{
	struct error err = { 0 };
	struct output *output;

	(void)state;
	assert_int_equal(output_open(&output, "b", &err), 0);
	fputs("half", output_file(output));
	output_abandon(output);
	assert_int_equal(access("b", F_OK), -1);
	output_abandon(NULL);
}

static void keeps_a_symbolic_link(void **state)
{
	struct error err = { 0 };
	struct output *output;
	struct stat st;

	(void)state;
	write_plain("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(output_open(&output, "link", &err), 0);
	fputs("new", output_file(output));
	assert_int_equal(output_commit(output, &err), 0);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_holds("target", "new");
	unlink("link");
	unlink("target");
}

static void says_what_cannot_be_opened(void **state)
{
	struct error err = { 0 };
	struct output *output = NULL;

	(void)state;
	assert_int_equal(output_open(&output, "no/such/folder", &err), -ENOENT);
	assert_string_equal(err.text, "open no/such/folder: No such file or directory");
	assert_null(output);
	err = (struct error){ 0 };
	assert_int_equal(output_open(&output, "/tmp", &err), -EISDIR);
}

static void notices_a_full_disk(void **state)
{
	struct error err = { 0 };
	struct output *output;

	(void)state;
	assert_int_equal(output_open(&output, "/dev/full", &err), 0);
	for (int i = 0; i < 10000; i++)
		fputs("many bytes, more than a buffer holds\n", output_file(output));
	assert_true(output_commit(output, &err) < 0);
	assert_non_null(strstr(err.text, "write /dev/full: "));
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(replaces_only_on_commit),
		cmocka_unit_test(leaves_nothing_when_abandoned),
		cmocka_unit_test(keeps_a_symbolic_link),
		cmocka_unit_test(says_what_cannot_be_opened),
		cmocka_unit_test(notices_a_full_disk),
	};

	return cmocka_run_group_tests(test, enter_folder, leave_folder);
}
