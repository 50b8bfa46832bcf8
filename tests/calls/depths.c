#include "expect.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* In a folder that lies deeper than PATH_MAX, of which the kernel tells no name: nothing is to be
 * invented in its place. */

#define LEVELS 30

static char level[201];

static void descend(void)
{
	memset(level, 'd', sizeof level - 1);
	for (int i = 0; i < LEVELS; i++)
		must(mkdir(level, 0700) == 0 && chdir(level) == 0, "a level");
}

static void unnamed(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "unix" };
	struct stat st;
	int fd = open("deep-leaf", O_CREAT | O_RDWR, 0600), here = open(".", O_PATH);

	must(fd >= 0 && here >= 0, "deep-leaf");
	puts("gap truncated\nnot file create /deep-leaf ok\nnot file write /deep-leaf ok");
	must(open("deep-missing", O_RDONLY) < 0 && openat(here, "deep-missing", O_RDONLY) < 0, "");
	puts("not file read /deep-missing absent");
	must(fchmod(fd, 0640) == 0 && stat("deep-leaf", &st) == 0, "fchmod");
	puts("not file stat /deep-leaf ok");
	must(symlink("deep-nowhere", "deep-link") == 0 && open("deep-link", O_RDONLY) < 0, "link");
	puts("not file create /deep-link ok\nnot file read /deep-nowhere absent");
	must(rename("deep-leaf", "deep-moved") == 0 &&
		     linkat(here, "deep-moved", here, "l", 0) == 0,
	     "rename");
	puts("not file rename /deep-leaf ok\nnot file create /deep-moved ok\nnot file create /l "
	     "ok");
	must(bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof address) == 0, "bind");
	puts("not socket bind /unix ok\nnot file create /unix ok");
	must(unlinkat(here, "deep-moved", 0) == 0, "unlinkat");
	puts("not file delete /deep-moved ok");
	must(mkdirat(here, "sub", 0700) == 0 && chdir("sub") == 0 && chdir("..") == 0, "chdir");
	puts("not file stat /sub ok\nnot file stat / ok");
}

/* What can be named from there is. */
static void named(void)
{
	struct stat st;
	char up[3 * LEVELS + 16] = "";

	expect_error(0, stat("/etc/passwd", &st), "file stat /etc/passwd");
	for (int i = 0; i < LEVELS; i++)
		strcat(up, "../");
	strcat(up, "given/1");
	expect_error(0, open(up, O_RDONLY), "file read DIR/given/1");
	strcpy(up + 3 * LEVELS, "given/none");
	expect_error(ENOENT, open(up, O_RDONLY), "file read DIR/given/none");
	expect_error(0, open("/proc/self/limits", O_RDONLY), "file read /proc/self/limits");
}

static void climb(void)
{
	must(unlink("deep-link") == 0 && unlink("l") == 0 && unlink("unix") == 0 &&
		     rmdir("sub") == 0,
	     "the files");
	for (int i = 0; i < LEVELS; i++)
		must(chdir("..") == 0 && rmdir(level) == 0, "up again");
	expect_error(0, open("given/2", O_RDONLY), "file read DIR/given/2");
}

/* The longest name that can be told, and one that is longer by a byte. */
static void edge(void)
{
	char path[PATH_MAX + 1], name[NAME_MAX + 1];
	size_t size;
	int levels = 0;

	must(getcwd(path, sizeof path) != NULL, "getcwd");
	printf("file create DIR");
	for (size = strlen(path); size + sizeof level + 3 < PATH_MAX; size += sizeof level) {
		must(mkdir(level, 0700) == 0 && chdir(level) == 0, "a level");
		printf("/%s", level);
		levels++;
	}
	memset(name, 'e', sizeof name - 1);
	name[PATH_MAX - 2 - size] = '\0';
	expect_error(0, mkdir(name, 0700), "/%s", name);
	must(rmdir(name) == 0, name);
	name[PATH_MAX - 2 - size] = 'e';
	name[PATH_MAX - 1 - size] = '\0';
	must(mkdir(name, 0700) == 0 && rmdir(name) == 0, name);
	while (levels-- > 0)
		must(chdir("..") == 0 && rmdir(level) == 0, "up again");
}

int main(void)
{
	descend();
	unnamed();
	named();
	climb();
	edge();
	return 0;
}
