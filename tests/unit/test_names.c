#include "recorder/calls/names.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/pare-names.XXXXXX";
static char root[PATH_MAX]; /* where that is, without links */
static struct names *names;

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder) || chdir(folder) < 0 || !realpath(folder, root))
		return -1;
	mkdir("a", 0700);
	mkdir("a/b", 0700);
	fclose(fopen("a/b/file", "w"));
	return symlink("a/b", "short") || symlink("../short/file", "a/link") ||
	       symlink("loop2", "loop1") || symlink("loop1", "loop2") ||
	       symlink("/nowhere/at/all", "dangling") || names_open(&names, -1);
}

static int tear_down(void **state)
{
	static const char *const path[] = { "a/b/file", "a/link",   "short", "loop1",
					    "loop2",	"dangling", "new" };

	(void)state;
	names_close(names);
	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		unlink(path[i]);
	rmdir("a/b");
	rmdir("a");
	return rmdir(folder);
}

static void add_link(void *context, struct bytes link)
{
	struct buffer *links = context;

	buffer_append(links, link.data, link.size);
	buffer_add_char(links, ' ');
}

/* `name` and the links are below the folder where they do not begin with a slash. */
static void check(const char *path, bool follow, const char *name, bool exists, const char *links)
{
	struct object object = { .follow = follow };
	scoped(buffer) struct buffer visited = { 0 };
	char want[PATH_MAX + 64], *at = want;

	buffer_add(&object.base, root);
	buffer_add(&object.requested, path);
	names_resolve(names, &object);
	snprintf(want, sizeof want, "%s%s%s", name[0] == '/' ? "" : root,
		 *name && name[0] != '/' ? "/" : "", name);
	assert_string_equal(buffer_text(&object.name), want);
	assert_int_equal(object.exists, exists);
	names_links(names, &object, add_link, &visited);
	*at = '\0';
	while (*links) {
		size_t size = strcspn(links, " ");

		at += snprintf(at, sizeof want - (size_t)(at - want), "%s/%.*s ", root, (int)size,
			       links);
		links += size + (links[size] == ' ');
	}
	assert_string_equal(buffer_text(&visited), want);
	buffer_release(&object.base);
	buffer_release(&object.absolute);
	buffer_release(&object.requested);
	buffer_release(&object.name);
}

static void paths_are_walked(void **state)
{
	(void)state;
	check("a/b/file", true, "a/b/file", true, "");
	check("./a//b/../b/./file", true, "a/b/file", true, "");
	check("a/b/", true, "a/b", true, "");
	check(".", true, "", true, "");
	check("a/..", true, "", true, "");
	check("/", true, "/", true, "");
	check("/../..", true, "/", true, "");
}

static void links_are_followed(void **state)
{
	(void)state;
	check("short/file", true, "a/b/file", true, "short");
	check("a/link", true, "a/b/file", true, "a/link short");
	check("a/link", false, "a/link", true, "");
	check("short", false, "short", true, "");
	check("short/", false, "a/b", true, "short");
	check("short/../link", true, "a/b/file", true, "short a/link short");
	check("dangling", true, "/nowhere/at/all", false, "dangling");
}

static void what_is_missing_has_a_place(void **state)
{
	(void)state;
	check("missing", true, "missing", false, "");
	check("short/missing/x", true, "a/b/missing/x", false, "short");
	check("missing/../a", true, "a", true, "");
	check("a/b/file/x", true, "a/b/file/x", false, "");
}

static void loops_end(void **state)
{
	struct object object = { .follow = true };

	(void)state;
	buffer_add(&object.base, root);
	buffer_add(&object.requested, "loop1");
	names_resolve(names, &object);
	assert_non_null(strstr(buffer_text(&object.name), "/loop1"));
	buffer_release(&object.base);
	buffer_release(&object.absolute);
	buffer_release(&object.requested);
	buffer_release(&object.name);
}

/* What is known is believed for a while, until it is to be forgotten. */
static void changes_are_seen(void **state)
{
	char path[PATH_MAX + 8];

	(void)state;
	check("new", true, "new", false, "");
	assert_int_equal(symlink("a", "new"), 0);
	snprintf(path, sizeof path, "%s/new", root);
	names_forget(names, bytes_of(path));
	check("new", true, "a", true, "new");
	unlink("new");
	names_forget_all(names);
	check("new", true, "new", false, "");
	/* by somebody else, a while ago */
	assert_int_equal(symlink("a", "new"), 0);
	usleep(150000);
	check("new", true, "a", true, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_walked),
		cmocka_unit_test(links_are_followed),
		cmocka_unit_test(what_is_missing_has_a_place),
		cmocka_unit_test(loops_end),
		cmocka_unit_test(changes_are_seen),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
