#include "expect.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* A 64-bit program that enters the kernel as a 32-bit one: numbers and sizes are i386's. */
#ifdef __x86_64__
static long old(long number, long a, long b, long c, long d, long e)
{
	long result;

	__asm__ volatile("push %%r8; push %%r9; push %%r10; push %%r11\n\tint $0x80\n\t"
			 "pop %%r11; pop %%r10; pop %%r9; pop %%r8"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "cc");
	errno = result < 0 ? (int)-result : 0;
	return result < 0 ? -1 : result;
}

/* Memory that 32 bits can address. */
static char *low;

static long text(size_t at, const char *bytes)
{
	memcpy(low + at, bytes, strlen(bytes) + 1);
	return (long)(uintptr_t)(low + at);
}

static void paths(void)
{
	long fd;

	fd = old(5, text(0, "old-open"), O_CREAT | O_WRONLY, 0600, 0, 0);
	expect_error(0, fd, "file create DIR/old-open");
	expect_error(0, old(15, text(0, "old-open"), 0640, 0, 0, 0), "file attr DIR/old-open");
	expect_error(0, old(38, text(0, "old-open"), text(64, "old-moved"), 0, 0, 0),
		     "file rename DIR/old-open");
	puts("file create DIR/old-moved ok");
	fd = open("folder", O_PATH);
	expect_error(0, old(295, fd, text(0, "inner"), O_CREAT | O_RDWR, 0600, 0),
		     "file create DIR/folder/inner");
	expect_error(ENOENT, old(33, text(0, "old-missing"), 0, 0, 0, 0),
		     "file stat DIR/old-missing");
	expect_error(0, old(301, fd, text(0, "inner"), 0, 0, 0), "file delete DIR/folder/inner");
	expect_error(ENOENT, old(11, text(0, "old-program"), 0, 0, 0, 0),
		     "program exec DIR/old-program");
	expect_error(0, old(92, text(0, "old-moved"), 5, 0, 0, 0), "file write DIR/old-moved");
}

/* socketcall(2) with SYS_SOCKET, SYS_BIND. */
static void sockets(void)
{
	int32_t *argument = (int32_t *)(low + 256);
	long fd;

	argument[0] = AF_UNIX, argument[1] = SOCK_STREAM, argument[2] = 0;
	fd = old(102, 1, (long)(uintptr_t)argument, 0, 0, 0);
	must(fd >= 0, "socketcall");
	memcpy(low + 512, "\1\0old.sock", 11);
	argument[0] = (int32_t)fd;
	argument[1] = (int32_t)(uintptr_t)(low + 512), argument[2] = 11;
	expect_error(0, old(102, 2, (long)(uintptr_t)argument, 0, 0, 0),
		     "socket bind DIR/old.sock");
}

int main(void)
{
	low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
		   0);
	must(low != MAP_FAILED && mkdir("folder", 0700) == 0, "folder");
	if (old(20, 0, 0, 0, 0, 0) != getpid()) {
		puts("skip int 0x80: this kernel has no 32-bit calls");
		return 0;
	}
	paths();
	sockets();
	return 0;
}
#else
int main(void)
{
	expect(open("/etc/passwd", O_RDONLY), "file read /etc/passwd");
	return 0;
}
#endif
