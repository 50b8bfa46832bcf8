/* An overlay cannot rename a folder that it has not made (overlayfs(5), redirect_dir needs more
 * rights), nor anything from one overlay to another.  Where the world has one file system there,
 * what the program asked for is done step by step. */
#include "recorder/dryrun/apply.h"
#include "recorder/dryrun/places.h"
#include "recorder/dryrun/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Everything is done through descriptors of folders, a component at a time, and no link is
 * followed: the agent may put one in the way meanwhile, and an absolute one would lead out of its
 * world. */
#define AT_SIZE (sizeof "/proc/self/fd/4294967295/" + NAME_MAX)

static int at(char path[static AT_SIZE], int folder, const char *name)
{
	int size = snprintf(path, AT_SIZE, "/proc/self/fd/%d/%s", folder, name);

	return size < (int)AT_SIZE ? 0 : -ENAMETOOLONG;
}

static int copy(const char *from, const char *to);

static int copy_listed(DIR *source, int target)
{
	char from[AT_SIZE], to[AT_SIZE];
	const struct dirent *entry;
	int r = 0;

	while (r == 0 && (entry = readdir(source))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		r = at(from, dirfd(source), entry->d_name);
		r = r ? r : at(to, target, entry->d_name);
		r = r ? r : copy(from, to);
	}
	return r;
}

static int copy_entries(const char *from, const char *to)
{
	int source = open(from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int target = open(to, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = source < 0 || target < 0 ? NULL : fdopendir(source);
	int r = folder ? copy_listed(folder, target) : -errno;

	if (folder)
		closedir(folder);
	else if (source >= 0)
		close(source);
	if (target >= 0)
		close(target);
	return r;
}

static int copy(const char *from, const char *to)
{
	struct effect effect = { .kind = EFFECT_CREATED,
				 .path = (char *)(uintptr_t)to,
				 .upper = (char *)(uintptr_t)from };
	int r;

	if (lstat(from, &effect.now) < 0)
		return -errno;
	if (!S_ISDIR(effect.now.st_mode))
		return apply_file(&effect, NULL);
	r = apply_folder(&effect);
	if (r == 0)
		r = copy_entries(from, to);
	return r == 0 ? apply_metadata(&effect) : r;
}

static int remove_any(const char *path)
{
	if (unlink(path) == 0)
		return 0;
	return errno == EISDIR || errno == EPERM ? places_remove(path) : -errno;
}

static int clear_target(const char *to, const struct stat *source, const struct stat *target)
{
	bool is_folder = S_ISDIR(target->st_mode);

	if (is_folder != S_ISDIR(source->st_mode))
		return is_folder ? -EISDIR : -ENOTDIR;
	return is_folder && rmdir(to) < 0 ? -errno : 0;
}

/* As rename(2) has it. */
static int check_target(const char *from, const char *to, unsigned flags)
{
	struct stat source, target;

	if (lstat(from, &source) < 0)
		return -errno;
	if (lstat(to, &target) < 0)
		return errno == ENOENT ? 0 : -errno;
	return flags & RENAME_NOREPLACE ? -EEXIST : clear_target(to, &source, &target);
}

static bool is_one_file_system(const struct dryrun *dryrun, const char *from, const char *to)
{
	const struct mount *source = mounts_of(&dryrun->mounts, from);

	return source && source == mounts_of(&dryrun->mounts, to) &&
	       !mounts_at(&dryrun->mounts, from) && !mounts_below(&dryrun->mounts, from);
}

/* The folder that the name is in, below the root of the agent's world. */
static int open_parent(const struct dryrun *dryrun, const char *name)
{
	scoped(buffer) struct buffer folder = { 0 };
	struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS };
	int fd;

	buffer_append(&folder, name, (size_t)(strrchr(name, '/') + 1 - name));
	if (buffer_status(&folder) < 0)
		return -ENOMEM;
	fd = (int)syscall(SYS_openat2, dryrun->root, buffer_text(&folder), &how, sizeof how);
	return fd < 0 ? -errno : fd;
}

static int move(const char *from, const char *to, unsigned flags)
{
	int r = check_target(from, to, flags);

	if (r < 0)
		return r;
	r = copy(from, to);
	if (r == 0)
		return remove_any(from);
	remove_any(to);
	return r;
}

static int move_between(int old, const char *from, int new, const char *to, unsigned flags)
{
	char source[AT_SIZE], target[AT_SIZE];
	int r = at(source, old, strrchr(from, '/') + 1);

	r = r ? r : at(target, new, strrchr(to, '/') + 1);
	return r ? r : move(source, target, flags);
}

int dryrun_move(const struct dryrun *dryrun, const char *from, const char *to, unsigned flags)
{
	int old, new, r;

	if (flags & ~RENAME_NOREPLACE || !is_one_file_system(dryrun, from, to))
		return -EXDEV;
	if (path_is_in(to, from))
		return -EINVAL;
	old = open_parent(dryrun, from);
	if (old < 0)
		return old;
	new = open_parent(dryrun, to);
	r = new < 0 ? new : move_between(old, from, new, to, flags);
	if (new >= 0)
		close(new);
	close(old);
	return r;
}
