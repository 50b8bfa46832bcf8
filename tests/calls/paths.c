#include "expect.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char *volatile nowhere; /* NULL, but the compiler does not know */

static void make(const char *path)
{
	must(mknod(path, S_IFREG | 0600, 0) == 0, path);
}

/* Chains, loops, and links that lead nowhere. */
static void links(void)
{
	struct stat st;

	make("end");
	must(symlink("end", "chain1") == 0 && symlink("chain1", "chain2") == 0, "chain");
	must(symlink("loop2", "loop1") == 0 && symlink("loop1", "loop2") == 0, "loop");
	must(symlink("no-end", "dangling") == 0 && mkdir("deep", 0700) == 0, "dangling");
	must(symlink("../folder/../way", "deep/back") == 0 && mkdir("folder", 0700) == 0, "deep");
	must(symlink("folder", "way") == 0, "way");
	make("folder/leaf");
	expect_error(0, open("chain2", O_RDONLY), "file read DIR/end");
	puts("file stat DIR/chain2 ok\nfile stat DIR/chain1 ok");
	expect_error(ELOOP, stat("loop1", &st), "file stat DIR/loop1");
	expect_error(ENOENT, open("dangling", O_RDONLY), "file read DIR/no-end");
	puts("file stat DIR/dangling ok");
	expect_error(ENOENT, open("dangling/below", O_RDONLY), "file read DIR/no-end/below");
	expect_error(0, open("dangling", O_WRONLY | O_CREAT, 0600), "file create DIR/no-end");
	expect_error(0, open("deep/back/leaf", O_RDONLY), "file read DIR/folder/leaf");
	puts("file stat DIR/deep/back ok\nfile stat DIR/way ok");
	expect_error(0, lstat("way/", &st), "file stat DIR/folder");
	expect_error(ENOENT, lstat("way/missing", &st), "file stat DIR/folder/missing");
}

/* Bytes that are no text. */
static void bytes(void)
{
	expect_error(0, open("new\nline", O_CREAT | O_WRONLY, 0600),
		     "file create DIR/new\\x0aline");
	expect_error(0, open("caf\xe9", O_CREAT | O_WRONLY, 0600), "file create DIR/caf\\xe9");
	expect_error(0, open("back\\slash", O_CREAT | O_WRONLY, 0600),
		     "file create DIR/back\\\\slash");
	expect_error(0, open("gone (deleted)", O_CREAT | O_WRONLY, 0600),
		     "file create DIR/gone (deleted)");
	expect_error(0, open("gone (deleted)", O_RDONLY), "file read DIR/gone (deleted)");
}

/* What /proc says of the process itself. */
static void own(void)
{
	char path[64];
	struct stat st;
	int fd, ends[2];

	make("by-proc"), make("by-proc2"), make("by-proc3"), make("by-proc4");
	fd = open("by-proc", O_RDONLY);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	expect_error(0, open(path, O_WRONLY), "file write DIR/by-proc");
	snprintf(path, sizeof path, "/proc/thread-self/fd/%d", open("by-proc2", O_RDONLY));
	expect_error(0, open(path, O_WRONLY), "file write DIR/by-proc2");
	snprintf(path, sizeof path, "/dev/fd/%d", open("by-proc3", O_RDONLY));
	expect_error(0, chmod(path, 0640), "file attr DIR/by-proc3");
	snprintf(path, sizeof path, "/proc/%d/fd/%d", getpid(), open("by-proc4", O_RDONLY));
	expect_error(0, truncate(path, 1), "file write DIR/by-proc4");
	expect_error(0, open("/proc/self/maps", O_RDONLY), "file read /proc/self/maps");
	expect_error(0, open("/proc/thread-self/comm", O_RDONLY),
		     "file read /proc/thread-self/comm");
	expect_error(0, stat("/proc/self/cwd/by-proc", &st), "file stat DIR/by-proc");
	expect_error(0, stat("/proc/self/root/etc/passwd", &st), "file stat /etc/passwd");
	expect_error(0, open("/proc/self/ns/net", O_RDONLY), "file read /proc/self/ns/net");
	expect_error(0, stat("/proc/self/ns/mnt", &st), "file stat /proc/self/ns/mnt");
	must(pipe(ends) == 0, "pipe");
	snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
	expect_error(0, open(path, O_WRONLY), "file write /proc/self/fd/%d", ends[1]);
	expect_error(ENOENT, open("/proc/self/fd/999", O_RDONLY), "file read /proc/self/fd/999");
}

