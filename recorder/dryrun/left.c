#include "recorder/dryrun/command.h"

#include "core/error.h"
#include "core/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int find_folder(struct left *left, const char *database, const char *which,
		       struct error *err)
{
	scoped(run) struct run run = { 0 };
	struct store *store;
	int r = store_open(&store, database, STORE_READ, err);

	if (r < 0)
		return r;
	r = store_find_run(store, which, &run, err);
	if (r == 0) {
		char *whole = realpath(store_path(store), NULL);

		r = places_run_folder(&left->folder, whole ? whole : store_path(store), run.id);
		free(whole);
	}
	store_close(store);
	if (r < 0)
		return r;
	if (access(buffer_text(&left->folder), F_OK) < 0)
		return error_say(err, ENOENT,
				 "run %.12s has left nothing: it was no dry run, or all of it was "
				 "applied or discarded",
				 run.id);
	if (places_are_locked(buffer_text(&left->folder)))
		return error_say(err, EBUSY, "run %.12s is still going on", run.id);
	return 0;
}

error_t left_parse(int key, char *text, struct argp_state *state, struct left_request *ret)
{
	switch (key) {
	case COMMAND_DB:
		ret->db = text;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state, "too many arguments");
		ret->run = text;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "of which run?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int left_open(struct left *ret, const char *database, const char *which, bool look,
	      struct error *err)
{
	const char *folder;
	int r = find_folder(ret, database, which, err);

	if (r < 0 || !look)
		return r;
	folder = buffer_text(&ret->folder);
	r = places_read(&ret->places, folder, err);
	if (r == -ENOENT)
		return error_say(err, ENOENT,
				 "the dry run did not begin; `pare discard` forgets it");
	if (r == 0)
		r = effects_find(&ret->effects, &ret->places, folder, err);
	if (r == 0)
		r = effects_find_conflicts(&ret->effects, &ret->places, folder, err);
	return r;
}

void left_cleanup(struct left *left)
{
	buffer_release(&left->folder);
	places_release(&left->places);
	effects_release(&left->effects);
}

int left_remove(const struct left *left, struct error *err)
{
	char *above = strdup(buffer_text(&left->folder));
	int r = places_remove(buffer_text(&left->folder));

	if (r == 0 && above) {
		*strrchr(above, '/') = '\0';
		rmdir(above); /* of the last run */
	}
	free(above);
	return r < 0 ? error_set(err, -r, "remove %s", buffer_text(&left->folder)) : 0;
}
