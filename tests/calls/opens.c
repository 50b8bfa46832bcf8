#include "expect.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int folder;

/* What is there already is not created; what is emptied is written. */
static void flags(void)
{
	expect_error(0, open("given/1", O_WRONLY | O_CREAT, 0600), "file write DIR/given/1");
	puts("not file create DIR/given/1 ok\nnot file read DIR/given/1 ok");
	expect_error(0, open("given/2", O_RDONLY | O_CREAT, 0600), "file read DIR/given/2");
	puts("not file create DIR/given/2 ok\nnot file write DIR/given/2 ok");
	expect_error(0, open("given/3", O_RDONLY | O_TRUNC), "file write DIR/given/3");
	puts("not file read DIR/given/3 ok");
	expect_error(0, open("given/4", O_RDWR | O_APPEND), "file append DIR/given/4");
	puts("file read DIR/given/4 ok\nnot file write DIR/given/4 ok");
	expect_error(0, open("given/5", O_WRONLY | O_APPEND | O_TRUNC), "file write DIR/given/5");
	puts("not file read DIR/given/5 ok");
	expect_error(0, open("given/6", O_RDWR), "file write DIR/given/6");
	puts("file read DIR/given/6 ok\nnot file append DIR/given/6 ok");
	expect_error(0, creat("given/7", 0600), "file write DIR/given/7");
	puts("not file create DIR/given/7 ok");
	expect_error(0, open("fresh", O_RDWR | O_CREAT, 0600), "file create DIR/fresh");
	puts("file write DIR/fresh ok\nfile read DIR/fresh ok");
	expect_error(0, open("fresh2", O_WRONLY | O_CREAT | O_APPEND, 0600),
		     "file create DIR/fresh2");
	puts("file append DIR/fresh2 ok");
	expect_error(0, creat("fresh3", 0600), "file create DIR/fresh3");
	expect_error(0, open("path", O_PATH | O_RDWR | O_TRUNC), "file stat DIR/path");
	puts("not file write DIR/path ok\nnot file read DIR/path ok");
	expect_error(0, open("given", O_PATH), "file stat DIR/given");
	puts("not file list DIR/given ok");
	expect_error(0, open("listed", O_RDONLY), "file list DIR/listed");
	puts("not file read DIR/listed ok");
}

static void failures(void)
{
	expect_error(EEXIST, open("there", O_RDONLY | O_CREAT | O_EXCL, 0600),
		     "file read DIR/there");
	expect_error(ENOTDIR, open("there/", O_RDONLY), "file read DIR/there");
	expect_error(ENOTDIR, open("there", O_RDONLY | O_DIRECTORY), "file read DIR/there");
	expect_error(EISDIR, open("folder", O_WRONLY), "file write DIR/folder");
	expect_error(EISDIR, open("new/", O_WRONLY | O_CREAT, 0600), "file create DIR/new");
	expect_error(ENOENT, open("missing/../there", O_RDONLY), "file read DIR/there");
	expect_error(ENOENT, open("missing/below/it", O_RDONLY), "file read DIR/missing/below/it");
	expect_error(ENOENT, open("/missing-root/x", O_RDWR), "file write /missing-root/x");
	puts("file read /missing-root/x absent");
	expect_error(ENXIO, open("fifo", O_WRONLY | O_NONBLOCK), "file write DIR/fifo");
	expect_error(0, open("fifo", O_RDONLY | O_NONBLOCK), "file read DIR/fifo");
	expect_error(ELOOP, open("link", O_RDONLY | O_NOFOLLOW), "file read DIR/link");
	expect_error(EEXIST, open("link", O_WRONLY | O_CREAT | O_EXCL, 0600),
		     "file write DIR/link");
	must(openat(9999, "there", O_RDONLY) < 0, "no such folder");
	expect_error(ENOTDIR, openat(open("there", O_RDONLY), "x", O_RDONLY),
		     "file read DIR/there/x");
}

