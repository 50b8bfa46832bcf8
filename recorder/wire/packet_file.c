#include "recorder/wire/packet_file.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the same folder, so that it can be moved to its place. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t random;
	char *name;

	if (getrandom(&random, sizeof random, 0) != sizeof random ||
	    asprintf(&name, "%.*s.pare-%016" PRIx64 ".tmp", slash ? (int)(slash + 1 - path) : 0,
		     path, random) < 0)
		return NULL;
	return name;
}

/* Who reads the old one meanwhile keeps it. */
static int open_new(const char *path)
{
	char *temporary = temporary_name(path);
	int fd, r;

	if (!temporary)
		return -ENOMEM;
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	r = fd < 0 ? -errno : fd;
	if (fd >= 0 && rename(temporary, path) < 0) {
		r = -errno;
		unlink(temporary);
		close(fd);
	}
	free(temporary);
	return r;
}

static int open_path(const char *path, bool *ret_is_regular)
{
	char *target = NULL;
	struct stat st;
	int fd;

	*ret_is_regular = stat(path, &st) < 0 || S_ISREG(st.st_mode);
	if (!*ret_is_regular) {
		fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return fd < 0 ? -errno : fd;
	}
	target = realpath(path, NULL); /* NULL: there is none yet */
	fd = open_new(target ? target : path);
	free(target);
	return fd;
}

int packet_file_open(struct packet_file *file, const char *path, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };
	bool is_regular;
	int fd = open_path(path, &is_regular);

	if (fd < 0)
		return error_set(err, -fd, "write packets to %s",
				 text_safe(bytes_of(path), 0, &shown));
	*file = (struct packet_file){ .fd = fd, .is_regular = is_regular };
	return 0;
}

static int write_all(int fd, struct bytes bytes)
{
	while (bytes.size) {
		ssize_t written = write(fd, bytes.data, bytes.size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written <= 0)
			continue;
		bytes.data += written;
		bytes.size -= (size_t)written;
	}
	return 0;
}

/* 0, or -errno: then the file is as it was before. */
static int write_blocks(struct packet_file *file, const struct buffer *blocks)
{
	int r = buffer_status(blocks);

	if (r == 0)
		r = write_all(file->fd, buffer_bytes(blocks));
	if (r == 0)
		file->end += (off_t)blocks->size;
	else if (file->is_regular && ftruncate(file->fd, file->end) == 0)
		lseek(file->fd, file->end, SEEK_SET);
	return r;
}

int packet_file_write(struct packet_file *file)
{
	int r = write_blocks(file, &file->first);

	if (r == 0) {
		buffer_clear(&file->first);
		r = write_blocks(file, &file->out);
	}
	if (file->out.failed)
		buffer_release(&file->out); /* or else it stays failed */
	buffer_clear(&file->out);
	return r;
}

void packet_file_close(struct packet_file *file)
{
	close(file->fd);
	buffer_release(&file->first);
	buffer_release(&file->out);
}
