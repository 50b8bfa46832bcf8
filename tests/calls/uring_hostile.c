/* pare record --io-uring=allow */
#include "expect.h"
#include "ring.h"

#include <pthread.h>

/* Queues that nobody filled as they should be: pare must neither fall over nor look for ever. */

static struct ring ring;

/* The kernel reads no further than the queue is long. */
static void too_many(void)
{
	for (int i = 0; i < 3; i++)
		next(&ring, IORING_OP_OPENAT, AT_FDCWD)->addr = at("given/1");
	must(syscall(SYS_io_uring_enter, ring.fd, UINT32_MAX, 0, 0, NULL, 0) == 3, "too many");
	ring.submitted = 0;
	for (int i = 0; i < 3; i++)
		must(take(&ring) >= 0, "given/1");
	puts("file read DIR/given/1 ok");
}

/* What points outside of the ring the kernel passes over; the next is done. */
static void outside(void)
{
	unsigned *list = counter(ring.sq, ring.parameters.sq_off.array);

	next(&ring, IORING_OP_NOP, 0);
	for (unsigned i = 0; i < ring.parameters.sq_entries; i++)
		list[i] = 0x7fffffff;
	syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0);
	ring.submitted = 0;
	must(by_path(&ring, IORING_OP_MKDIRAT, "outside", 0) == 0, "outside");
	puts("file create DIR/outside ok\ngap io-uring");
}

/* Addresses that lead nowhere. */
static void nowhere(void)
{
	static const int operation[] = { IORING_OP_OPENAT,  IORING_OP_OPENAT2,	IORING_OP_STATX,
					 IORING_OP_CONNECT, IORING_OP_SENDMSG,	IORING_OP_RECVMSG,
					 IORING_OP_SPLICE,  IORING_OP_SETXATTR, IORING_OP_LINKAT };

	for (size_t i = 0; i < sizeof operation / sizeof *operation; i++) {
		struct io_uring_sqe *entry = next(&ring, operation[i], -1);

		memset(&entry->off, 0xff, 16);
		entry->len = UINT32_MAX;
		entry->addr3 = UINT64_MAX;
		must(finish(&ring) < 0, "an address that leads nowhere");
	}
}

/* Two of one number: that they have failed is not known. */
static void nowhere_alike(void)
{
	for (int i = 0; i < 2; i++) {
		struct io_uring_sqe *entry = next(&ring, IORING_OP_TEE, -1);

		entry->splice_fd_in = -1;
		entry->len = 1;
		entry->user_data = 7;
	}
	enter(&ring, 2);
	must(take(&ring) == -EBADF && take(&ring) == -EBADF, "no descriptors");
	puts("gap unreadable");
}

/* The head that the kernel shows is not what it goes by. */
static void moved_head(void)
{
	*counter(ring.sq, ring.parameters.sq_off.head) += 5;
	must(by_path(&ring, IORING_OP_MKDIRAT, "moved", 0) == 0, "moved");
	must(by_path(&ring, IORING_OP_MKDIRAT, "moved2", 0) == 0, "moved2");
	puts("file create DIR/moved2 ok");
}

static void *scramble(void *end)
{
	unsigned value = 1;

	while (!__atomic_load_n((int *)end, __ATOMIC_RELAXED)) {
		value = value * 1103515245 + 12345;
		*counter(ring.sq, ring.parameters.sq_off.head) = value;
		*counter(ring.sq, ring.parameters.sq_off.tail) = value >> 3;
		*counter(ring.cq, ring.parameters.cq_off.tail) = value >> 5;
		((unsigned char *)ring.entry)[value % 512] = (unsigned char)(value >> 8);
	}
	return NULL;
}

/* It has a ring of its own, and no paths or descriptors that lead anywhere. */
static void scrambled(void)
{
	pthread_t thread;
	int end = 0;

	ring = begin(0);
	must(ring.fd >= 0 && pthread_create(&thread, NULL, scramble, &end) == 0, "a thread");
	for (int i = 0; i < 200; i++)
		syscall(SYS_io_uring_enter, ring.fd, 8, 0, 0, NULL, 0);
	__atomic_store_n(&end, 1, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

int main(void)
{
	ring = begin_first();
	too_many();
	outside();
	nowhere();
	nowhere_alike();
	moved_head();
	apart(scrambled);
	must(by_path(&ring, IORING_OP_MKDIRAT, "after", 0) == 0, "after");
	puts("file create DIR/after ok");
	return 0;
}
