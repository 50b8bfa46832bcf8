#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <stddef.h>

struct buffer;
struct error;

/* Appends what the regular file holds, at most so many MiB: -EFBIG, -EISDIR, -EINVAL for a pipe or
 * device, or -errno, each with "read FILE: REASON". */
int file_read(const char *path, size_t limit_mib, struct buffer *out, struct error *err);

#endif
