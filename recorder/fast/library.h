#ifndef RECORDER_FAST_LIBRARY_H
#define RECORDER_FAST_LIBRARY_H

#include "recorder/fast/region.h"

#include <sys/stat.h>

/* An ELF file, and a copy of its text in which the call sites lead into the hook. */
struct library_file {
	const uint8_t *data; /* mapped, whole */
	size_t size;
	struct stat st;
};

int library_open(struct library_file *ret, const char *path);
void library_close(struct library_file *file);

/* The index in the region of the file that `st` describes, or -ENOENT. */
int library_known(const struct region *region, const struct stat *st);
/* Adds it: its index, -ENOENT when it has no site or is no ELF file for x86-64, -ENOSPC. */
int library_patch(struct region *region, const struct library_file *file);

#endif
