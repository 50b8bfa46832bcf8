#ifndef RECORDER_DRYRUN_EFFECTS_H
#define RECORDER_DRYRUN_EFFECTS_H

#include "core/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What a dry run would have changed: its overlays (places.h), held against the files that are
 * really there. */

struct error;
struct places;

enum effect_kind { EFFECT_CREATED, EFFECT_CHANGED, EFFECT_DELETED, EFFECT_METADATA };

/* What is other than it was. */
enum effect_part {
	PART_TYPE = 1, /* a file where there was a folder, say */
	PART_CONTENT = 2,
	PART_MODE = 4,
	PART_OWNER = 8,
	PART_TIME = 16, /* of the last change; of a file whose content is the same */
	PART_ATTRIBUTES = 32,
};

struct effect {
	enum effect_kind kind;
	char *path;
	char *upper;	  /* how it would be; NULL: it would be gone */
	unsigned differs; /* enum effect_part */
	struct stat now;  /* of upper; of what would be gone, as it is */
	struct stat real; /* st_nlink 0: nothing is there */
	uint64_t files;	  /* of a folder that would be gone: all below */
	char *conflict;	  /* why it cannot be applied any more; NULL: it can */
};

/* A file with more than one name, as the run has it. */
struct twin {
	char *path, *upper;
	dev_t dev;
	ino_t ino;
};

struct effects {
	struct effect *effect; /* by path */
	size_t count;
	struct twin *twin;
	size_t twins;
};

/* 0 or -errno. */
int effects_find(struct effects *ret, const struct places *places, const char *folder,
		 struct error *err);
const struct effect *effects_at(const struct effects *effects, const char *path); /* or NULL */
void effects_release(struct effects *effects);
void effects_cleanup(struct effects *effects); /* for scoped(effects) */

/* What the agent has closed to its own user is open in the upper tree, until it is closed again. */
void effects_open(const struct effects *effects);
void effects_close(const struct effects *effects);

/* At the end of the run: keeps in the folder what was really there under each name. */
int effects_keep_seen(const struct effects *effects, const char *folder, struct error *err);
/* Fills `conflict` of each effect whose file is no longer what the run saw. */
int effects_find_conflicts(struct effects *effects, const struct places *places, const char *folder,
			   struct error *err);

/* Makes the wanted ones real: those that are, or are below, one of `path` (count 0: all), and
 * folders that lead there.  None is applied where one has a conflict: -EBUSY; -ENOENT: a path has
 * no effect, which `err` says.  `ret_count`: how many were. */
int effects_apply(const struct effects *effects, char *const *path, size_t count, size_t *ret_count,
		  struct error *err);
bool effect_is_wanted(const struct effect *effect, char *const *path, size_t count);

/* ---- compare.c ---- */

bool compare_same_time(const struct timespec *a, const struct timespec *b);
/* Whether it is that time, or later. */
bool compare_is_since(const struct timespec *time, const struct timespec *since);

/* Bytes of two files; -errno where one cannot be read. */
int compare_content(const char *a, const char *b, bool *ret_same);
/* Parts in which the upper file is other than the real one; both are of the same type. */
unsigned compare_parts(const char *upper, const struct stat *now, const char *real,
		       const struct stat *was);
/* Attributes are only the overlay's own, or those of this program. */
bool compare_is_own_attribute(const char *name);
/* The names of all attributes of a file itself, each ended by a NUL.  0 or -errno. */
int compare_list_attributes(const char *path, struct buffer *ret);
int compare_read_attribute(const char *path, const char *name, struct buffer *ret);
/* The mode that the run itself gave to a folder of the upper tree; -1: it gave none. */
int compare_made_mode(const char *upper);
bool compare_is_whiteout(const struct stat *st);
bool compare_is_opaque(const char *upper, bool by_user);

#endif
