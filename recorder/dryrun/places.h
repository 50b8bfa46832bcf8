#ifndef RECORDER_DRYRUN_PLACES_H
#define RECORDER_DRYRUN_PLACES_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What a dry run has left: a folder DATABASE.effects/RUN, of the user alone.  In it `places` says
 * which overlay was where, N/upper is what was done to it, in the form of overlayfs(5), and `lock`
 * is locked for as long as the run is going on. */

struct error;

/* An attribute of what the run has made itself: the mode that it gave that.  Overlays show no
 * attributes that begin so. */
#define PLACES_MADE(by_user) ((by_user) ? "user.overlay.pare" : "trusted.overlay.pare")

struct place {
	char *path;
	int number;
	bool split; /* no overlay: a copy of a folder, in which others were mounted */
};

struct places {
	struct place *place;
	size_t count;
	bool by_user;	       /* the overlay's attributes are user.overlay.*, not trusted.* */
	struct timespec since; /* when the run began, by the clock of file systems */
};

/* Appends the folder that those of all runs are in.  0 or -ENOMEM. */
int places_folder(struct buffer *out, const char *database);
int places_run_folder(struct buffer *out, const char *database, const char *run);

/* Makes a run's folder.  Returns the lock, which is held until it is closed, or -errno. */
int places_make(const char *database, const char *run, struct error *err);
/* Whether the run is going on. */
bool places_are_locked(const char *folder);

/* Writes a new file of a run's folder.  0 or -errno. */
int places_put(const char *folder, const char *name, struct bytes text, struct error *err);
/* `lines` are of "overlay N PATH" or "split N PATH".  0 or -errno. */
int places_write(const char *folder, bool by_user, struct bytes lines, struct error *err);
/* Hands each line of a file of the folder, without its newline, to take(), which may change it.
 * -ENOENT without words: there is none; 0, or -errno of the first that take() refuses. */
typedef int line_take(void *context, char *line);
int places_each_line(const char *folder, const char *name, line_take *take, void *context,
		     struct error *err);
/* -ENOENT where there are none. */
int places_read(struct places *ret, const char *folder, struct error *err);
void places_release(struct places *places);
void places_cleanup(struct places *places); /* for scoped(places) */

/* Removes a folder and all in it, which no mount may be in.  0 or -errno. */
int places_remove(const char *folder);

#endif