/* The same, by ways that do not begin with /proc/self. */
static void own_indirectly(void)
{
	char path[64];
	struct stat st;
	int home = open(".", O_PATH), fd;

	make("indirect"), make("indirect2");
	fd = open("indirect", O_RDONLY);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	must(symlink(path, "to-fd") == 0 && symlink("/proc/self/stat", "to-self") == 0, "to-fd");
	expect_error(0, stat("to-self", &st), "file stat /proc/self/stat");
	must(chdir("/proc/self") == 0, "/proc/self");
	expect_error(0, open("limits", O_RDONLY), "file read /proc/self/limits");
	must(chdir("/proc") == 0, "/proc");
	snprintf(path, sizeof path, "self/fd/%d", openat(home, "indirect2", O_RDONLY));
	expect_error(0, chmod(path, 0640), "file attr DIR/indirect2");
	expect_error(0, open("version", O_RDONLY), "file read /proc/version");
	must(fchdir(home) == 0, "home");
}

/* Where relative paths start, and how that changes. */
static void starts(void)
{
	struct stat st;
	int folder = open("folder", O_RDONLY | O_DIRECTORY), home = open(".", O_RDONLY);

	make("folder/inner"), make("folder/inner2");
	expect_error(0, chdir("folder"), "file stat DIR/folder");
	expect_error(0, open("inner", O_RDONLY), "file read DIR/folder/inner");
	expect_error(0, fchdir(home), "file stat DIR");
	expect_error(0, fchdir(folder), "file stat DIR/folder");
	expect_error(0, unlink("inner2"), "file delete DIR/folder/inner2");
	expect_error(0, chdir("../way/../deep"), "file stat DIR/deep");
	expect_error(0, stat("..", &st), "file stat DIR");
	must(fchdir(home) == 0 && mkdir("doomed", 0700) == 0 && chdir("doomed") == 0, "doomed");
	must(rmdir("../doomed") == 0, "rmdir");
	expect_error(ENOENT, open("nothing", O_WRONLY | O_CREAT, 0600),
		     "file create DIR/doomed/nothing");
	expect_error(0, chdir(".."), "file stat DIR");
	expect_error(ENOENT, chdir("missing"), "file stat DIR/missing");
	expect_error(ENOTDIR, chdir("end"), "file stat DIR/end");
}

static void *thread_apart(void *unused)
{
	(void)unused;
	must(unshare(CLONE_FS) == 0 && chdir("deep") == 0, "CLONE_FS");
	expect_error(0, open("by-thread", O_CREAT | O_WRONLY, 0600),
		     "file create DIR/deep/by-thread");
	return NULL;
}

static void threads(void)
{
	pthread_t thread;

	must(pthread_create(&thread, NULL, thread_apart, NULL) == 0, "thread");
	pthread_join(thread, NULL);
	expect_error(0, open("by-main", O_CREAT | O_WRONLY, 0600), "file create DIR/by-main");
}

/* Files that have lost their names. */
static void nameless(void)
{
	int fd = open("lost", O_CREAT | O_RDWR, 0600);
	char path[64];

	must(fd >= 0 && unlink("lost") == 0, "lost");
	puts("file delete DIR/lost ok");
	expect_error(0, fchmod(fd, 0640), "file attr DIR/lost");
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	expect_error(0, open(path, O_RDONLY), "file read DIR/lost");
	expect_error(ENOENT, open("lost", O_RDONLY), "file read DIR/lost");
}

/* Strings at the end of memory. */
static void edges(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 3 * (size_t)page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *end = memory + 2 * page;
	static char longest[PATH_MAX];
	size_t size = 0;

	must(memory != MAP_FAILED && munmap(end, (size_t)page) == 0, "mmap");
	memcpy(end - 5, "edge", 5);
	expect_error(0, open(end - 5, O_CREAT | O_WRONLY, 0600), "file create DIR/edge");
	memcpy(memory + page - 3, "across", 7);
	expect_error(0, open(memory + page - 3, O_CREAT | O_WRONLY, 0600),
		     "file create DIR/across");
	memcpy(end - 4, "over", 4);
	must(open(end - 4, O_RDONLY) < 0 && errno == EFAULT, "no end");
	must(open(end, O_RDONLY) < 0 && errno == EFAULT, "not mapped");
	must(unlink(nowhere) < 0 && errno == EFAULT, "NULL");
	must(rename("end", (char *)(uintptr_t)-1) < 0 && errno == EFAULT, "-1");
	must(open("", O_RDONLY) < 0 && errno == ENOENT, "empty");
	while (size + 2 < PATH_MAX)
		longest[size++] = '.', longest[size++] = '/';
	memcpy(longest + size - 6, "./end", 6);
	expect_error(0, access(longest, F_OK), "file stat DIR/end");
}

int main(void)
{
	links();
	bytes();
	own();
	own_indirectly();
	starts();
	threads();
	nameless();
	edges();
	return 0;
}
