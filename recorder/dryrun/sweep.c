#include "recorder/dryrun/sweep.h"

#include "core/error.h"
#include "core/store.h"
#include "recorder/dryrun/places.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a run that came to its end somebody may still want to know, or to apply it. */
static bool is_wanted(struct store *store, const char *id)
{
	scoped(run) struct run run = { 0 };
	struct error none = { 0 };

	return store_find_run(store, id, &run, &none) == 0 && !strcmp(run.id, id) &&
	       run.state != RUN_INCOMPLETE;
}

static int sweep_run(struct store *store, const char *folder, const char *id,
		     void (*say)(void *context, bool bad, const char *line), void *context)
{
	scoped(buffer) struct buffer path = { 0 };
	scoped(buffer) struct buffer line = { 0 };
	int r;

	buffer_printf(&path, "%s/%s", folder, id);
	if (id[0] == '.' || places_are_locked(buffer_text(&path)) || is_wanted(store, id))
		return 0;
	r = places_remove(buffer_text(&path));
	buffer_printf(&line, "dry run %.12s was killed: what it did is %s%s", id,
		      r < 0 ? "still there: " : "forgotten", r < 0 ? strerror(-r) : "");
	say(context, r < 0, buffer_text(&line));
	return 0;
}

int sweep(struct store *store, void (*say)(void *context, bool bad, const char *line),
	  void *context, struct error *err)
{
	scoped(buffer) struct buffer folder = { 0 };
	char *whole = realpath(store_path(store), NULL);
	const struct dirent *entry;
	DIR *stream;
	int r = 0;

	places_folder(&folder, whole ? whole : store_path(store));
	free(whole);
	stream = opendir(buffer_text(&folder));
	if (!stream)
		return errno == ENOENT ? 0 : error_set(err, errno, "read %s", buffer_text(&folder));
	while (r == 0 && (entry = readdir(stream)))
		r = sweep_run(store, buffer_text(&folder), entry->d_name, say, context);
	closedir(stream);
	rmdir(buffer_text(&folder)); /* where nothing is left */
	return r;
}
