#include "expect.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Ways to what /proc/self is that do not begin with its name. */

/* The descriptor of a new file. */
static int made(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	must(fd >= 0, name);
	return fd;
}

/* The same with a number that nobody else has. */
static int made_high(const char *name)
{
	int fd = made(name), high = fcntl(fd, F_DUPFD, 500);

	must(high >= 500 && close(fd) == 0, name);
	return high;
}

__attribute__((format(printf, 1, 2))) static const char *text(const char *format, ...)
{
	static char made[128];
	va_list args;

	va_start(args, format);
	vsnprintf(made, sizeof made, format, args);
	va_end(args);
	return made;
}

static void put_link(const char *target, const char *name)
{
	must(symlink(target, name) == 0, name);
}

/* Links of one's own to a descriptor. */
static void by_link(void)
{
	struct stat st;

	put_link(text("/proc/self/fd/%d", made("a")), "to-a");
	expect_error(0, stat("to-a", &st), "file stat DIR/to-a ok\nfile stat DIR/a");
	put_link(text("/proc/self/fd/%d", made_high("b")), "to-b");
	expect_error(0, truncate("to-b", 1), "file write DIR/b");
	put_link(text("/proc/thread-self/fd/%d", made("c")), "to-c");
	expect_error(0, chmod("to-c", 0640), "file attr DIR/c");
	put_link(text("/dev/fd/%d", made("d")), "to-d");
	expect_error(0, access("to-d", R_OK), "file stat DIR/d");
	put_link("to-e2", "to-e"), put_link("../../../../../../../../proc/self/fd", "up");
	put_link(text("up/%d", made("e")), "to-e2");
	expect_error(0, chmod("to-e", 0640), "file stat DIR/to-e2 ok\nfile attr DIR/e");
	must(dup2(made("f"), 0) == 0, "stdin");
	put_link("/dev/stdin", "to-f");
	expect_error(0, stat("to-f", &st), "file stat DIR/f");
	expect_error(0, chmod("/dev/stdin", 0640), "file attr DIR/f");
	puts("file stat /dev/stdin ok\nnot file stat /proc/self ok");
	put_link("/proc/self/fd/999", "to-none");
	expect_error(ENOENT, stat("to-none", &st), "file stat /proc/self/fd/999");
	expect_error(0, lstat("to-a", &st), "file stat DIR/to-a");
}

/* Links to a folder above it. */
static void by_folder(void)
{
	struct stat st;

	put_link("/proc/self/fd", "fds"), put_link("/proc/self/cwd", "here");
	put_link("/proc/thread-self", "me");
	expect_error(0, chmod(text("fds/%d", made("g")), 0640), "file attr DIR/g");
	expect_error(0, truncate(text("fds/%d", made_high("h")), 1), "file write DIR/h");
	expect_error(ENOENT, stat("fds/999", &st), "file stat /proc/self/fd/999");
	close(made("i"));
	expect_error(0, chmod("here/i", 0640), "file attr DIR/i");
	expect_error(ENOENT, stat("here/missing", &st), "file stat DIR/missing");
	expect_error(0, stat("me/comm", &st), "file stat /proc/thread-self/comm");
	expect_error(0, open("me/status", O_RDONLY), "file read /proc/thread-self/status");
	expect_error(0, mkdir("here/new", 0700), "file create DIR/new");
}

/* Spellings, and places to start at. */
static void by_name(void)
{
	int home = open(".", O_PATH), proc = open("/proc", O_PATH),
	    fds = open("/proc/self/fd", O_PATH);
	struct stat st;

	expect_error(0, chmod(text("/proc/./self/fd/%d", made("j")), 0640), "file attr DIR/j");
	expect_error(0, chmod(text("//proc/self/fd/%d", made_high("k")), 0640), "file attr DIR/k");
	expect_error(0, chmod(text("/proc/sys/../self/fd/%d", made("l")), 0640), "file attr DIR/l");
	expect_error(0, chmod(text("/dev/../dev/fd/%d", made("m")), 0640), "file attr DIR/m");
	expect_error(0, fchmodat(proc, text("self/fd/%d", made_high("n")), 0640, 0),
		     "file attr DIR/n");
	expect_error(0, fchmodat(proc, text("./thread-self/fd/%d", made("o")), 0640, 0),
		     "file attr DIR/o");
	expect_error(0, fchmodat(fds, text("%d", made("p")), 0640, 0), "file attr DIR/p");
	expect_error(0, fstatat(proc, "self/limits", &st, 0), "file stat /proc/self/limits");
	expect_error(0, fstatat(proc, "version", &st, 0), "file stat /proc/version");
	expect_error(0, stat("/proc/mounts", &st), "file stat /proc/self/mounts");
	expect_error(0, stat("/proc/net/dev", &st), "file stat /proc/self/net/dev");
	must(fchdir(proc) == 0, "/proc");
	expect_error(0, truncate(text("self/fd/%d", openat(home, "a", O_RDONLY)), 1),
		     "file write DIR/a");
	expect_error(0, stat("net/route", &st), "file stat /proc/self/net/route");
	must(fchdir(home) == 0, "home");
	expect_error(0, stat("/proc/1/comm", &st), "file stat /proc/1/comm");
}

/* What a descriptor stands for may have no name. */
static void nameless(void)
{
	struct stat st;
	int ends[2];

	must(pipe(ends) == 0, "pipe");
	put_link(text("/proc/self/fd/%d", ends[1]), "to-pipe");
	expect_error(0, open("to-pipe", O_WRONLY), "file write /proc/self/fd/%d", ends[1]);
	expect_error(0, stat("to-pipe", &st), "file stat /proc/self/fd/%d", ends[1]);
	put_link("/proc/self/ns/net", "to-net");
	expect_error(0, stat("to-net", &st), "file stat /proc/self/ns/net");
}

int main(void)
{
	by_link();
	by_folder();
	by_name();
	nameless();
	return 0;
}
