#include "core/file.h"

#include "core/bytes.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void descriptor_cleanup(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

static int check_kind(int descriptor, const char *name, struct error *err)
{
	struct stat status;

	if (fstat(descriptor, &status) < 0)
		return error_set(err, errno, "read %s", name);
	if (S_ISDIR(status.st_mode))
		return error_set(err, EISDIR, "read %s", name);
	if (!S_ISREG(status.st_mode))
		return error_say(err, EINVAL, "read %s: it is no regular file", name);
	return 0;
}

/* The size is watched while reading: a file can grow. */
static int read_all(int descriptor, const char *name, size_t limit_mib, struct buffer *out,
		    struct error *err)
{
	char block[65536];
	size_t before = out->size;

	for (;;) {
		ssize_t size = read(descriptor, block, sizeof block);

		if (size == 0)
			break;
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return error_set(err, errno, "read %s", name);
		buffer_append(out, block, (size_t)size);
		if (out->size - before > limit_mib << 20)
			return error_say(err, EFBIG, "read %s: it is larger than %zu MiB", name,
					 limit_mib);
	}
	return buffer_status(out) < 0 ? error_set(err, ENOMEM, "read %s", name) : 0;
}

int file_read(const char *path, size_t limit_mib, struct buffer *out, struct error *err)
{
	scoped(buffer) struct buffer name = { 0 };
	scoped(descriptor) int descriptor = -1;
	int r;

	text_safe(bytes_of(path), 200, &name);
	/* A pipe without a writer must not hold us up. */
	descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (descriptor < 0)
		return error_set(err, errno, "read %s", buffer_text(&name));
	r = check_kind(descriptor, buffer_text(&name), err);
	return r < 0 ? r : read_all(descriptor, buffer_text(&name), limit_mib, out, err);
}
