#include "recorder/dryrun/effects.h"

#include "core/error.h"
#include "recorder/dryrun/mounts.h"
#include "recorder/dryrun/places.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
	struct effects *effects;
	const struct places *places;
	const struct place *place;
	struct buffer upper, real; /* paths */
	bool is_new;		   /* nothing of the real tree is below */
};

static int keep(void *grown, void **array, size_t *count)
{
	if (!grown)
		return -ENOMEM;
	*array = grown;
	++*count;
	return 0;
}

static int add(struct walk *walk, const struct effect *found)
{
	struct effects *effects = walk->effects;
	struct effect effect = *found;
	struct effect *grown;

	effect.path = strdup(buffer_text(&walk->real));
	if (effect.kind != EFFECT_DELETED)
		effect.upper = strdup(buffer_text(&walk->upper));
	if (!effect.path || (effect.kind != EFFECT_DELETED && !effect.upper)) {
		free(effect.path);
		free(effect.upper);
		return -ENOMEM;
	}
	grown = realloc(effects->effect, (effects->count + 1) * sizeof *grown);
	if (keep(grown, (void **)&effects->effect, &effects->count) < 0) {
		free(effect.path);
		free(effect.upper);
		return -ENOMEM;
	}
	grown[effects->count - 1] = effect;
	return 0;
}

static int add_twin(struct walk *walk, const struct stat *now)
{
	struct effects *effects = walk->effects;
	struct twin *grown, twin;

	if (!S_ISREG(now->st_mode) || now->st_nlink < 2)
		return 0;
	twin = (struct twin){ strdup(buffer_text(&walk->real)), strdup(buffer_text(&walk->upper)),
			      now->st_dev, now->st_ino };
	grown = twin.path && twin.upper
			? realloc(effects->twin, (effects->twins + 1) * sizeof *grown)
			: NULL;
	if (keep(grown, (void **)&effects->twin, &effects->twins) < 0) {
		free(twin.path);
		free(twin.upper);
		return -ENOMEM;
	}
	grown[effects->twins - 1] = twin;
	return 0;
}

static uint64_t count_below(const char *folder)
{
	scoped(buffer) struct buffer path = { 0 };
	const struct dirent *entry;
	DIR *stream = opendir(folder);
	uint64_t count = 0;

	while (stream && (entry = readdir(stream))) {
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		count++;
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s", folder, entry->d_name);
		if (lstat(buffer_text(&path), &st) == 0 && S_ISDIR(st.st_mode))
			count += count_below(buffer_text(&path));
	}
	if (stream)
		closedir(stream);
	return count;
}

/* The real one would be gone. */
static int add_deleted(struct walk *walk, const struct stat *real)
{
	struct effect effect = { .kind = EFFECT_DELETED, .now = *real, .real = *real };

	if (S_ISDIR(real->st_mode))
		effect.files = count_below(buffer_text(&walk->real));
	return add(walk, &effect);
}

static int walk_folder(struct walk *walk, bool opaque);

static int walk_below(struct walk *walk, bool is_new, bool opaque)
{
	bool before = walk->is_new;
	int r;

	walk->is_new = is_new;
	r = walk_folder(walk, opaque);
	walk->is_new = before;
	return r;
}

/* Something that was not there, or that is of another type now. */
static int walk_new(struct walk *walk, const struct stat *now, const struct stat *real)
{
	struct effect effect = {
		.kind = real ? EFFECT_CHANGED : EFFECT_CREATED,
		.differs = real ? PART_TYPE : 0,
		.now = *now,
		.real = real ? *real : (struct stat){ 0 },
	};
	int r = add(walk, &effect);

	return r == 0 && S_ISDIR(now->st_mode) ? walk_below(walk, true, true) : r;
}

static int walk_both(struct walk *walk, const struct stat *now, const struct stat *real)
{
	const char *upper = buffer_text(&walk->upper);
	struct effect effect = {
		.differs = compare_parts(upper, now, buffer_text(&walk->real), real),
		.now = *now,
		.real = *real,
	};
	int r = 0;

	effect.kind = effect.differs & PART_CONTENT ? EFFECT_CHANGED : EFFECT_METADATA;
	if (effect.differs)
		r = add(walk, &effect);
	if (r == 0 && S_ISDIR(now->st_mode))
		r = walk_below(walk, false, compare_is_opaque(upper, walk->places->by_user));
	return r;
}

/* Of a place that is no overlay: what only holds the place of something that is mounted there. */
static bool is_placeholder(const struct walk *walk, const struct stat *now, const struct stat *real)
{
	mode_t type = now->st_mode & S_IFMT;

	if (!walk->place->split)
		return false;
	if (compare_made_mode(buffer_text(&walk->upper)) >= 0)
		return true;
	/* A pipe or a socket was made anew. */
	return real && type != S_IFREG && type != S_IFLNK && type != S_IFDIR;
}

static int walk_other(struct walk *walk, struct stat now, const struct stat *found)
{
	if (!found || (found->st_mode & S_IFMT) != (now.st_mode & S_IFMT))
		return walk_new(walk, &now, found);
	return walk_both(walk, &now, found);
}

static int walk_found(struct walk *walk, struct stat now)
{
	struct stat real;
	const struct stat *found = NULL;

	if (!walk->is_new && lstat(buffer_text(&walk->real), &real) == 0)
		found = &real;
	else if (!walk->is_new && errno == EACCES)
		return 0; /* the real folder is closed, too: it has been applied */
	if (compare_is_whiteout(&now))
		return found ? add_deleted(walk, found) : 0;
	if (add_twin(walk, &now) < 0)
		return -ENOMEM;
	return is_placeholder(walk, &now, found) ? 0 : walk_other(walk, now, found);
}

