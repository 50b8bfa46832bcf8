#include "expect.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>

static int one, two;

static void make(const char *path)
{
	must(mknod(path, S_IFREG | 0600, 0) == 0, path);
}

static void renames(void)
{
	/* Between two names of one file it does nothing, and deletes neither. */
	must(creat("twin", 0600) >= 0 && link("twin", "other-twin") == 0, "twin");
	expect(rename("twin", "other-twin"), "file rename DIR/twin");
	puts("not file delete DIR/other-twin ok");
	make("a"), make("b"), make("c"), make("d"), make("e"), make("one/f"), make("g"), make("h");
	expect_error(0, rename("a", "a-moved"), "file rename DIR/a");
	puts("file create DIR/a-moved ok\nnot file delete DIR/a-moved ok");
	expect_error(0, rename("b", "c"), "file rename DIR/b");
	puts("file create DIR/c ok\nfile delete DIR/c ok");
	expect_error(0, renameat2(AT_FDCWD, "d", AT_FDCWD, "e", RENAME_EXCHANGE),
		     "file rename DIR/d");
	puts("file rename DIR/e ok\nnot file delete DIR/e ok");
	expect_error(EEXIST, renameat2(AT_FDCWD, "g", AT_FDCWD, "h", RENAME_NOREPLACE),
		     "file rename DIR/g");
	puts("file create DIR/h failed\nnot file delete DIR/h ok\nnot file delete DIR/h failed");
	expect_error(0, renameat(one, "f", two, "f-moved"), "file rename DIR/one/f");
	puts("file create DIR/two/f-moved ok");
	expect_error(0, renameat2(AT_FDCWD, "g", two, "g-moved", RENAME_NOREPLACE),
		     "file rename DIR/g");
	puts("file create DIR/two/g-moved ok");
	expect_error(ENOENT, rename("missing", "x"), "file rename DIR/missing");
	expect_error(ENOENT, rename("h", "missing/x"), "file rename DIR/h");
	puts("file create DIR/missing/x absent");
	expect_error(ENOTDIR, rename("one", "h"), "file rename DIR/one");
	expect_error(EINVAL, rename("one", "one/below"), "file rename DIR/one");
	expect_error(0, rename("one/", "one-moved/"), "file rename DIR/one");
	puts("file create DIR/one-moved ok");
	expect_error(0, rename("way/k", "way/k-moved"), "file rename DIR/two/k");
	puts("file create DIR/two/k-moved ok\nfile stat DIR/way ok");
}

static void links(void)
{
	make("l"), make("m"), make("n");
	must(symlink("l", "link-l") == 0, "link-l");
	expect_error(0, link("m", "m-hard"), "file link DIR/m");
	puts("file create DIR/m-hard ok");
	expect_error(0, linkat(AT_FDCWD, "link-l", two, "l-hard", AT_SYMLINK_FOLLOW),
		     "file link DIR/l");
	puts("file create DIR/two/l-hard ok");
	expect_error(0, linkat(AT_FDCWD, "link-l", AT_FDCWD, "link-l-hard", 0),
		     "file link DIR/link-l");
	puts("file create DIR/link-l-hard ok");
	expect_error(EEXIST, link("m", "n"), "file link DIR/m");
	puts("file create DIR/n failed");
	expect_error(ENOENT, link("missing-link", "x"), "file link DIR/missing-link");
	expect_error(EPERM, link("two", "two-hard"), "file link DIR/two");
	/* One of two names goes; the file stays. */
	expect_error(0, unlink("m-hard"), "file delete DIR/m-hard");
	puts("not file delete DIR/m ok");
}

static void made(void)
{
	expect_error(0, mkdir("p", 0700), "file create DIR/p");
	expect_error(0, mkdir("q/", 0700), "file create DIR/q");
	expect_error(0, mkdirat(two, "r", 0700), "file create DIR/two/r");
	expect_error(EEXIST, mkdir("p", 0700), "file create DIR/p");
	expect_error(ENOENT, mkdir("missing/p", 0700), "file create DIR/missing/p");
	expect_error(0, symlink("/nowhere", "s"), "file create DIR/s");
	expect_error(0, symlinkat("../x", two, "t"), "file create DIR/two/t");
	expect_error(EEXIST, symlink("x", "p"), "file create DIR/p");
	expect_error(0, mkfifo("u", 0600), "file create DIR/u");
	expect_error(0, mknodat(two, "v", S_IFREG | 0600, 0), "file create DIR/two/v");
	expect_error(ENOTDIR, mkdir("u/below", 0700), "file create DIR/u/below");
	puts("not file read /nowhere ok\nnot file stat /nowhere ok");
}

static void deletes(void)
{
	make("two/w"), make("two/x"), make("y");
	expect_error(0, unlinkat(two, "w", 0), "file delete DIR/two/w");
	expect_error(0, unlink("way/x"), "file delete DIR/two/x");
	expect_error(0, unlink("s"), "file delete DIR/s");
	puts("not file delete /nowhere ok\nnot file delete /nowhere absent");
	expect_error(0, rmdir("p"), "file delete DIR/p");
	expect_error(0, unlinkat(two, "r", AT_REMOVEDIR), "file delete DIR/two/r");
	expect_error(0, rmdir("q///"), "file delete DIR/q");
	expect_error(ENOTEMPTY, rmdir("two"), "file delete DIR/two");
	expect_error(ENOTDIR, rmdir("y"), "file delete DIR/y");
	expect_error(EISDIR, unlink("two"), "file delete DIR/two");
	expect_error(ENOENT, unlink("missing-file"), "file delete DIR/missing-file");
	expect_error(ENOTDIR, unlink("y/below"), "file delete DIR/y/below");
	expect_error(0, remove("y"), "file delete DIR/y");
	expect_error(EINVAL, rmdir("two/."), "file delete DIR/two");
}

int main(void)
{
	must(mkdir("one", 0700) == 0 && mkdir("two", 0700) == 0, "folders");
	must(symlink("two", "way") == 0, "way");
	make("two/k");
	one = open("one", O_RDONLY);
	two = open("two", O_PATH);
	renames();
	links();
	made();
	deletes();
	return 0;
}
