#include "recorder/dryrun/apply.h"

#include "core/error.h"
#include "core/text.h"
#include "recorder/dryrun/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One of the names asked for, or below one; a new folder that leads to one. */
bool effect_is_wanted(const struct effect *effect, char *const *path, size_t count)
{
	bool leads = effect->upper && S_ISDIR(effect->now.st_mode) &&
		     (effect->kind == EFFECT_CREATED || effect->differs & PART_TYPE);

	for (size_t i = 0; i < count; i++)
		if (path_is_in(effect->path, path[i]) ||
		    (leads && path_is_in(path[i], effect->path)))
			return true;
	return count == 0;
}

struct apply {
	const struct effects *effects;
	char *const *path;
	size_t count;
	bool *done; /* of each effect: a regular file that is real now */
	size_t applied;
};

static int fail(const struct effect *effect, int r, struct error *err)
{
	scoped(buffer) struct buffer shown = { 0 };

	return error_set(err, -r, "apply %s", text_safe(bytes_of(effect->path), 0, &shown));
}

/* Another name of the same file, which is real already: it was not changed, or it has been
 * applied.  NULL: there is none. */
static const char *find_twin(const struct apply *apply, const struct effect *effect)
{
	const struct effects *effects = apply->effects;

	if (!S_ISREG(effect->now.st_mode) || effect->now.st_nlink < 2)
		return NULL;
	for (size_t i = 0; i < effects->twins; i++) {
		const struct twin *twin = &effects->twin[i];
		const struct effect *other;

		if (twin->dev != effect->now.st_dev || twin->ino != effect->now.st_ino ||
		    !strcmp(twin->path, effect->path))
			continue;
		other = effects_at(effects, twin->path);
		if (!other || apply->done[other - effects->effect])
			return twin->path;
	}
	return NULL;
}

static int make_one(struct apply *apply, size_t at, struct error *err)
{
	const struct effect *effect = &apply->effects->effect[at];
	int r = 0;

	if (!effect->upper || !effect_is_wanted(effect, apply->path, apply->count))
		return 0;
	if (S_ISDIR(effect->now.st_mode))
		r = apply_folder(effect);
	else if (effect->kind == EFFECT_METADATA)
		r = apply_metadata(effect);
	else
		r = apply_file(effect, find_twin(apply, effect));
	if (r < 0)
		return fail(effect, r, err);
	apply->done[at] = true;
	apply->applied++;
	return 0;
}

/* From the end: what is in a folder is done before the folder. */
static int finish_one(struct apply *apply, size_t at, struct error *err)
{
	const struct effect *effect = &apply->effects->effect[at];
	int r = 0;

	if (!effect_is_wanted(effect, apply->path, apply->count))
		return 0;
	if (effect->kind == EFFECT_DELETED) {
		r = apply_deleted(effect);
		apply->applied += r == 0;
	} else if (S_ISDIR(effect->now.st_mode)) {
		r = apply_metadata(effect);
	}
	return r < 0 ? fail(effect, r, err) : 0;
}

static int check_paths(const struct apply *apply, struct error *err)
{
	for (size_t i = 0; i < apply->count; i++) {
		scoped(buffer) struct buffer shown = { 0 };
		size_t at = 0;

		while (at < apply->effects->count &&
		       !path_is_in(apply->effects->effect[at].path, apply->path[i]))
			at++;
		if (at == apply->effects->count)
			return error_say(err, ENOENT, "apply %s: the run did nothing there",
					 text_safe(bytes_of(apply->path[i]), 0, &shown));
	}
	return 0;
}

int effects_apply(const struct effects *effects, char *const *path, size_t count, size_t *ret_count,
		  struct error *err)
{
	struct apply apply = { effects, path, count, .applied = 0 };
	int r = check_paths(&apply, err);

	*ret_count = 0;
	if (r < 0)
		return r;
	for (size_t i = 0; i < effects->count; i++)
		if (effects->effect[i].conflict &&
		    effect_is_wanted(&effects->effect[i], path, count))
			return -EBUSY;
	apply.done = calloc(effects->count + 1, sizeof *apply.done);
	if (!apply.done)
		return error_set(err, ENOMEM, "apply the effects");
	for (size_t i = 0; r == 0 && i < effects->count; i++)
		r = make_one(&apply, i, err);
	for (size_t i = effects->count; r == 0 && i > 0; i--)
		r = finish_one(&apply, i - 1, err);
	free(apply.done);
	*ret_count = apply.applied;
	return r;
}
