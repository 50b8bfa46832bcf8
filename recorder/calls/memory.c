#include "recorder/calls/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE_BYTES 4096

/* A container's seccomp profile may forbid process_vm_readv but leave /proc alone. */
static ssize_t read_proc_mem(pid_t tid, uint64_t address, void *ret, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/mem", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = pread(fd, ret, size, (off_t)address);
	close(fd);
	return got;
}

static ssize_t read_some(pid_t tid, uint64_t address, void *ret, size_t size)
{
	struct iovec to = { ret, size };
	struct iovec from = { (void *)(uintptr_t)address, size };
	ssize_t got = process_vm_readv(tid, &to, 1, &from, 1, 0);

	if (got < 0 && (errno == ENOSYS || errno == EPERM))
		got = read_proc_mem(tid, address, ret, size);
	return got;
}

int memory_read(pid_t tid, uint64_t address, void *ret, size_t size)
{
	return read_some(tid, address, ret, size) == (ssize_t)size ? 0 : -EFAULT;
}

/* Through /proc/TID/mem, which the tracer may write where the tracee itself may not: proc(5). */
int memory_write(pid_t tid, uint64_t address, const void *data, size_t size)
{
	char path[64];
	ssize_t put;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/mem", tid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -EFAULT;
	put = pwrite(fd, data, size, (off_t)address);
	close(fd);
	return put == (ssize_t)size ? 0 : -EFAULT;
}

int memory_pointer(pid_t tid, uint64_t address, unsigned pointer_bytes, uint64_t *ret)
{
	uint64_t value = 0; /* little-endian: the low bytes come first */
	int r = memory_read(tid, address, &value, pointer_bytes);

	if (r == 0)
		*ret = value;
	return r;
}

int memory_string(pid_t tid, uint64_t address, size_t limit, struct buffer *out)
{
	char page[PAGE_BYTES];
	size_t used = 0;

	while (used <= limit) {
		/* Most strings are short: do not copy a page to read twenty bytes. */
		size_t step = PAGE_BYTES - address % PAGE_BYTES;
		const char *end;
		ssize_t got;

		if (used == 0 && step > 256)
			step = 256;
		got = read_some(tid, address, page, step);
		if (got <= 0)
			return -EFAULT;
		end = memchr(page, '\0', (size_t)got);
		buffer_append(out, page, end ? (size_t)(end - page) : (size_t)got);
		if (end)
			return used + (size_t)(end - page) > limit ? -ENAMETOOLONG
								   : buffer_status(out);
		used += (size_t)got;
		address += (uint64_t)got;
	}
	return -ENAMETOOLONG;
}
