#include "recorder/calls/memory.h"

#include "recorder/calls/served.h"

#include <errno.h>
#include <string.h>

#define PAGE_BYTES	 4096
#define STRING_BYTES_MAX 131072 /* MAX_ARG_STRLEN: execve(2) */

int memory_read(pid_t tid, uint64_t address, void *ret, size_t size)
{
	return served_read_memory(tid, address, ret, size) == (ssize_t)size ? 0 : -EFAULT;
}

int memory_write(pid_t tid, uint64_t address, const void *data, size_t size)
{
	return served_write_memory(tid, address, data, size) == (ssize_t)size ? 0 : -EFAULT;
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
		got = served_read_memory(tid, address, page, step);
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

int memory_strings(pid_t tid, uint64_t address, unsigned pointer_bytes, size_t limit,
		   struct buffer *out)
{
	int r = 0;

	while (r == 0 && address) {
		uint64_t text;

		r = memory_pointer(tid, address, pointer_bytes, &text);
		if (r < 0 || text == 0)
			break;
		if (out->size > limit)
			return -ENAMETOOLONG;
		r = memory_string(tid, text, STRING_BYTES_MAX, out);
		buffer_add_char(out, '\0');
		address += pointer_bytes;
	}
	return r;
}
