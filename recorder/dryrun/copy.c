#include "recorder/dryrun/copy.h"

#include <errno.h>
#include <limits.h>
#include <sys/sendfile.h>
#include <unistd.h>

int copy_bytes(int from, int to)
{
	ssize_t got;

	while ((got = sendfile(to, from, NULL, 1 << 20)) > 0)
		;
	return got < 0 ? -errno : 0;
}

int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t size = readlink(from, target, sizeof target - 1);

	if (size < 0)
		return -errno;
	target[size] = '\0';
	return symlink(target, to) < 0 ? -errno : 0;
}
