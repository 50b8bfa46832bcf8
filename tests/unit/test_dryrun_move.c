/* Folders of a dry run that the tracer moves: never through a link, which the agent may put in the
 * way at any time. */
#include "recorder/dryrun/private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The agent's world is the folder "root" of a new one, and what lies beside it is real. */
struct world {
	char top[64];
	struct mount mount;
	struct dryrun dryrun;
};

static void make_file(const char *name)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	fputs(name, file);
	assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	assert_non_null(world);
	strcpy(world->top, "/tmp/pare-test.XXXXXX");
	assert_non_null(mkdtemp(world->top));
	assert_int_equal(chdir(world->top), 0);
	assert_int_equal(mkdir("outside", 0755) | mkdir("outside/x", 0755) | mkdir("root", 0755) |
				 mkdir("root/a", 0755) | mkdir("root/a/x", 0750) |
				 mkdir("root/a/x/deep", 0755),
			 0);
	make_file("outside/x/file");
	make_file("root/a/x/deep/file");
	assert_int_equal(symlink("deep/file", "root/a/x/link"), 0);
	world->mount = (struct mount){ .place = (char *)(uintptr_t) "/", .seen = true };
	world->dryrun.mounts = (struct mounts){ &world->mount, 1 };
	world->dryrun.root = open("root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(world->dryrun.root >= 0);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;
	char command[96];

	close(world->dryrun.root);
	snprintf(command, sizeof command, "rm -rf %s", world->top);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(system(command), 0);
	free(world);
	return 0;
}

static bool is_there(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static void a_folder_is_moved_whole(void **state)
{
	struct world *world = *state;
	struct stat st;

	assert_int_equal(dryrun_move(&world->dryrun, "/a/x", "/y", 0), 0);
	assert_false(is_there("root/a/x"));
	assert_true(is_there("root/y/deep/file"));
	assert_int_equal(lstat("root/y/link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lstat("root/y", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
}

/* "/out" was a folder when the agent named it. */
static void a_link_on_the_way_is_not_followed(void **state)
{
	struct world *world = *state;
	char outside[96];

	snprintf(outside, sizeof outside, "%s/outside", world->top);
	assert_int_equal(symlink(outside, "root/out"), 0);
	assert_int_equal(dryrun_move(&world->dryrun, "/out/x", "/y", 0), -ELOOP);
	assert_true(is_there("outside/x/file"));
	assert_false(is_there("root/y"));
	assert_int_equal(dryrun_move(&world->dryrun, "/a/x", "/out/y", 0), -ELOOP);
	assert_false(is_there("outside/y"));
	assert_true(is_there("root/a/x/deep/file"));
}

static void what_rename_refuses_is_refused(void **state)
{
	struct world *world = *state;

	assert_int_equal(dryrun_move(&world->dryrun, "/a/x", "/a/x/deep/y", 0), -EINVAL);
	assert_int_equal(dryrun_move(&world->dryrun, "/a/none", "/y", 0), -ENOENT);
	assert_int_equal(dryrun_move(&world->dryrun, "/a/x", "/none/y", 0), -ENOENT);
	assert_int_equal(mkdir("root/full", 0755), 0);
	make_file("root/full/file");
	assert_int_equal(dryrun_move(&world->dryrun, "/a/x", "/full", 0), -ENOTEMPTY);
	assert_true(is_there("root/full/file"));
	assert_true(is_there("root/a/x/deep/file"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_folder_is_moved_whole, begin, end),
		cmocka_unit_test_setup_teardown(a_link_on_the_way_is_not_followed, begin, end),
		cmocka_unit_test_setup_teardown(what_rename_refuses_is_refused, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