static void slashes(void)
{
	expect_error(0, open("./folder/..//folder/./one", O_RDONLY), "file read DIR/folder/one");
	expect_error(0, open("folder//two", O_RDONLY), "file read DIR/folder/two");
	expect_error(0, open("listed///", O_RDONLY), "file list DIR/listed");
	expect_error(0, open("/../../etc/./passwd", O_RDONLY), "file read /etc/passwd");
	expect_error(0, open("/", O_RDONLY), "file list /");
	expect_error(0, open("..", O_PATH), "file stat PARENT");
	expect_error(0, openat(folder, "three", O_RDONLY), "file read DIR/folder/three");
	expect_error(0, openat(folder, "./../there8", O_RDONLY), "file read DIR/there8");
	expect_error(0, openat(folder, ".", O_RDONLY), "file list DIR/folder");
	expect_error(0, openat(folder, "/etc/passwd", O_RDONLY), "file read /etc/passwd");
	expect_error(0, openat(folder, "by-folder", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/folder/by-folder");
}

/* A file without a name, which then gets one. */
static void nameless(void)
{
	int fd = open("folder", O_TMPFILE | O_RDWR, 0600);
	char path[64];

	if (fd < 0) {
		puts("skip O_TMPFILE: this file system has none");
		return;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	expect_error(0, linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW),
		     "file create DIR/named");
	fd = open("folder", O_TMPFILE | O_WRONLY, 0600);
	expect_error(0, linkat(fd, "", folder, "named2", AT_EMPTY_PATH),
		     "file create DIR/folder/named2");
	expect_error(0, open("named", O_RDONLY), "file read DIR/named");
}

static int open_beneath(int directory, const char *path, uint64_t flags_, uint64_t resolve)
{
	struct open_how how = { .flags = flags_, .resolve = resolve };

	how.mode = flags_ & O_CREAT ? 0600 : 0;
	return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

static void beneath(void)
{
	expect_error(0, open_beneath(folder, "four", O_RDONLY, RESOLVE_BENEATH),
		     "file read DIR/folder/four");
	expect_error(EXDEV, open_beneath(folder, "../there", O_RDONLY, RESOLVE_BENEATH),
		     "file read DIR/there");
	expect_error(0, open_beneath(folder, "/etc/passwd", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/passwd");
	expect_error(0, open_beneath(folder, "/etc/group", O_WRONLY | O_CREAT, RESOLVE_IN_ROOT),
		     "file create DIR/folder/etc/group");
	expect_error(ENOENT, open_beneath(folder, "/etc/shadow", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/shadow");
	expect_error(0, open_beneath(folder, "../../five", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/five");
	expect_error(ELOOP, open_beneath(AT_FDCWD, "link", O_RDONLY, RESOLVE_NO_SYMLINKS),
		     "file read DIR/there9");
	expect_error(0, open_beneath(AT_FDCWD, "folder/six", O_WRONLY, RESOLVE_NO_XDEV),
		     "file write DIR/folder/six");
	expect_error(EXDEV, open_beneath(AT_FDCWD, "/proc/version", O_RDONLY, RESOLVE_NO_XDEV),
		     "file read /proc/version");
	expect_error(EINVAL, open_beneath(AT_FDCWD, "there", O_RDONLY, 1u << 31),
		     "file read DIR/there");
}

/* Links below a folder that is "/" to them. */
static void rooted(void)
{
	must(symlink("/etc/passwd", "folder/to-passwd") == 0 &&
		     symlink("/etc/nothing", "folder/to-nothing") == 0 &&
		     symlink("/etc", "folder/to-etc") == 0 &&
		     symlink("../../../etc/none", "folder/to-none") == 0 &&
		     symlink("/../to-nothing", "folder/twice") == 0 &&
		     symlink("/etc/made", "folder/to-made") == 0,
	     "links");
	expect_error(0, open_beneath(folder, "to-passwd", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/passwd");
	puts("file stat DIR/folder/to-passwd ok");
	expect_error(ENOENT, open_beneath(folder, "to-nothing", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/nothing");
	puts("file stat DIR/folder/to-nothing ok\nnot file read /etc/nothing absent");
	expect_error(ENOENT, open_beneath(folder, "/to-etc/no", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/no");
	puts("file stat DIR/folder/to-etc ok\nnot file read /etc/no absent");
	expect_error(ENOENT, open_beneath(folder, "to-none", O_WRONLY, RESOLVE_IN_ROOT),
		     "file write DIR/folder/etc/none");
	puts("not file write /etc/none absent\nnot file write DIR/etc/none absent");
	expect_error(ENOENT, open_beneath(folder, "twice", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/etc/nothing");
	puts("file stat DIR/folder/twice ok");
	expect_error(0, open_beneath(folder, "to-made", O_WRONLY | O_CREAT, RESOLVE_IN_ROOT),
		     "file create DIR/folder/etc/made");
	puts("not file create /etc/made ok");
	must(unlink("folder/to-none") == 0 && symlink("/gone", "folder/to-none") == 0, "again");
	expect_error(ENOENT, open_beneath(folder, "to-none/below", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read DIR/folder/gone/below");
	puts("not file read /gone/below absent");
}

/* Where links are refused, what they lead to is what was wanted. */
static void refused(void)
{
	must(symlink("no-such", "folder/dangling") == 0, "dangling");
	expect_error(EXDEV, open_beneath(folder, "to-passwd", O_RDONLY, RESOLVE_BENEATH),
		     "file read /etc/passwd");
	expect_error(EXDEV, open_beneath(folder, "/etc/group", O_RDONLY, RESOLVE_BENEATH),
		     "file read /etc/group");
	expect_error(ENOENT, open_beneath(folder, "dangling", O_RDONLY, RESOLVE_BENEATH),
		     "file read DIR/folder/no-such");
	expect_error(EXDEV, open_beneath(folder, "to-nothing", O_RDONLY, RESOLVE_BENEATH),
		     "file read /etc/nothing");
	expect_error(0, open_beneath(folder, "dangling", O_WRONLY | O_CREAT, RESOLVE_BENEATH),
		     "file create DIR/folder/no-such");
	must(unlink("folder/no-such") == 0, "no-such");
	expect_error(ELOOP, open_beneath(folder, "dangling", O_WRONLY, RESOLVE_NO_SYMLINKS),
		     "file write DIR/folder/no-such");
	expect_error(
		ELOOP,
		open_beneath(folder, "dangling", O_WRONLY, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS),
		"file write DIR/folder/no-such");
}

/* What /proc/self is stays the program's own, whatever is "/" to it. */
static void rooted_own(void)
{
	int slash = open("/", O_PATH), proc = open("/proc", O_PATH);

	expect_error(0, open_beneath(slash, "/proc/self/limits", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read /proc/self/limits");
	expect_error(0, open_beneath(proc, "/self/io", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read /proc/self/io");
	expect_error(ENOENT, open_beneath(proc, "self/fd/901", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read /proc/self/fd/901");
	expect_error(ENOENT, open_beneath(slash, "/nothing-here", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read /nothing-here");
	expect_error(ENOENT, open_beneath(slash, "proc/self/none", O_RDONLY, RESOLVE_IN_ROOT),
		     "file read /proc/self/none");
}

int main(void)
{
	static const char *const made[] = { "there",	    "there2",		"there3",
					    "there4",	    "there5",		"there6",
					    "there7",	    "there8",		"there9",
					    "path",	    "folder/one",	"folder/two",
					    "folder/three", "folder/four",	"folder/five",
					    "folder/six",   "folder/etc/passwd" };

	must(mkdir("folder", 0700) == 0 && mkdir("listed", 0700) == 0, "folder");
	must(mkdir("folder/etc", 0700) == 0, "folder/etc");
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		must(mknod(made[i], S_IFREG | 0600, 0) == 0, made[i]);
	must(symlink("there9", "link") == 0 && mkfifo("fifo", 0600) == 0, "link");
	folder = open("folder", O_PATH);
	flags();
	failures();
	slashes();
	nameless();
	beneath();
	rooted();
	refused();
	rooted_own();
	return 0;
}
