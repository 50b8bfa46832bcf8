#include "expect.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

static int folder, file;

static void stats(void)
{
	struct statx more;
	struct stat st;

	expect_error(0, stat("a", &st), "file stat DIR/a");
	expect_error(0, stat("link-b", &st), "file stat DIR/b");
	puts("file stat DIR/link-b ok");
	expect_error(0, lstat("link-c", &st), "file stat DIR/link-c");
	puts("not file stat DIR/c ok");
	expect_error(0, fstatat(folder, "d", &st, 0), "file stat DIR/folder/d");
	expect_error(0, fstatat(folder, "link-e", &st, AT_SYMLINK_NOFOLLOW),
		     "file stat DIR/folder/link-e");
	puts("not file stat DIR/folder/e ok");
	expect_error(0, fstatat(file, "", &st, AT_EMPTY_PATH), "file stat DIR/file");
	expect_error(0, fstatat(AT_FDCWD, "", &st, AT_EMPTY_PATH), "file stat DIR");
	expect_error(ENOENT, stat("missing", &st), "file stat DIR/missing");
	expect_error(ENOTDIR, stat("a/b", &st), "file stat DIR/a/b");
	expect_error(0, statx(folder, "f", 0, STATX_BASIC_STATS, &more), "file stat DIR/folder/f");
	expect_error(0, statx(folder, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &more),
		     "file stat DIR/folder");
	expect_error(0, statx(AT_FDCWD, "link-g", AT_SYMLINK_NOFOLLOW, STATX_ALL, &more),
		     "file stat DIR/link-g");
	puts("not file stat DIR/g ok");
	expect_error(0, statx(-1, "/etc/passwd", 0, STATX_BASIC_STATS, &more),
		     "file stat /etc/passwd");
}

static void accesses(void)
{
	expect_error(0, access("h", R_OK), "file stat DIR/h");
	expect_error(EACCES, access("h2", X_OK), "file stat DIR/h2");
	expect_error(0, faccessat(folder, "i", W_OK, 0), "file stat DIR/folder/i");
	expect_error(0, syscall(SYS_faccessat2, folder, "link-j", F_OK, AT_SYMLINK_NOFOLLOW),
		     "file stat DIR/folder/link-j");
	puts("not file stat DIR/folder/j ok");
	expect_error(0, syscall(SYS_faccessat2, file, "", R_OK, AT_EMPTY_PATH),
		     "file stat DIR/file");
	expect_error(ENOENT, faccessat(folder, "missing", F_OK, 0), "file stat DIR/folder/missing");
	must(faccessat(9999, "x", F_OK, 0) < 0, "no such folder");
}

static void links(void)
{
	struct statfs fs;
	char text[64];

	expect_error(0, readlink("link-k", text, sizeof text), "file stat DIR/link-k");
	expect_error(0, readlinkat(folder, "link-l", text, sizeof text),
		     "file stat DIR/folder/link-l");
	readlink("no-link", text, sizeof text);
	puts("file stat DIR/no-link ok"); /* EINVAL: it is there, and no link */
	expect_error(ENOENT, readlink("no/link", text, sizeof text), "file stat DIR/no/link");
	expect_error(0, readlinkat(open("link-m", O_PATH | O_NOFOLLOW), "", text, sizeof text),
		     "file stat DIR/link-m");
	expect_error(0, statfs("m", &fs), "file stat DIR/m");
	expect_error(ENOENT, statfs("missing-fs", &fs), "file stat DIR/missing-fs");
}

static void attributes(void)
{
	char text[64];

	expect_error(ENODATA, getxattr("n", "user.x", text, sizeof text), "file stat DIR/n");
	expect_error(ENODATA, lgetxattr("link-o", "trusted.x", text, sizeof text),
		     "file stat DIR/link-o");
	expect_error(0, listxattr("p", text, sizeof text), "file stat DIR/p");
	expect_error(0, llistxattr("link-q", text, sizeof text), "file stat DIR/link-q");
	puts("not file stat DIR/q ok");
	expect_error(ENOENT, listxattr("missing-x", text, sizeof text), "file stat DIR/missing-x");
}

static void watches(void)
{
	int fd = inotify_init1(0);

	must(fd >= 0, "inotify");
	expect_error(0, inotify_add_watch(fd, "r", IN_MODIFY), "file stat DIR/r");
	expect_error(0, inotify_add_watch(fd, "link-s", IN_MODIFY | IN_DONT_FOLLOW),
		     "file stat DIR/link-s");
	puts("not file stat DIR/s ok");
	expect_error(ENOENT, inotify_add_watch(fd, "missing-w", IN_MODIFY),
		     "file stat DIR/missing-w");
}

static int handle_of(int directory, const char *path, int flags, struct file_handle *handle)
{
	int mount;

	handle->handle_bytes = MAX_HANDLE_SZ;
	return name_to_handle_at(directory, path, handle, &mount, flags);
}

static void handles(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} u;
	int here = open(".", O_RDONLY), fd;

	if (handle_of(AT_FDCWD, "t", 0, &u.handle) < 0) {
		puts("skip file handles: this file system has none");
		return;
	}
	puts("file stat DIR/t ok");
	expect_error(0, handle_of(AT_FDCWD, "link-u", 0, &u.handle), "file stat DIR/link-u");
	puts("not file stat DIR/u ok");
	expect_error(0, handle_of(AT_FDCWD, "link-v", AT_SYMLINK_FOLLOW, &u.handle),
		     "file stat DIR/v");
	expect_error(0, handle_of(file, "", AT_EMPTY_PATH, &u.handle), "file stat DIR/file");
	must(handle_of(folder, "w", 0, &u.handle) == 0, "handle of w");
	fd = open_by_handle_at(here, &u.handle, O_RDWR);
	if (fd < 0 && errno == EPERM) {
		puts("skip open_by_handle_at: needs CAP_DAC_READ_SEARCH");
		return;
	}
	expect_error(0, fd, "file read DIR/folder/w");
	puts("file write DIR/folder/w ok");
}

int main(void)
{
	static const char *const made[] = {
		"a",	   "b", "c",  "file",	  "folder/d", "folder/e", "folder/f",
		"g",	   "h", "h2", "folder/i", "folder/j", "k",	  "folder/l",
		"no-link", "m", "n",  "o",	  "p",	      "q",	  "r",
		"s",	   "t", "u",  "v",	  "folder/w",
	};
	static const char *const link[] = { "b", "c", "g", "k", "m", "o", "q", "s", "u", "v" };
	char name[16];

	must(mkdir("folder", 0700) == 0, "folder");
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		must(mknod(made[i], S_IFREG | 0600, 0) == 0, made[i]);
	for (size_t i = 0; i < sizeof link / sizeof *link; i++) {
		snprintf(name, sizeof name, "link-%s", link[i]);
		must(symlink(link[i], name) == 0, name);
	}
	folder = open("folder", O_PATH);
	file = open("file", O_RDONLY);
	must(symlinkat("e", folder, "link-e") == 0 && symlinkat("j", folder, "link-j") == 0 &&
		     symlinkat("l", folder, "link-l") == 0,
	     "links");
	stats();
	accesses();
	links();
	attributes();
	watches();
	handles();
	return 0;
}
