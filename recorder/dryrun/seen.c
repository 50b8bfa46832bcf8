/* What was really there when the run had ended, and whether it still is. */
#include "recorder/dryrun/effects.h"

#include "core/error.h"
#include "core/hash.h"
#include "recorder/dryrun/mounts.h"
#include "recorder/dryrun/places.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct seen {
	struct stat st; /* st_nlink 0: nothing was there */
	UT_hash_handle hh;
	char path[];
};

int effects_keep_seen(const struct effects *effects, const char *folder, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };

	for (size_t i = 0; i < effects->count; i++) {
		const struct stat *st = &effects->effect[i].real;

		path_escape(&text, effects->effect[i].path);
		buffer_printf(&text, " %ju %ju %ju %o %u %u %jd %jd %ld %jd %ld\n",
			      (uintmax_t)st->st_nlink, (uintmax_t)st->st_dev, (uintmax_t)st->st_ino,
			      st->st_mode, st->st_uid, st->st_gid, (intmax_t)st->st_size,
			      (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
			      (intmax_t)st->st_ctim.tv_sec, st->st_ctim.tv_nsec);
	}
	return buffer_status(&text) < 0 ? error_set(err, ENOMEM, "keep what is there")
					: places_put(folder, "seen", buffer_bytes(&text), err);
}

static int take_line(void *context, char *line)
{
	struct seen **seen = context;
	char *rest = line, *name = strsep(&rest, " ");
	uintmax_t links, dev, ino;
	intmax_t size, mtime, ctime;
	struct seen *found;
	struct stat st = { 0 };
	size_t size_of_name;

	if (!rest || sscanf(rest, "%ju %ju %ju %o %u %u %jd %jd %ld %jd %ld", &links, &dev, &ino,
			    &st.st_mode, &st.st_uid, &st.st_gid, &size, &mtime, &st.st_mtim.tv_nsec,
			    &ctime, &st.st_ctim.tv_nsec) != 11)
		return -EINVAL;
	st.st_nlink = links;
	st.st_dev = dev;
	st.st_ino = ino;
	st.st_size = size;
	st.st_mtim.tv_sec = mtime;
	st.st_ctim.tv_sec = ctime;
	path_unescape(name);
	size_of_name = strlen(name) + 1;
	found = calloc(1, sizeof *found + size_of_name);
	if (!found)
		return -ENOMEM;
	found->st = st;
	memcpy(found->path, name, size_of_name);
	HASH_ADD_STR(*seen, path, found);
	return 0;
}

static void forget(struct seen *seen)
{
	struct seen *each = NULL, *next = NULL;

	HASH_ITER(hh, seen, each, next)
	{
		HASH_DEL(seen, each);
		free(each);
	}
}

/* Nothing where the run did not come to an end. */
static int read_seen(struct seen **ret, const char *folder, struct error *err)
{
	int r = places_each_line(folder, "seen", take_line, ret, err);

	return r == -ENOENT ? 0 : r;
}

static bool same_content(const struct stat *before, const struct stat *now)
{
	return S_ISDIR(now->st_mode) || (before->st_size == now->st_size &&
					 compare_same_time(&before->st_mtim, &now->st_mtim));
}

static const char *compare_both(const struct stat *before, const struct stat *now)
{
	if (before->st_dev != now->st_dev || before->st_ino != now->st_ino ||
	    (before->st_mode & S_IFMT) != (now->st_mode & S_IFMT))
		return "it is another file";
	if (!same_content(before, now))
		return "its content, or the time of its last change, is another";
	if (before->st_mode != now->st_mode)
		return "its mode is another";
	if (before->st_uid != now->st_uid || before->st_gid != now->st_gid)
		return "its owner is another";
	if (!S_ISDIR(now->st_mode) && !compare_same_time(&before->st_ctim, &now->st_ctim))
		return "its content or its attributes were changed";
	return NULL;
}

/* NULL: it is the same file, and nobody has touched it.  A folder may have got other entries. */
static const char *compare_seen(const struct stat *before, const struct stat *now)
{
	if (before->st_nlink && !now->st_nlink)
		return "it is gone";
	if (!before->st_nlink && now->st_nlink)
		return "it has appeared";
	return now->st_nlink ? compare_both(before, now) : NULL;
}

/* Whether something in a folder that is to go was changed or made since. */
static bool has_changed_below(const char *folder, const struct timespec *since)
{
	scoped(buffer) struct buffer path = { 0 };
	const struct dirent *entry;
	DIR *stream = opendir(folder);
	bool has_changed = false;

	while (stream && !has_changed && (entry = readdir(stream))) {
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", folder, entry->d_name);
		has_changed =
			lstat(buffer_text(&path), &st) == 0 &&
			(compare_is_since(&st.st_ctim, since) ||
			 (S_ISDIR(st.st_mode) && has_changed_below(buffer_text(&path), since)));
	}
	if (stream)
		closedir(stream);
	return has_changed;
}

/* It goes as a whole, or something else comes in its place. */
static bool takes_folder(const struct effect *effect, const struct stat *before)
{
	return S_ISDIR(before->st_mode) &&
	       (effect->kind == EFFECT_DELETED || effect->differs & PART_TYPE);
}

static const char *judge(const struct effect *effect, const struct seen *seen,
			 const struct places *places)
{
	const struct stat *before = seen ? &seen->st : &effect->real;
	const char *why = compare_seen(before, &effect->real);

	if (why || !before->st_nlink)
		return why;
	if (takes_folder(effect, before))
		return has_changed_below(effect->path, &places->since)
			       ? "something in it was changed or made since the run began"
			       : NULL;
	return compare_is_since(&before->st_ctim, &places->since)
		       ? "it was changed while the run was going on"
		       : NULL;
}

/* The folder that it shall be in is there, or comes with the others. */
static bool has_folder(const struct effects *effects, const struct effect *effect)
{
	scoped(buffer) struct buffer folder = { 0 };
	const struct effect *above;
	struct stat st;

	buffer_append(&folder, effect->path, (size_t)(strrchr(effect->path, '/') - effect->path));
	if (!folder.size || (stat(buffer_text(&folder), &st) == 0 && S_ISDIR(st.st_mode)))
		return true;
	above = effects_at(effects, buffer_text(&folder));
	return above && above->upper && S_ISDIR(above->now.st_mode);
}

int effects_find_conflicts(struct effects *effects, const struct places *places, const char *folder,
			   struct error *err)
{
	struct seen *seen = NULL;
	int r = read_seen(&seen, folder, err);

	for (size_t i = 0; r == 0 && i < effects->count; i++) {
		struct effect *effect = &effects->effect[i];
		struct seen *found = NULL;
		const char *why;

		HASH_FIND_STR(seen, effect->path, found);
		why = judge(effect, found, places);
		if (!why && effect->upper && !has_folder(effects, effect))
			why = "the folder that it was in is gone";
		if (why && !(effect->conflict = strdup(why)))
			r = error_set(err, ENOMEM, "look for what was changed since the run");
	}
	forget(seen);
	return r;
}
