#ifndef RECORDER_DRYRUN_BUILD_H
#define RECORDER_DRYRUN_BUILD_H

/* The tree that the agent of a dry run sees: the one that is there, with an overlay over each part
 * of it.  What is done to an overlay stands in a folder of the run, in the form of overlayfs(5).
 * For who makes it in a mount namespace of its own. */

#include "recorder/dryrun/mounts.h"

#include <sys/types.h>

struct error;
struct stat;

struct build {
	const char *folder; /* of the run */
	const char *hidden; /* the folder that those of all runs are in: the agent sees it empty */
	const char *root;   /* where the tree is put together: a folder of `folder` */
	/* With the rights of an ordinary user: what the overlay notes are attributes "user.",
	 * nobody but the user and his group has a number, and mounts cannot be looked under. */
	bool by_user;
	uid_t uid;
	gid_t gid;
	const char *wanted[4]; /* folders that the agent must be able to change; NULL: none */
	struct mounts mounts;  /* as they were */
	int number;	       /* of overlays so far */
	struct buffer places;  /* of them: lines for places.h */
	struct buffer notes;   /* what is not as it would be: lines */
	int region;	       /* a file that all processes of the agent can open, to log into */
};

/* Where it can be opened. */
#define BUILD_REGION "/dev/.pare"

/* Everything but what stands in the folders /proc and /dev.  0 or -errno. */
int build_tree(struct build *build, struct error *err);
int build_devices(struct build *build, struct error *err);
int build_processes(struct build *build, struct error *err); /* as process 1 */

/* ---- what its files share ---- */

/* A path below build->root; cut where it is too long, which no mount then finds. */
void build_path(const struct build *build, const char *path, char ret[static 4096]);
/* The tree at `path` as it is, read-only, with all that is mounted below.  0 or -errno. */
int build_read_only(const struct build *build, const char *path);
/* An overlay over the folder `path`; where none is possible it is read-only, which is noted. */
int build_overlay(struct build *build, const char *path, struct error *err);
/* The folder `path`, in which others are mounted: each of its entries by itself. */
int build_split(struct build *build, const char *path, struct error *err);
/* Appends a note: what is the matter with `path`. */
void build_note(struct build *build, const char *path, const char *what);
/* Whether nobody here can do anything in the folder. */
bool build_is_closed(const struct build *build, const char *path);
/* Folders "N" of the run and "N/upper", and the line in places. 0 or -errno. */
int build_upper(struct build *build, const char *kind, const char *path, char ret[static 4096]);

/* The mode that a folder of others has, as far as this process may use it. */
mode_t build_mode(const struct build *build, const char *path, const struct stat *st);
/* Makes folders ahead that the overlay could not copy, as their owner has no number here: those
 * that may be changed, and those that lead there. */
void build_skeleton(const struct build *build, const char *lower, const char *upper);
/* Notes at `upper` with which mode it began, to know later what the agent has changed. */
int build_mark(const struct build *build, const char *upper, mode_t mode);
/* Makes `upper` look like `lower`, as far as that goes. */
int build_resemble(const struct build *build, const char *lower, const char *upper);

#endif
