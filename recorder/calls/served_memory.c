/* The memory of a process, pages of which another thread of it may have to fill: userfaultfd(2). */
#include "recorder/calls/served_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* A thread that maps or touches a file that is served can hold the lock of the whole memory until
 * the answer: filemap_fault(), fuse_file_mmap(). */
#define HOLDS_MEMORY (SERVED_MEMORY | SERVED_FILES)

static int open_memory(pid_t tid, int flags)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/mem", tid);
	return open(path, flags | O_CLOEXEC);
}

/* A container's seccomp profile may forbid process_vm_readv but leave /proc alone. */
static ssize_t read_proc_mem(pid_t tid, uint64_t address, void *ret, size_t size)
{
	int fd = open_memory(tid, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = pread(fd, ret, size, (off_t)address);
	close(fd);
	return got;
}

static ssize_t read_memory(pid_t tid, uint64_t address, void *ret, size_t size)
{
	struct iovec to = { ret, size };
	struct iovec from = { (void *)(uintptr_t)address, size };
	ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);

	if (got < 0 && (errno == ENOSYS || errno == EPERM))
		got = read_proc_mem(tid, address, ret, size);
	return got;
}

/* Through /proc/TID/mem, which the tracer may write where the tracee itself may not: proc(5). */
static ssize_t write_memory(pid_t tid, uint64_t address, const void *data, size_t size)
{
	int fd = open_memory(tid, O_WRONLY);
	ssize_t put;

	if (fd < 0)
		return -1;
	put = pwrite(fd, data, size, (off_t)address);
	close(fd);
	return put;
}

static void work_read(struct job *job)
{
	struct look *look = (struct look *)job;

	look_end(look, read_memory(look->tid, look->address, look->data, look->size));
}

static void work_write(struct job *job)
{
	struct look *look = (struct look *)job;

	look_end(look, write_memory(look->tid, look->address, look->data, look->size));
}

static struct look *look_at(pid_t tid, uint64_t address, size_t size, void (*work)(struct job *))
{
	struct look *look = look_new(-1, size, work);

	if (!look)
		return NULL;
	look->job.late = served_late_memory;
	look->tid = tid;
	look->address = address;
	return look;
}

ssize_t served_read_memory(pid_t tid, uint64_t address, void *ret, size_t size)
{
	struct look *look;

	if (!served_possible(HOLDS_MEMORY))
		return read_memory(tid, address, ret, size);
	look = look_at(tid, address, size, work_read);
	return look ? look_run(look, ret) : -1;
}

ssize_t served_write_memory(pid_t tid, uint64_t address, const void *data, size_t size)
{
	struct look *look;

	if (!served_possible(HOLDS_MEMORY))
		return write_memory(tid, address, data, size);
	look = look_at(tid, address, size, work_write);
	if (look)
		memcpy(look->data, data, size);
	return look ? look_run(look, NULL) : -1;
}
