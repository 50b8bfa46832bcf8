#include "expect.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>

/* The less usual ways to one thing: empty paths, descriptors, links of /proc. */

#define FCHMODAT2     452
#define SETXATTRAT    463
#define GETXATTRAT    464
#define LISTXATTRAT   465
#define REMOVEXATTRAT 466
#define FILE_GETATTR  468
#define FILE_SETATTR  469

static const char *volatile nowhere; /* NULL, but the compiler does not know */

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	must(fd >= 0 && write(fd, "content", 7) == 7 && close(fd) == 0, path);
}

/* A descriptor of a file that has been renamed since, so that the name stands only for what is
 * done through it. */
static int held(const char *name, int flags)
{
	int fd;

	make("made");
	fd = open("made", flags);
	must(fd >= 0 && rename("made", name) == 0, name);
	return fd;
}

static const char *own_link(int fd)
{
	static char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}

/* A file gets another name without saying its own. */
static void names(void)
{
	int two = open("two", O_PATH), fd;

	expect(linkat(held("l1", O_RDONLY), "", two, "l1-hard", AT_EMPTY_PATH),
	       "as descriptor: file link DIR/l1");
	expect(linkat(held("l2", O_RDONLY), "", two, "l2-hard", AT_EMPTY_PATH),
	       "file create DIR/two/l2-hard");
	expect_error(
		0,
		linkat(AT_FDCWD, own_link(held("l3", O_RDONLY)), two, "l3-hard", AT_SYMLINK_FOLLOW),
		"file link DIR/l3");
	puts("file create DIR/two/l3-hard ok");
	expect_error(0, linkat(-1, own_link(held("l4", O_PATH)), two, "l4-hard", AT_SYMLINK_FOLLOW),
		     "file link DIR/l4");
	expect_error(EXDEV, linkat(AT_FDCWD, own_link(held("l5", O_RDONLY)), two, "l5-hard", 0),
		     "file create DIR/two/l5-hard");
	puts("not file link DIR/l5 failed"); /* it is the link in /proc that it was for */
	fd = held("l6", O_RDONLY);
	must(unlink("l6") == 0, "l6");
	expect(linkat(fd, "", two, "l6-hard", AT_EMPTY_PATH), "file create DIR/two/l6-hard");
	fd = open("two", O_TMPFILE | O_WRONLY | O_EXCL, 0600);
	if (fd >= 0)
		expect(linkat(AT_FDCWD, own_link(fd), two, "not-to-be", AT_SYMLINK_FOLLOW),
		       "file create DIR/two/not-to-be");
	expect_error(EPERM, linkat(two, "", two, "l7-hard", AT_EMPTY_PATH),
		     "file create DIR/two/l7-hard");
}

static void renames(void)
{
	int two = open("two", O_PATH);
	long result;

	make("e1"), make("two/e2"), make("w1"), make("w3"), make("w4"), make("n1");
	must(symlink("e1", "e3") == 0 && mkdir("e4", 0700) == 0, "e3");
	expect_error(0, renameat2(AT_FDCWD, "e1", two, "e2", RENAME_EXCHANGE),
		     "file rename DIR/e1");
	puts("file rename DIR/two/e2 ok");
	expect_error(0, renameat2(AT_FDCWD, "e3", AT_FDCWD, "e4", RENAME_EXCHANGE),
		     "file rename DIR/e3");
	puts("file rename DIR/e4 ok\nnot file stat DIR/e3 ok\nnot file delete DIR/e4 ok");
	expect_error(ENOENT, renameat2(AT_FDCWD, "n1", AT_FDCWD, "none", RENAME_EXCHANGE),
		     "file rename DIR/none");
	expect_error(EINVAL,
		     renameat2(AT_FDCWD, "n1", AT_FDCWD, "n2", RENAME_EXCHANGE | RENAME_NOREPLACE),
		     "file rename DIR/n1");
	result = renameat2(AT_FDCWD, "w1", two, "w2", RENAME_WHITEOUT);
	expect(result, "file rename DIR/w1");
	expect(result, "file create DIR/two/w2");
	expect(result, "file create DIR/w1");
	result = renameat2(AT_FDCWD, "w3", AT_FDCWD, "w4", RENAME_WHITEOUT);
	expect(result, "file delete DIR/w4");
	expect(result, "file create DIR/w3");
}

