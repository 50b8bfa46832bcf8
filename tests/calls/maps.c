#include "expect.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Code that comes from a file without an executable mmap(2): mprotect(2) makes it so later. */

static size_t page;

static int made(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0700);

	must(fd >= 0 && ftruncate(fd, 2 * (off_t)page) == 0, name);
	return fd;
}

static char *mapped(const char *name, void *at)
{
	int fd = made(name);
	char *start = mmap(at, page, PROT_READ, MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, 0);

	must(start != MAP_FAILED, name);
	close(fd);
	return start;
}

static char *anonymous(size_t size, int flags)
{
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	must(start != MAP_FAILED, "anonymous");
	return start;
}

static void files(void)
{
	char *both = anonymous(4 * page, MAP_PRIVATE);

	expect_error(0, mprotect(mapped("a", NULL), page, PROT_READ | PROT_EXEC), "file map DIR/a");
	expect_error(0, mprotect(mapped("b", NULL), page, PROT_READ), "not file map DIR/b");
	mapped("c", both), mapped("d", both + page), mapped("e", both + 2 * page);
	expect_error(0, mprotect(both, 2 * page, PROT_EXEC),
		     "not file map DIR/e ok\nfile map DIR/c ok\nfile map DIR/d");
	must(munmap(both + 3 * page, page) == 0, "munmap");
	expect_error(ENOMEM, mprotect(both + 2 * page, 2 * page, PROT_EXEC), "file map DIR/e");
	expect_error(0, mprotect(mapped("new\nline", NULL), page, PROT_EXEC),
		     "file map DIR/new\\x0aline");
	both = mapped("gone", NULL);
	must(unlink("gone") == 0, "gone");
	expect_error(0, mprotect(both, page, PROT_EXEC), "file map DIR/gone");
	both = mapped("kept (deleted)", NULL);
	expect_error(0, mprotect(both, page, PROT_EXEC), "file map DIR/kept (deleted)");
}

static void keys(void)
{
	char *start = mapped("key", NULL);

	if (syscall(SYS_pkey_mprotect, start, page, PROT_READ | PROT_EXEC, -1) == 0)
		puts("file map DIR/key ok");
	else
		puts("skip pkey_mprotect: this kernel lacks it");
}

/* What a compiler at run time does: no file. */
static void memory(void)
{
	int flags[] = { MAP_PRIVATE, MAP_SHARED };

	for (int i = 0; i < 2; i++)
		must(mprotect(anonymous(page, flags[i]), page, PROT_READ | PROT_EXEC) == 0, "jit");
	puts("not file map /dev/zero ok\nnot file map /dev/zero (deleted) ok");
	flags[0] = (int)syscall(SYS_memfd_create, "memory", 0);
	must(ftruncate(flags[0], (off_t)page) == 0, "memfd");
	must(mprotect(mmap(NULL, page, PROT_READ, MAP_SHARED, flags[0], 0), page, PROT_EXEC) == 0,
	     "memfd");
	puts("not file map /memfd:memory ok\nnot file map /memfd:memory (deleted) ok");
}

int main(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	files();
	keys();
	memory();
	return 0;
}
