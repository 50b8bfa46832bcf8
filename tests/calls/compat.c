/* The other two ways into the kernel, from a 64-bit program: int 0x80 is i386's, with its own
 * numbers and pointers of 4 bytes; numbers with bit 30 are x32's, which few kernels have. */
#include "expect.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/net.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define X32_BIT 0x40000000

/* Numbers of arch/x86/entry/syscalls/syscall_32.tbl. */
enum {
	I386_OPEN = 5,
	I386_UNLINK = 10,
	I386_ACCESS = 33,
	I386_RENAME = 38,
	I386_SOCKETCALL = 102,
	I386_OPENAT = 295
};

/* Registers as the kernel of an i386 program takes them; errno as libc sets it. */
static long call(long number, const void *first, uint32_t second, uint32_t third)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"((uint32_t)(uintptr_t)first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)result >= 0)
		return (int)result;
	errno = -(int)result;
	return -1;
}

/* Memory below 4 GiB. */
static void *low(const void *data, size_t size)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_ANONYMOUS | MAP_PRIVATE | MAP_32BIT, -1, 0);

	must(page != MAP_FAILED, "mmap");
	return memcpy(page, data, size);
}

static uint32_t address_of(const void *pointer)
{
	return (uint32_t)(uintptr_t)pointer;
}

static void files(const char *made, const char *moved)
{
	long fd = call(I386_OPEN, made, O_WRONLY | O_CREAT, 0600);

	expect(fd, "file create DIR/made");
	expect(fd, "file write DIR/made");
	fd = call(I386_OPENAT, (void *)(intptr_t)AT_FDCWD, address_of(made), O_RDONLY);
	expect(fd, "file read DIR/made");
	expect(call(I386_RENAME, made, address_of(moved), 0), "file rename DIR/made");
	expect(call(I386_ACCESS, made, F_OK, 0), "file stat DIR/made");
	expect(call(I386_UNLINK, moved, 0, 0), "file delete DIR/moved");
}

static void sockets(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	uint32_t argument[6] = { AF_INET, SOCK_STREAM, 0 };
	struct {
		uint32_t name, name_size, vector, count, control, control_size, flags;
	} message = { 0 };
	struct {
		uint32_t base, size;
	} byte;
	uint32_t *arguments = low(argument, sizeof argument);
	struct sockaddr_in *address;
	int fd = (int)call(I386_SOCKETCALL, (void *)SYS_SOCKET, address_of(arguments), 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address = low(&to, sizeof to);
	memcpy(arguments, (uint32_t[]){ (uint32_t)fd, address_of(address), sizeof to }, 12);
	expect(call(I386_SOCKETCALL, (void *)SYS_CONNECT, address_of(arguments), 0),
	       "host connect tcp/127.0.0.1:9");
	memcpy(arguments, (uint32_t[]){ AF_INET, SOCK_DGRAM, 0 }, 12);
	fd = (int)call(I386_SOCKETCALL, (void *)SYS_SOCKET, address_of(arguments), 0);
	byte.base = address_of(address);
	byte.size = 1;
	message.name = address_of(address);
	message.name_size = sizeof to;
	message.vector = address_of(low(&byte, sizeof byte));
	message.count = 1;
	memcpy(arguments,
	       (uint32_t[]){ (uint32_t)fd, address_of(low(&message, sizeof message)), 0 }, 12);
	expect(call(I386_SOCKETCALL, (void *)SYS_SENDMSG, address_of(arguments), 0),
	       "host send udp/127.0.0.1:9");
}

int main(void)
{
	if (call(20 /* getpid */, NULL, 0, 0) == getpid()) {
		files(low("made", 5), low("moved", 6));
		sockets();
	}
	if (syscall(X32_BIT | SYS_getpid) == getpid())
		expect(syscall(X32_BIT | SYS_open, low("x32", 4), O_RDONLY), "file read DIR/x32");
	expect(access("/", F_OK), "file stat /");
	return 0;
}
