#include "recorder/dryrun/build.h"

#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Of the headers of glibc 2.36 and later; numbers: linux/mount.h. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4
#endif

void build_path(const struct build *build, const char *path, char ret[static PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s%s", build->root, strcmp(path, "/") ? path : "");
}

void build_note(struct build *build, const char *path, const char *what)
{
	path_escape(&build->notes, path);
	buffer_printf(&build->notes, " %s\n", what);
}

int build_read_only(const struct build *build, const char *path)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV };
	char to[PATH_MAX];
	int r = 0,
	    tree = open_tree(AT_FDCWD, path,
			     OPEN_TREE_CLONE | AT_RECURSIVE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW);

	if (tree < 0)
		return -errno;
	build_path(build, path, to);
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) <
		    0 ||
	    move_mount(tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		r = -errno;
	close(tree);
	return r;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int build_upper(struct build *build, const char *kind, const char *path, char ret[static PATH_MAX])
{
	int r;

	snprintf(ret, PATH_MAX, "%s/%d", build->folder, ++build->number);
	r = make_folder(ret);
	snprintf(ret, PATH_MAX, "%s/%d/upper", build->folder, build->number);
	if (r == 0)
		r = make_folder(ret);
	if (r < 0)
		return r;
	buffer_printf(&build->places, "%s %d ", kind, build->number);
	path_escape(&build->places, path);
	buffer_add_char(&build->places, '\n');
	return buffer_status(&build->places);
}

/* What a mount forbids stays forbidden (under an overlay a socket leads nowhere); devices are
 * nobody's business in a dry run. */
static unsigned long mount_flags(const char *path)
{
	struct statvfs fs;
	unsigned long flags = MS_NODEV;

	if (statvfs(path, &fs) < 0)
		return flags;
	if (fs.f_flag & ST_RDONLY)
		flags |= MS_RDONLY;
	if (fs.f_flag & ST_NOSUID)
		flags |= MS_NOSUID;
	if (fs.f_flag & ST_NOEXEC)
		flags |= MS_NOEXEC;
	return flags;
}

/* Nobody waits for the disk: what a machine loses that stops has changed nothing.  Layers are named
 * by descriptors: a path may have any bytes, and options have no room for it. */
static int mount_layers(const struct build *build, const char *path, int lower, int upper, int work)
{
	char options[256], to[PATH_MAX];

	snprintf(options, sizeof options,
		 "lowerdir=/proc/self/fd/%d,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d,"
		 "index=off,volatile,%s",
		 lower, upper, work,
		 build->by_user ? "userxattr" : "metacopy=off,redirect_dir=nofollow");
	build_path(build, path, to);
	return mount("pare", to, "overlay", mount_flags(path), options) < 0 ? -errno : 0;
}

static int open_and_mount(const struct build *build, const char *path, const char *upper)
{
	char work[PATH_MAX];
	int fd[3], r;

	snprintf(work, sizeof work, "%s/%d/work", build->folder, build->number);
	r = make_folder(work);
	if (r < 0)
		return r;
	fd[0] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd[1] = open(upper, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd[2] = open(work, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = fd[0] < 0 || fd[1] < 0 || fd[2] < 0 ? -errno
						: mount_layers(build, path, fd[0], fd[1], fd[2]);
	for (size_t i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return r;
}

static void fall_back(struct build *build, const char *path, int code)
{
	scoped(buffer) struct buffer why = { 0 };
	const struct mount *mount = mounts_of(&build->mounts, path);

	buffer_printf(&why, "is read-only: no overlay is possible there (%s)", strerror(code));
	if (build_read_only(build, path) < 0)
		build_note(build, path, "is not there: it could not be mounted");
	else if (!mount || !mount->read_only)
		build_note(build, path, buffer_text(&why));
}

int build_overlay(struct build *build, const char *path, struct error *err)
{
	char upper[PATH_MAX];
	size_t places = build->places.size;
	int r = build_upper(build, "overlay", path, upper);

	if (r == 0)
		r = build_resemble(build, path, upper);
	if (r < 0)
		return error_set(err, -r, "keep the changes of a dry run in %s", upper);
	if (build->by_user)
		build_skeleton(build, path, upper);
	r = open_and_mount(build, path, upper);
	if (r == 0)
		return 0;
	build->places.size = places;
	fall_back(build, path, -r);
	return 0;
}

/* ---- the whole ---- */

static bool is_special(const char *path)
{
	return path_is_in(path, "/proc") || path_is_in(path, "/sys") ||
	       (path_is_in(path, "/dev") && strcmp(path, "/dev/shm") != 0);
}

bool build_is_closed(const struct build *build, const char *path)
{
	return build->by_user && access(path, X_OK) < 0;
}

/* A file, or what cannot be written anyway. */
static int show(struct build *build, const struct mount *mount, bool is_file)
{
	if (build_read_only(build, mount->place) < 0)
		build_note(build, mount->place, "is not there: it could not be mounted");
	else if (is_file && !mount->read_only && access(mount->place, W_OK) == 0)
		build_note(build, mount->place, "is read-only: it is one file, and mounted");
	return 0;
}

static int cover(struct build *build, const struct mount *mount, struct error *err)
{
	struct stat st;

	if (stat(mount->place, &st) < 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))) {
		build_note(build, mount->place, "is not there: whoever serves it is outside");
		return 0;
	}
	if (S_ISREG(st.st_mode) || build_is_closed(build, mount->place))
		return show(build, mount, S_ISREG(st.st_mode));
	if (build->by_user && mounts_below(&build->mounts, mount->place))
		return build_split(build, mount->place, err);
	return build_overlay(build, mount->place, err);
}

static int cover_all(struct build *build, bool shared_memory, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < build->mounts.count; i++) {
		const struct mount *mount = &build->mounts.mount[i];

		if (mount->seen && !is_special(mount->place) &&
		    !strcmp(mount->place, "/dev/shm") == shared_memory)
			r = cover(build, mount, err);
	}
	return r;
}

static int hide(const struct build *build, struct error *err)
{
	char to[PATH_MAX];

	build_path(build, build->hidden, to);
	if (mount("pare", to, "tmpfs", MS_RDONLY | MS_NODEV | MS_NOSUID | MS_NOEXEC, "size=4k") ==
	    0)
		return 0;
	/* It may lie where nothing of it is shown. */
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return error_set(err, errno, "hide %s from the agent", build->hidden);
}

static int look(struct build *build, struct error *err)
{
	int r;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_set(err, errno, "keep the mounts of a dry run apart");
	r = mounts_read(&build->mounts);
	if (r < 0)
		return error_set(err, -r, "read /proc/self/mountinfo");
	if (!mounts_at(&build->mounts, "/"))
		return error_say(
			err, ENOTSUP,
			"lay an overlay over the files: / is no mount of its own (chroot)");
	return 0;
}

int build_tree(struct build *build, struct error *err)
{
	int r = look(build, err);

	if (r == 0)
		r = cover_all(build, false, err);
	if (r == 0 && access("/sys", F_OK) == 0 && build_read_only(build, "/sys") < 0)
		build_note(build, "/sys", "is not there: it could not be mounted");
	if (r == 0)
		r = build_devices(build, err);
	if (r == 0 && mounts_at(&build->mounts, "/dev/shm"))
		r = cover_all(build, true, err);
	return r == 0 ? hide(build, err) : r;
}
