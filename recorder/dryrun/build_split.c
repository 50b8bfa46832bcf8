/* A folder in which others are mounted, where nothing may be looked at from under them: each
 * entry comes by itself. */
#include "recorder/dryrun/build.h"

#include "core/error.h"
#include "recorder/dryrun/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPIED_MAX (16 << 20) /* a larger file is mounted, and read-only */

/* A file of one's own that may be written. */
static int copy_file(const char *from, const char *to, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), out, r;

	if (in < 0)
		return -errno;
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	r = out < 0 ? -errno : copy_bytes(in, out);
	if (r == 0 && (fchmod(out, st->st_mode & 07777) < 0 || futimens(out, times) < 0))
		r = -errno;
	close(in);
	if (out >= 0)
		close(out);
	return r;
}

/* It only holds the place of something that is mounted there.  What cannot be marked, because the
 * file system has no attributes, is not looked at afterwards either. */
static void mark(const struct build *build, const char *to)
{
	(void)build_mark(build, to, 0600);
}

static int hold_place(const struct build *build, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	mark(build, to);
	return 0;
}

static int mount_file(const struct build *build, const char *path, const char *to)
{
	int r = hold_place(build, to);

	return r == 0 ? build_read_only(build, path) : r;
}

/* Its owner's own file can be copied, where something may be done with it. */
static bool is_copied(const struct build *build, const char *path, const struct stat *st)
{
	return st->st_uid == build->uid && st->st_gid == build->gid && st->st_size <= COPIED_MAX &&
	       access(path, R_OK) == 0;
}

static int add_file(struct build *build, const char *path, const char *to, bool writable,
		    const struct stat *st)
{
	if (writable && is_copied(build, path, st))
		return copy_file(path, to, st);
	if (writable && access(path, W_OK) == 0)
		build_note(build, path,
			   "is read-only: others are mounted beside it, and it is large, "
			   "unreadable or "
			   "another's");
	return mount_file(build, path, to);
}

static int add_folder(struct build *build, const char *path, const char *to, struct error *err)
{
	if (mkdir(to, 0755) < 0)
		return error_set(err, errno, "make a folder %s", to);
	mark(build, to);
	if (mounts_at(&build->mounts, path) || !strcmp(path, "/proc") || !strcmp(path, "/sys") ||
	    !strcmp(path, "/dev"))
		return 0;
	if (build_is_closed(build, path)) {
		if (build_read_only(build, path) < 0)
			build_note(build, path, "is not there: it could not be shown");
		return 0;
	}
	if (mounts_below(&build->mounts, path))
		return build_split(build, path, err);
	return build_overlay(build, path, err);
}

/* What is neither a file nor a folder: nobody serves a socket that was there before. */
static int add_other(const char *to, const struct stat *st)
{
	if (S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode))
		return mknod(to, st->st_mode & (S_IFMT | 0777), 0) < 0 ? -errno : 0;
	return 0;
}

static int add_entry(struct build *build, const char *folder, const char *name, bool writable,
		     struct error *err)
{
	char path[PATH_MAX], to[PATH_MAX];
	struct stat st;
	int r;

	if (snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") ? folder : "", name) >=
		    PATH_MAX ||
	    fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0)
		return 0;
	build_path(build, path, to);
	if (S_ISDIR(st.st_mode))
		return add_folder(build, path, to, err);
	if (mounts_at(&build->mounts, path) && S_ISREG(st.st_mode))
		r = hold_place(build, to); /* it is mounted when its turn comes */
	else if (S_ISREG(st.st_mode))
		r = add_file(build, path, to, writable, &st);
	else if (S_ISLNK(st.st_mode))
		r = copy_link(path, to);
	else
		r = add_other(to, &st);
	if (r < 0)
		build_note(build, path, "is not there: it could not be shown");
	return 0;
}

static int add_entries(struct build *build, const char *path, bool writable, struct error *err)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int r = 0;

	if (!folder)
		return 0; /* nobody but who knows the names sees anything there */
	while (r == 0 && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = add_entry(build, path, entry->d_name, writable, err);
	closedir(folder);
	return r;
}

/* A folder of the run where something may be made in it, else one that is read-only in the end. */
static int begin_folder(struct build *build, const char *path, bool writable)
{
	char to[PATH_MAX], upper[PATH_MAX];
	int r;

	build_path(build, path, to);
	if (!writable)
		return mount("pare", to, "tmpfs", MS_NODEV | MS_NOSUID, "mode=755,size=1m") < 0
			       ? -errno
			       : 0;
	build_note(build, path,
		   "is shown in parts, as others are mounted in it: to move something from one of "
		   "its folders to another is to copy it");
	r = build_upper(build, "split", path, upper);
	if (r == 0)
		r = build_resemble(build, path, upper);
	if (r == 0 && mount(upper, to, NULL, MS_BIND, NULL) < 0)
		r = -errno;
	return r;
}

/* When all that is mounted in it has a place there. */
static int end_folder(const struct build *build, const char *path)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
	char to[PATH_MAX];

	build_path(build, path, to);
	return mount_setattr(AT_FDCWD, to, 0, &attributes, sizeof attributes) < 0 ? -errno : 0;
}

int build_split(struct build *build, const char *path, struct error *err)
{
	bool writable = access(path, W_OK) == 0;
	int r = begin_folder(build, path, writable);

	if (r < 0)
		return error_set(err, -r, "show %s to the agent", path);
	r = add_entries(build, path, writable, err);
	if (r == 0 && !writable && (r = end_folder(build, path)) < 0)
		return error_set(err, -r, "show %s to the agent", path);
	return r;
}
