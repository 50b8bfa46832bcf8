/* An overlay cannot rename a folder that it has not made (overlayfs(5), redirect_dir needs more
 * rights), nor anything from one overlay to another.  Where the world has one file system there,
 * what the program asked for is done step by step. */
#include "recorder/dryrun/apply.h"
#include "recorder/dryrun/places.h"
#include "recorder/dryrun/private.h"

#include <dirent.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int copy(const char *from, const char *to);

static int copy_entries(const char *from, const char *to)
{
	scoped(buffer) struct buffer source = { 0 };
	scoped(buffer) struct buffer target = { 0 };
	const struct dirent *entry;
	DIR *folder = opendir(from);
	int r = 0;

	if (!folder)
		return -errno;
	while (r == 0 && (entry = readdir(folder))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		buffer_clear(&source);
		buffer_clear(&target);
		buffer_printf(&source, "%s/%s", from, entry->d_name);
		buffer_printf(&target, "%s/%s", to, entry->d_name);
		r = copy(buffer_text(&source), buffer_text(&target));
	}
	closedir(folder);
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
	if (path_is_in(to, from))
		return -EINVAL;
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

int dryrun_move(const struct dryrun *dryrun, const char *from, const char *to, unsigned flags)
{
	scoped(buffer) struct buffer source = { 0 };
	scoped(buffer) struct buffer target = { 0 };
	int r;

	if (flags & ~RENAME_NOREPLACE || !is_one_file_system(dryrun, from, to))
		return -EXDEV;
	buffer_printf(&source, "/proc/self/fd/%d%s", dryrun->root, from);
	buffer_printf(&target, "/proc/self/fd/%d%s", dryrun->root, to);
	r = check_target(buffer_text(&source), buffer_text(&target), flags);
	if (r < 0)
		return r;
	r = copy(buffer_text(&source), buffer_text(&target));
	if (r == 0)
		return remove_any(buffer_text(&source));
	remove_any(buffer_text(&target));
	return r;
}
