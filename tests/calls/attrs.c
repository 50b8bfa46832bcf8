#include "expect.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

static const char *volatile nowhere; /* NULL, but the compiler does not know */
static int folder, file;

static void modes(void)
{
	expect_error(0, chmod("a", 0640), "file attr DIR/a");
	expect_error(0, chmod("link-b", 0640), "file attr DIR/b");
	expect_error(0, fchmodat(folder, "c", 0640, 0), "file attr DIR/folder/c");
	expect_error(0, fchmod(file, 0640), "file attr DIR/file");
	expect_error(ENOENT, chmod("missing", 0640), "file attr DIR/missing");
	expect_error(0, chown("d", (uid_t)-1, (gid_t)-1), "file attr DIR/d");
	expect_error(0, lchown("link-e", (uid_t)-1, (gid_t)-1), "file attr DIR/link-e");
	expect_error(0, fchown(file, getuid(), getgid()), "file attr DIR/file");
	expect_error(0, fchownat(folder, "f", (uid_t)-1, (gid_t)-1, 0), "file attr DIR/folder/f");
	expect_error(0, fchownat(folder, "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH),
		     "file attr DIR/folder");
	expect_error(0, fchownat(AT_FDCWD, "link-g", (uid_t)-1, (gid_t)-1, AT_SYMLINK_NOFOLLOW),
		     "file attr DIR/link-g");
	puts("not file attr DIR/e ok\nnot file attr DIR/g ok");
#ifdef __x86_64__
	if (syscall(452, folder, "h", 0600, AT_SYMLINK_NOFOLLOW) == 0) /* fchmodat2 */
		puts("file attr DIR/folder/h ok");
#endif
}

static void times(void)
{
	struct timeval both[2] = { { 1, 0 }, { 2, 0 } };
	struct timespec nanos[2] = { { 1, 0 }, { 2, 0 } };
	struct utimbuf old = { 1, 2 };

	expect_error(0, utime("i", &old), "file attr DIR/i");
	expect_error(0, utime("i2", NULL), "file attr DIR/i2");
	expect_error(0, utimes("j", both), "file attr DIR/j");
	expect_error(0, futimesat(folder, "k", both), "file attr DIR/folder/k");
	expect_error(0, futimesat(file, NULL, both), "file attr DIR/file");
	expect_error(0, utimensat(folder, "l", nanos, 0), "file attr DIR/folder/l");
	expect_error(0, utimensat(AT_FDCWD, "link-m", nanos, AT_SYMLINK_NOFOLLOW),
		     "file attr DIR/link-m");
	puts("not file attr DIR/m ok");
	expect_error(0, futimens(open("n", O_RDONLY), nanos), "file attr DIR/n");
	expect_error(0, futimes(open("o", O_RDONLY), both), "file attr DIR/o");
	expect_error(0, lutimes("link-p", both), "file attr DIR/link-p");
	expect_error(ENOENT, utimensat(folder, "missing", NULL, 0), "file attr DIR/folder/missing");
	must(utimensat(AT_FDCWD, nowhere, nanos, 0) < 0, "no path and no descriptor");
}

static void extended(void)
{
	if (setxattr("q", "user.x", "1", 1, 0) < 0 && errno == EOPNOTSUPP) {
		puts("skip user xattrs: this file system has none");
		return;
	}
	puts("file attr DIR/q ok");
	expect_error(0, setxattr("link-r", "user.x", "1", 1, 0), "file attr DIR/r");
	expect_error(0, removexattr("r", "user.x"), "file attr DIR/r");
	expect_error(0, fsetxattr(file, "user.x", "1", 1, 0), "file attr DIR/file");
	expect_error(0, fremovexattr(file, "user.x"), "file attr DIR/file");
	expect_error(EPERM, lsetxattr("link-s", "user.x", "1", 1, 0), "file attr DIR/link-s");
	expect_error(ENODATA, removexattr("t", "user.x"), "file attr DIR/t");
	expect_error(ENOENT, setxattr("missing-x", "user.x", "1", 1, 0), "file attr DIR/missing-x");
}

static void sizes(void)
{
	int fd = open("u", O_RDWR);

	expect_error(0, truncate("v", 10), "file write DIR/v");
	expect_error(0, truncate("link-w", 10), "file write DIR/w");
	expect_error(0, ftruncate(fd, 10), "file write DIR/u");
	expect_error(EISDIR, truncate("folder", 1), "file write DIR/folder");
	expect_error(ENOENT, truncate("missing-size", 1), "file write DIR/missing-size");
	fd = open("x", O_WRONLY | O_APPEND);
	puts("file append DIR/x ok");
	must(fallocate(fd, 0, 0, 4096) == 0 || errno == EOPNOTSUPP, "fallocate");
}

int main(void)
{
	static const char *const made[] = { "a",	"b",	    "folder/c", "file", "d",  "e",
					    "folder/f", "g",	    "folder/h", "i",	"i2", "j",
					    "folder/k", "folder/l", "m",	"n",	"o",  "p",
					    "q",	"r",	    "s",	"t",	"u",  "v",
					    "w",	"x" };
	static const char *const link[] = { "b", "e", "g", "m", "p", "r", "s", "w" };
	char name[16];

	must(mkdir("folder", 0700) == 0, "folder");
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		must(mknod(made[i], S_IFREG | 0600, 0) == 0, made[i]);
	for (size_t i = 0; i < sizeof link / sizeof *link; i++) {
		snprintf(name, sizeof name, "link-%s", link[i]);
		must(symlink(link[i], name) == 0, name);
	}
	folder = open("folder", O_RDONLY);
	file = open("file", O_RDWR);
	modes();
	times();
	extended();
	sizes();
	return 0;
}