/* Whether it was closed to its own user, and is open now. */
static bool open_up(const char *upper, const struct stat *now)
{
	mode_t wanted = S_ISDIR(now->st_mode) ? 0700 : S_ISREG(now->st_mode) ? 0400 : 0;

	return (now->st_mode & wanted) != wanted && now->st_uid == geteuid() &&
	       chmod(upper, (now->st_mode & 07777) | wanted) == 0;
}

void effects_open(const struct effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		if (effects->effect[i].upper)
			open_up(effects->effect[i].upper, &effects->effect[i].now);
}

void effects_close(const struct effects *effects)
{
	for (size_t i = effects->count; i > 0; i--) {
		const struct effect *effect = &effects->effect[i - 1];

		if (effect->upper && open_up(effect->upper, &effect->now))
			chmod(effect->upper, effect->now.st_mode & 07777);
	}
}

/* What its owner has closed to himself is open while we look. */
static int walk_entry(struct walk *walk)
{
	const char *upper = buffer_text(&walk->upper);
	struct stat now;
	bool is_closed;
	int r;

	if (lstat(upper, &now) < 0)
		return -errno;
	is_closed = open_up(upper, &now);
	r = walk_found(walk, now);
	if (is_closed)
		chmod(buffer_text(&walk->upper), now.st_mode & 07777);
	return r;
}

static int visit(struct walk *walk, const char *name, int (*look)(struct walk *))
{
	size_t upper = walk->upper.size, real = walk->real.size;
	int r;

	buffer_printf(&walk->upper, "/%s", name);
	buffer_printf(&walk->real, "%s%s", real == 1 ? "" : "/", name);
	r = buffer_status(&walk->upper) < 0 || buffer_status(&walk->real) < 0 ? -ENOMEM
									      : look(walk);
	walk->upper.size = upper;
	walk->real.size = real;
	if (walk->upper.data)
		walk->upper.data[upper] = '\0';
	if (walk->real.data)
		walk->real.data[real] = '\0';
	return r;
}

static int each_entry(struct walk *walk, const char *folder, int (*look)(struct walk *))
{
	struct dirent **name;
	int r = 0, count = scandir(folder, &name, NULL, alphasort);

	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		if (r == 0 && strcmp(name[i]->d_name, ".") && strcmp(name[i]->d_name, ".."))
			r = visit(walk, name[i]->d_name, look);
		free(name[i]);
	}
	free(name);
	return r;
}

/* What is only in the real folder is gone where that is not shown through. */
static int look_for_gone(struct walk *walk)
{
	struct stat now, real;

	if (lstat(buffer_text(&walk->upper), &now) == 0 ||
	    lstat(buffer_text(&walk->real), &real) < 0)
		return 0;
	/* Of a copy: it has come since. */
	if (walk->place->split && compare_is_since(&real.st_ctim, &walk->places->since))
		return 0;
	return add_deleted(walk, &real);
}

static int walk_folder(struct walk *walk, bool opaque)
{
	int r = each_entry(walk, buffer_text(&walk->upper), walk_entry);

	if (r == -EACCES)
		r = 0; /* the agent has closed the folder to its owner, too */
	if (r == 0 && !walk->is_new && (opaque || walk->place->split)) {
		r = each_entry(walk, buffer_text(&walk->real), look_for_gone);
		if (r == -EACCES || r == -ENOENT)
			r = 0;
	}
	return r;
}

static int walk_place(struct effects *effects, const struct places *places,
		      const struct place *place, const char *folder)
{
	struct walk walk = { effects, places, place, .is_new = false };
	int r;

	buffer_printf(&walk.upper, "%s/%d/upper", folder, place->number);
	buffer_add(&walk.real, place->path);
	r = walk_entry(&walk);
	if (r == 0 && place->split)
		r = walk_folder(&walk, false);
	buffer_release(&walk.upper);
	buffer_release(&walk.real);
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct effect *)a)->path, ((const struct effect *)b)->path);
}

int effects_find(struct effects *ret, const struct places *places, const char *folder,
		 struct error *err)
{
	scoped(effects) struct effects effects = { 0 };
	int r = 0;

	for (size_t i = 0; i < places->count; i++) {
		r = walk_place(&effects, places, &places->place[i], folder);
		if (r < 0)
			return error_set(err, -r, "look at what the run did below %s",
					 places->place[i].path);
	}
	if (effects.count)
		qsort(effects.effect, effects.count, sizeof *effects.effect, by_path);
	*ret = effects;
	effects = (struct effects){ 0 };
	return 0;
}

const struct effect *effects_at(const struct effects *effects, const char *path)
{
	const struct effect wanted = { .path = (char *)(uintptr_t)path };

	return effects->count ? bsearch(&wanted, effects->effect, effects->count,
					sizeof *effects->effect, by_path)
			      : NULL;
}

void effects_release(struct effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		free(effects->effect[i].path);
		free(effects->effect[i].upper);
		free(effects->effect[i].conflict);
	}
	for (size_t i = 0; i < effects->twins; i++) {
		free(effects->twin[i].path);
		free(effects->twin[i].upper);
	}
	free(effects->effect);
	free(effects->twin);
	*effects = (struct effects){ 0 };
}

void effects_cleanup(struct effects *effects)
{
	effects_release(effects);
}
