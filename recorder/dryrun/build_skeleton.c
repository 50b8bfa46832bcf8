#include "recorder/dryrun/build.h"

#include "recorder/dryrun/places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* How far folders of others are gone through to find some that may be changed. */
#define DEPTH	    2
#define ENTRIES_MAX 4000

struct skeleton {
	const struct build *build;
	const char *lower, *upper;
	dev_t dev;
	unsigned seen;
};

/* Whether an overlay can copy it: its owner and its group have numbers. */
static bool is_own(const struct build *build, const struct stat *st)
{
	return st->st_uid == build->uid && st->st_gid == build->gid;
}

mode_t build_mode(const struct build *build, const char *path, const struct stat *st)
{
	mode_t mode = 0;

	if (!build->by_user || is_own(build, st))
		return st->st_mode & 07777;
	if (access(path, R_OK) == 0)
		mode |= 0444;
	if (access(path, W_OK) == 0)
		mode |= 0222;
	if (access(path, X_OK) == 0)
		mode |= 0111;
	return mode | (st->st_mode & S_ISVTX);
}

int build_mark(const struct build *build, const char *upper, mode_t mode)
{
	char text[16];
	int size = snprintf(text, sizeof text, "%o", (unsigned)mode);

	return setxattr(upper, PLACES_MADE(build->by_user), text, (size_t)size, 0) < 0 ? -errno : 0;
}

int build_resemble(const struct build *build, const char *lower, const char *upper)
{
	struct timespec times[2];
	struct stat st;
	mode_t mode;
	int r = 0;

	if (stat(lower, &st) < 0)
		return -errno;
	mode = build_mode(build, lower, &st);
	if ((!build->by_user || is_own(build, &st)) && chown(upper, st.st_uid, st.st_gid) < 0)
		return -errno;
	r = build_mark(build, upper, mode);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (r == 0 && (chmod(upper, mode) < 0 || utimensat(AT_FDCWD, upper, times, 0) < 0))
		r = -errno;
	return r;
}

/* Makes all folders of the path below the upper one, as far as they are not there. */
static void make_chain(const struct skeleton *skeleton, const char *path)
{
	char lower[PATH_MAX], upper[PATH_MAX];

	for (const char *at = path; *at; at++) {
		int size;

		at += *at == '/';
		at += strcspn(at, "/");
		size = (int)(at - path);
		if (snprintf(lower, sizeof lower, "%s%.*s", skeleton->lower, size, path) >=
			    PATH_MAX ||
		    snprintf(upper, sizeof upper, "%s%.*s", skeleton->upper, size, path) >=
			    PATH_MAX)
			return;
		/* Writable for the moment, so that more can be made in it. */
		if (mkdir(upper, 0700) == 0)
			build_resemble(skeleton->build, lower, upper);
		else if (errno == EACCES)
			return;
		if (!*at)
			return;
		at--;
	}
}

static void scan(struct skeleton *skeleton, const char *path, unsigned depth);

static void look_at(struct skeleton *skeleton, const char *path, unsigned depth)
{
	char lower[PATH_MAX];
	struct stat st;

	if (snprintf(lower, sizeof lower, "%s%s", skeleton->lower, path) >= PATH_MAX ||
	    lstat(lower, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_dev != skeleton->dev)
		return;
	if (is_own(skeleton->build, &st)) {
		char above[PATH_MAX];

		snprintf(above, sizeof above, "%.*s", (int)(strrchr(path, '/') - path), path);
		make_chain(skeleton, above);
		return;
	}
	if (access(lower, W_OK | X_OK) == 0) {
		make_chain(skeleton, path);
		depth = DEPTH;
	}
	if (depth)
		scan(skeleton, path, depth - 1);
}

static bool may_be_folder(const struct dirent *entry)
{
	return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
	       strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

static void scan(struct skeleton *skeleton, const char *path, unsigned depth)
{
	char whole[PATH_MAX];
	const struct dirent *entry;
	DIR *folder;

	if (snprintf(whole, sizeof whole, "%s%s", skeleton->lower, path) >= PATH_MAX)
		return;
	folder = opendir(whole);
	while (folder && (entry = readdir(folder)) && ++skeleton->seen < ENTRIES_MAX) {
		if (may_be_folder(entry) &&
		    snprintf(whole, sizeof whole, "%s/%s", path, entry->d_name) < PATH_MAX)
			look_at(skeleton, whole, depth);
	}
	if (folder)
		closedir(folder);
}

/* All folders of others on the way to one that the agent must be able to change. */
static void reach(struct skeleton *skeleton, const char *wanted)
{
	size_t start = strcmp(skeleton->lower, "/") ? strlen(skeleton->lower) : 0;
	char path[PATH_MAX];
	size_t size;

	if (!path_is_in(wanted, skeleton->lower))
		return;
	for (size = start; wanted[size]; size++) {
		size += 1 + strcspn(wanted + size + 1, "/");
		snprintf(path, sizeof path, "%.*s", (int)(size - start), wanted + start);
		look_at(skeleton, path, 0);
		size--;
	}
	if (wanted[start])
		look_at(skeleton, wanted + start, DEPTH);
}

void build_skeleton(const struct build *build, const char *lower, const char *upper)
{
	struct skeleton skeleton = { build, strcmp(lower, "/") ? lower : "", upper, 0, 0 };
	struct stat st;

	if (stat(lower, &st) < 0 || is_own(build, &st))
		return;
	skeleton.dev = st.st_dev;
	for (size_t i = 0; i < sizeof build->wanted / sizeof *build->wanted; i++)
		if (build->wanted[i])
			reach(&skeleton, build->wanted[i]);
	scan(&skeleton, "", DEPTH - 1);
}
