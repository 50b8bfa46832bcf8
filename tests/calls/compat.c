#include "expect.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Calls as a 32-bit program makes them: int 0x80, with structures of 32-bit words below 4 GiB. */

#ifdef __x86_64__
#define CLOBBERED , "r8", "r9", "r10", "r11" /* the kernel may use what i386 has not */
#else
#define CLOBBERED
#endif

#define NR_GETPID     20 /* asm/unistd_32.h */
#define NR_MMAP	      90
#define NR_SOCKETCALL 102
#define NR_IPC	      117
#define NR_RECVMMSG   337
#define NR_RECVMSG    372

struct words {
	uint32_t name, name_bytes, parts, part_count, control, control_bytes, flags, received;
};

struct area {
	struct words message[2];
	uint32_t part[2], argument[6];
	char byte, control[2][64];
};

static long call32(long number, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0)
			 : "memory" CLOBBERED);
	return (int)result;
}

static uint32_t low(const void *pointer)
{
	return (uint32_t)(uintptr_t)pointer;
}

static void send_file(int socket, const char *name)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { (char[]){ 'x' }, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	*header = (struct cmsghdr){ CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	must(sendmsg(socket, &message, 0) == 1, "sendmsg");
	close(fd);
}

static void prepare(struct area *area)
{
	memset(area, 0, sizeof *area);
	area->part[0] = low(&area->byte);
	area->part[1] = 1;
	for (int i = 0; i < 2; i++)
		area->message[i] = (struct words){ .parts = low(area->part),
						   .part_count = 1,
						   .control = low(area->control[i]),
						   .control_bytes = sizeof area->control[i] };
}

/* Behind struct cmsghdr, which has three words here. */
static void say(const struct area *area, int index, const char *name)
{
	int fd;

	memcpy(&fd, area->control[index] + 12, sizeof fd);
	printf("as received:%d file read DIR/%s ok\nas received:%d file write DIR/%s ok\n", fd,
	       name, fd, name);
}

static void messages(struct area *area, const int pair[2])
{
	uint32_t server = (uint32_t)pair[1];

	send_file(pair[0], "one");
	prepare(area);
	must(call32(NR_RECVMSG, server, low(&area->message[0]), 0, 0) == 1, "recvmsg");
	say(area, 0, "one");
	send_file(pair[0], "two");
	send_file(pair[0], "three");
	prepare(area);
	must(call32(NR_RECVMMSG, server, low(area->message), 2, 0) == 2, "recvmmsg");
	say(area, 0, "two");
	say(area, 1, "three");
	send_file(pair[0], "four");
	prepare(area);
	area->argument[0] = server;
	area->argument[1] = low(&area->message[0]);
	must(call32(NR_SOCKETCALL, 17 /* SYS_RECVMSG */, low(area->argument), 0, 0) == 1,
	     "socketcall");
	say(area, 0, "four");
}

/* mmap(2) of old: its arguments stand in memory. */
static void map(struct area *area, const char *name, int protection)
{
	int fd = open(name, O_RDWR | O_CREAT, 0700);

	must(fd >= 0 && ftruncate(fd, 4096) == 0, name);
	area->argument[0] = 0;
	area->argument[1] = 4096;
	area->argument[2] = (uint32_t)protection;
	area->argument[3] = MAP_PRIVATE;
	area->argument[4] = (uint32_t)fd;
	area->argument[5] = 0;
	must(call32(NR_MMAP, low(area->argument), 0, 0, 0) != -1, "mmap");
	close(fd);
}

static void maps(struct area *area)
{
	map(area, "code", PROT_READ | PROT_EXEC);
	puts("file map DIR/code ok");
	map(area, "data", PROT_READ);
	puts("not file map DIR/data ok");
}

int main(void)
{
	struct area *area = mmap(NULL, sizeof *area, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	int pair[2];

	must(area != MAP_FAILED && socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "prepare");
	must(close(open("file", O_WRONLY | O_CREAT, 0600)) == 0, "file");
	expect(open("file", O_RDONLY), "file read DIR/file");
	if (call32(NR_GETPID, 0, 0, 0, 0) != getpid())
		return 0; /* a kernel without 32-bit calls */
	messages(area, pair);
	maps(area);
	errno = ENOENT;
	expect(call32(NR_IPC, 23 /* SHMGET */, 0x7777abcd, 1, 0),
	       "as 0x7777abcd kernel use sysv-shm");
	return 0;
}
