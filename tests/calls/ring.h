#ifndef TESTS_CALLS_RING_H
#define TESTS_CALLS_RING_H

/* io_uring with the kernel's header alone. */

#include "expect.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* Newer than Debian 12's header. */
enum { FTRUNCATE = 55, BIND, LISTEN };
#define NO_MMAP	   (1U << 14)
#define NO_SQARRAY (1U << 16)

struct ring {
	int fd;
	struct io_uring_params parameters;
	char *sq, *cq;
	struct io_uring_sqe *entry;
	unsigned submitted; /* not yet */
	uint64_t number;    /* of the last submission */
};

static inline unsigned *counter(char *queue, unsigned offset)
{
	return (unsigned *)(void *)(queue + offset);
}

static inline char *map(int fd, size_t size, off_t offset)
{
	char *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	must(data != MAP_FAILED, "mmap of a ring");
	return data;
}

/* In memory of the program's own: two pages, which the kernel wants each in one piece. */
static inline struct ring begin_given(struct ring made)
{
	char *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(memory != MAP_FAILED, "mmap");
	made.parameters.cq_off.resv2 = (uintptr_t)memory;
	made.parameters.sq_off.resv2 = (uintptr_t)memory + 4096;
	made.fd = (int)syscall(SYS_io_uring_setup, 8, &made.parameters);
	made.sq = made.cq = memory;
	made.entry = (void *)(memory + 4096);
	return made;
}

static inline struct ring begin(unsigned flags)
{
	struct ring made = { .parameters = { .flags = flags } };
	struct io_uring_params *p = &made.parameters;

	if (flags & NO_MMAP)
		return begin_given(made);
	made.fd = (int)syscall(SYS_io_uring_setup, 8, p);
	if (made.fd < 0)
		return made;
	made.sq = map(made.fd, p->sq_off.array + p->sq_entries * 4, IORING_OFF_SQ_RING);
	made.cq = map(made.fd, p->cq_off.cqes + p->cq_entries * 16, IORING_OFF_CQ_RING);
	made.entry = (void *)map(made.fd,
				 p->sq_entries * sizeof(struct io_uring_sqe)
					 << !!(flags & IORING_SETUP_SQE128),
				 IORING_OFF_SQES);
	return made;
}

/* The next submission, empty but for its operation and number. */
static inline struct io_uring_sqe *next(struct ring *on, int operation, int fd)
{
	unsigned tail = *counter(on->sq, on->parameters.sq_off.tail);
	unsigned place = tail & (on->parameters.sq_entries - 1);
	/* The list is used backwards: the place in it is not that of the entry. */
	unsigned index = on->parameters.sq_entries - 1 - place;
	struct io_uring_sqe *entry;

	if (on->parameters.flags & NO_SQARRAY)
		index = place;
	else
		counter(on->sq, on->parameters.sq_off.array)[place] = index;
	entry = on->entry + (index << !!(on->parameters.flags & IORING_SETUP_SQE128));
	memset(entry, 0, sizeof *entry);
	entry->opcode = (uint8_t)operation;
	entry->fd = fd;
	entry->user_data = ++on->number;
	__atomic_store_n(counter(on->sq, on->parameters.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	on->submitted++;
	return entry;
}

static inline void enter(struct ring *on, unsigned wait)
{
	long done = syscall(SYS_io_uring_enter, on->fd, on->submitted, wait,
			    wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0);

	must(done == (long)on->submitted, "io_uring_enter");
	on->submitted = 0;
}

/* Takes the next completion. */
static inline int take(struct ring *on)
{
	unsigned *head = counter(on->cq, on->parameters.cq_off.head), mask;
	const struct io_uring_cqe *entry;
	int result;

	while (*head ==
	       __atomic_load_n(counter(on->cq, on->parameters.cq_off.tail), __ATOMIC_ACQUIRE))
		must(syscall(SYS_io_uring_enter, on->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) >=
			     0,
		     "io_uring_enter");
	mask = on->parameters.cq_entries - 1;
	entry = (const void *)(on->cq + on->parameters.cq_off.cqes + (*head & mask) * 16);
	result = entry->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

/* Submits what next() began, and returns its result as a system call would. */
static inline int finish(struct ring *on)
{
	int result;

	enter(on, 1);
	result = take(on);
	errno = result < 0 ? -result : 0;
	return result < 0 ? -1 : result;
}

static inline uint64_t at(const void *data)
{
	return (uintptr_t)data;
}

static inline int by_path(struct ring *on, int operation, const char *path, unsigned flags)
{
	struct io_uring_sqe *entry = next(on, operation, AT_FDCWD);

	entry->addr = at(path);
	entry->open_flags = flags;
	entry->len = operation == IORING_OP_UNLINKAT ? 0 : 0700;
	return finish(on);
}

static inline int by_paths(struct ring *on, int operation, const char *from, const char *to,
			   unsigned flags)
{
	struct io_uring_sqe *entry = next(on, operation, AT_FDCWD);

	entry->addr = at(from);
	entry->addr2 = at(to);
	entry->hardlink_flags = flags;
	entry->len = operation == IORING_OP_SYMLINKAT ? 0 : (unsigned)AT_FDCWD;
	return finish(on);
}

/* What a kernel knows is asked before: "skip" where it does not. */
static inline bool knows(const struct ring *on, int operation)
{
	struct {
		struct io_uring_probe probe;
		struct io_uring_probe_op op[256];
	} all = { 0 };

	must(syscall(SYS_io_uring_register, on->fd, IORING_REGISTER_PROBE, &all, 256) == 0,
	     "IORING_REGISTER_PROBE");
	if (operation <= all.probe.last_op && all.op[operation].flags & IO_URING_OP_SUPPORTED)
		return true;
	printf("skip operation %d: this kernel does not have it\n", operation);
	return false;
}

/* The ring to begin with; says so, and ends the program where the kernel has none. */
static inline struct ring begin_first(void)
{
	struct ring made = begin(0);

	expect(made.fd, "kernel use io_uring");
	if (made.fd >= 0)
		return made;
	printf("skip all: no io_uring: %s\n", strerror(errno));
	exit(0);
}

#endif
