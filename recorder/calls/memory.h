#ifndef RECORDER_CALLS_MEMORY_H
#define RECORDER_CALLS_MEMORY_H

#include "core/bytes.h"

#include <stdint.h>
#include <sys/types.h>

/* Memory of a stopped tracee (process_vm_readv(2), else /proc/TID/mem). */

/* Reads exactly `size` bytes.  0 or -EFAULT. */
int memory_read(pid_t tid, uint64_t address, void *ret, size_t size);
/* Reads one pointer of 4 or 8 bytes. */
int memory_pointer(pid_t tid, uint64_t address, unsigned pointer_bytes, uint64_t *ret);
/* Writes exactly `size` bytes.  0 or -EFAULT. */
int memory_write(pid_t tid, uint64_t address, const void *data, size_t size);
/* Appends the string at `address` without its NUL; never reads past the page it ends in.
 * 0, -EFAULT, or -ENAMETOOLONG when it is longer than `limit`. */
int memory_string(pid_t tid, uint64_t address, size_t limit, struct buffer *out);
/* Appends the strings that pointers at `address` (0: none) lead to, up to a NULL, each with a NUL
 * behind; none is longer than the kernel takes one to be in an exec (execve(2)).  0, -EFAULT, or
 * -ENAMETOOLONG when they are more than `limit` bytes in all. */
int memory_strings(pid_t tid, uint64_t address, unsigned pointer_bytes, size_t limit,
		   struct buffer *out);

#endif