static void modes(void)
{
	int folder = open("two", O_PATH);

	expect(syscall(FCHMODAT2, held("m1", O_PATH), "", 0640, AT_EMPTY_PATH),
	       "as descriptor: file attr DIR/m1");
	expect(syscall(FCHMODAT2, AT_FDCWD, "m1", 0640, 0x80000000), "file attr DIR/m1");
	expect_error(0, chmod(own_link(held("m2", O_PATH)), 0640), "file attr DIR/m2");
	expect_error(EBADF, fchmod(held("m3", O_PATH), 0640), "file attr DIR/m3");
	expect_error(0, futimens(held("m4", O_RDONLY), NULL), "as descriptor: file attr DIR/m4");
	expect(utimensat(held("m5", O_PATH), "", NULL, AT_EMPTY_PATH), "file attr DIR/m5");
	expect_error(0, fchownat(held("m6", O_PATH), "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH),
		     "as descriptor: file attr DIR/m6");
	expect_error(0, fchownat(AT_FDCWD, "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH),
		     "file attr DIR");
	must(fchdir(folder) == 0, "two");
	expect_error(EINVAL, fchownat(AT_FDCWD, "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH | 1),
		     "file attr DIR/two");
	must(chdir("..") == 0, "..");
	must(fchownat(AT_FDCWD, "", (uid_t)-1, (gid_t)-1, 0) < 0, "no flag");
	must(fchmodat(AT_FDCWD, nowhere, 0600, 0) < 0, "no path");
	puts("not file attr DIR absent\nnot file attr DIR failed");
}

/* The flags stand in a structure of their own: setxattrat(2). */
static void attributes(void)
{
	struct {
		uint64_t value;
		uint32_t size, flags;
	} attribute = { (uintptr_t) "1", 1, 0 };
	int fd = held("x1", O_RDWR);
	char text[64];

	expect(fsetxattr(fd, "user.x", "1", 1, 0), "as descriptor: file attr DIR/x1");
	expect(fsetxattr(fd, "user.x", "1", 1, XATTR_CREATE | XATTR_REPLACE), "file attr DIR/x1");
	expect(fremovexattr(held("x2", O_RDWR), "user.none"), "file attr DIR/x2");
	fgetxattr(held("x3", O_RDWR), "user.x", text, sizeof text);
	flistxattr(held("x4", O_RDWR), text, sizeof text);
	puts("not file attr DIR/x3 ok\nnot file attr DIR/x4 ok");
	expect(setxattr(own_link(held("x5", O_RDWR)), "user.x", "1", 1, 0), "file attr DIR/x5");
	if (syscall(SETXATTRAT, fd, "", AT_EMPTY_PATH, "user.y", &attribute, sizeof attribute) <
		    0 &&
	    errno == ENOSYS) {
		puts("skip setxattrat: this kernel lacks it");
		return;
	}
	make("x6"), must(symlink("x6", "x7") == 0, "x7");
	expect(syscall(SETXATTRAT, AT_FDCWD, "x6", 0, "user.y", &attribute, sizeof attribute),
	       "file attr DIR/x6");
	expect(syscall(REMOVEXATTRAT, AT_FDCWD, "x7", AT_SYMLINK_NOFOLLOW, "user.y"),
	       "file attr DIR/x7");
	expect(syscall(GETXATTRAT, AT_FDCWD, "x7", AT_SYMLINK_NOFOLLOW, "user.y", &attribute,
		       sizeof attribute),
	       "file stat DIR/x7");
	expect(syscall(LISTXATTRAT, AT_FDCWD, "x-none", 0, text, sizeof text),
	       "file stat DIR/x-none");
	syscall(LISTXATTRAT, held("x8", O_RDONLY), "", AT_EMPTY_PATH, text, sizeof text);
	puts("not file attr DIR/x8 ok");
}

static void flags(void)
{
	uint64_t attribute[4] = { 0 };
	int fd = held("f1", O_RDONLY);
	long result = syscall(FILE_GETATTR, AT_FDCWD, "f1", attribute, sizeof attribute, 0);

	if (result < 0 && errno == ENOSYS) {
		puts("skip file_getattr: this kernel lacks it");
		return;
	}
	expect(result, "file stat DIR/f1");
	expect(syscall(FILE_SETATTR, fd, "", attribute, sizeof attribute, AT_EMPTY_PATH),
	       "as descriptor: file attr DIR/f1");
	must(symlink("f1", "f2") == 0, "f2");
	expect(syscall(FILE_SETATTR, AT_FDCWD, "f2", attribute, sizeof attribute,
		       AT_SYMLINK_NOFOLLOW),
	       "file attr DIR/f2");
}

static void lookups(void)
{
	struct statx more;
	struct stat st;
	int folder = open("looked", O_RDONLY), file = held("s0", O_RDONLY);

	must(rename("looked", "looked-at") == 0, "looked");
	must(statx(file, "", AT_EMPTY_PATH, STATX_ALL, &more) == 0, "statx");
	must(fstatat(file, "", &st, AT_EMPTY_PATH) == 0, "fstatat");
	puts("not file stat DIR/s0 ok");
	expect_error(0, statx(folder, ".", 0, STATX_ALL, &more), "file stat DIR/looked-at");
	expect_error(0, statx(AT_FDCWD, "", AT_EMPTY_PATH, STATX_ALL, &more), "file stat DIR");
	expect_error(ENOENT, statx(folder, "none", AT_NO_AUTOMOUNT, STATX_ALL, &more),
		     "file stat DIR/looked-at/none");
	expect_error(0, stat(own_link(held("s1", O_PATH)), &st), "file stat DIR/s1");
	expect_error(0, lstat(own_link(folder), &st), "file stat /proc/self/fd/%d", folder);
	expect_error(0, faccessat(folder, "../s1", R_OK, 0), "file stat DIR/s1");
}

static void copies(void)
{
	int pipes[2], from = held("c1", O_RDONLY), to = held("c2", O_WRONLY);
	struct iovec data = { (char[]){ 'x' }, 1 };

	must(pipe(pipes) == 0, "pipe");
	expect_error(0, copy_file_range(from, NULL, to, NULL, 7, 0) - 7,
		     "as descriptor: file write DIR/c2");
	puts("as descriptor: file read DIR/c1 ok");
	expect_error(0, copy_file_range(held("c3", O_RDONLY), NULL, to, NULL, 0, 0),
		     "file read DIR/c3");
	expect_error(EBADF,
		     copy_file_range(held("c4", O_RDONLY), NULL, held("c5", O_WRONLY | O_APPEND),
				     NULL, 7, 0),
		     "file write DIR/c5");
	expect_error(EINVAL,
		     sendfile(held("c6", O_WRONLY | O_APPEND), held("c7", O_RDONLY), NULL, 7),
		     "file write DIR/c6");
	puts("file read DIR/c7 failed");
	must(vmsplice(pipes[1], &data, 1, 0) == 1, "vmsplice");
	expect_error(EINVAL, splice(pipes[0], NULL, held("c8", O_WRONLY | O_APPEND), NULL, 1, 0),
		     "file write DIR/c8");
	expect_error(EBADF, sendfile(held("c9", O_RDONLY), held("c10", O_RDONLY), NULL, 7),
		     "file write DIR/c9");
	must(sendfile(pipes[1], -1, NULL, 7) < 0, "no source");
}

int main(void)
{
	must(mkdir("two", 0700) == 0 && mkdir("looked", 0700) == 0, "folders");
	names();
	renames();
	modes();
	attributes();
	flags();
	lookups();
	copies();
	return 0;
}
