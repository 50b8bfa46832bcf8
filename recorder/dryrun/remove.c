#include "recorder/dryrun/places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int empty(int folder);

/* A folder that its owner may not read is made readable first: overlays leave such behind. */
static int remove_folder(int parent, const char *name)
{
	int r, fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	fchmod(fd, 0700);
	r = empty(fd);
	if (r == 0 && unlinkat(parent, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

static int remove_entry(int folder, const char *name)
{
	if (unlinkat(folder, name, 0) == 0)
		return 0;
	return errno == EISDIR || errno == EPERM ? remove_folder(folder, name) : -errno;
}

/* Takes the descriptor over. */
static int empty(int folder)
{
	DIR *stream = fdopendir(folder);
	const struct dirent *entry;
	int r = 0;

	if (!stream) {
		close(folder);
		return -ENOMEM;
	}
	while (r == 0 && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = remove_entry(folder, entry->d_name);
	closedir(stream);
	return r;
}

int places_remove(const char *folder)
{
	return remove_folder(AT_FDCWD, folder);
}
