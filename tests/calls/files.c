#include "expect.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>

static void opens(void)
{
	struct open_how how = { .flags = O_WRONLY | O_CREAT, .mode = 0600 };
	int fd = open("made", O_WRONLY | O_CREAT | O_EXCL, 0600);

	expect(fd, "file create DIR/made");
	expect(fd, "file write DIR/made");
	fd = open("made", O_RDWR);
	expect(fd, "file read DIR/made");
	fd = open("made", O_WRONLY | O_APPEND);
	expect(fd, "file append DIR/made");
	fd = open("made", O_WRONLY | O_CREAT | O_EXCL, 0600);
	expect(fd, "file write DIR/made");
	fd = open("no/such", O_RDONLY);
	expect(fd, "file read DIR/no/such");
	fd = open("made/below", O_RDONLY);
	expect(fd, "file read DIR/made/below");
	fd = open(".", O_RDONLY | O_DIRECTORY);
	expect(fd, "file list DIR");
	fd = open("made", O_PATH);
	expect(fd, "file stat DIR/made");
	expect(creat("created", 0600), "file create DIR/created");
	fd = (int)syscall(SYS_openat2, AT_FDCWD, "how", &how, sizeof how);
	expect(fd, "file create DIR/how");
	how = (struct open_how){ .resolve = RESOLVE_BENEATH };
	fd = (int)syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof how);
	expect(fd, "file read /etc/passwd");
}

static void names(void)
{
	char byte;

	expect(mkdir("folder", 0700), "file create DIR/folder");
	expect(symlink("nowhere", "folder/link"), "file create DIR/folder/link");
	expect(readlink("folder/link", &byte, 1), "file stat DIR/folder/link");
	expect(link("made", "folder/hard"), "file link DIR/made");
	expect(access("folder/hard", F_OK), "file stat DIR/folder/hard");
	expect(rename("folder/hard", "folder/moved"), "file rename DIR/folder/hard");
	expect(mknod("fifo", S_IFIFO | 0600, 0), "file create DIR/fifo");
	expect(truncate("made", 10), "file write DIR/made");
	expect(chmod("made", 0640), "file attr DIR/made");
	expect(chown("made", (uid_t)-1, (gid_t)-1), "file attr DIR/made");
	expect(utimes("made", NULL), "file attr DIR/made");
	expect(setxattr("made", "user.a", "b", 1, 0), "file attr DIR/made");
	expect(getxattr("no-file", "user.a", &byte, 1), "file stat DIR/no-file");
	expect(unlink("folder/moved"), "file delete DIR/folder/moved");
	expect(unlink("folder/moved"), "file delete DIR/folder/moved");
	expect(rmdir("folder"), "file delete DIR/folder");
}

/* Relative to a descriptor, through links, through /proc. */
static void ways(void)
{
	char path[64];
	int folder, fd;

	must(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0 && symlink("a/b", "way") == 0, "a/b");
	folder = open("a", O_PATH);
	fd = openat(folder, "b/../b/x", O_CREAT | O_WRONLY, 0600);
	expect(fd, "file create DIR/a/b/x");
	fd = open("way/x", O_RDONLY);
	expect(fd, "file read DIR/a/b/x");
	expect(0, "file stat DIR/way");
	snprintf(path, sizeof path, "/proc/self/fd/%d/b/y", folder);
	expect(open(path, O_CREAT | O_WRONLY, 0600), "file create DIR/a/b/y");
	snprintf(path, sizeof path, "/dev/fd/%d", fd);
	expect(open(path, O_RDONLY), "file read DIR/a/b/x");
	expect(fchmod(fd, 0600), "file attr DIR/a/b/x");
	expect(fchdir(folder), "file stat DIR/a");
	expect(unlinkat(AT_FDCWD, "b/x", 0), "file delete DIR/a/b/x");
	expect(fchmod(fd, 0600), "file attr DIR/a/b/x");
	expect(chdir(".."), "file stat DIR");
	expect(open("/proc/self/status", O_RDONLY), "file read /proc/self/status");
}

/* A name that ends where its page does, and one that does not end at all. */
static void edges(void)
{
	static char long_name[8192];

	memset(long_name, 'x', sizeof long_name - 1);
	errno = 0;
	must(open(long_name, O_RDONLY) < 0 && errno == ENAMETOOLONG, "ENAMETOOLONG");
	must(open((const char *)(uintptr_t)1, O_RDONLY) < 0 && errno == EFAULT, "EFAULT");
	long_name[255] = '\0';
	expect(open(long_name, O_RDONLY), "file read DIR/%s", long_name);
}

int main(void)
{
	opens();
	names();
	ways();
	edges();
	return 0;
}
