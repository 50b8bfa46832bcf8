#include "analyzer/grants/view.h"

#include <stdlib.h>
#include <string.h>

/* More paths than anybody writes; what follows grows with their square. */
#define VIEWS_MAX 2000

/* What is in `/`: hier(7), file-hierarchy(7). */
static const char *const usual[] = { "bin",   "boot", "dev", "etc",  "home", "lib", "lib64",
				     "media", "mnt",  "opt", "proc", "root", "run", "sbin",
				     "srv",   "sys",  "tmp", "usr",  "var" };

static bool make_room(struct views *places)
{
	struct view *grown = reallocarray(places->place, places->count + 1, sizeof *grown);

	if (grown)
		places->place = grown;
	return grown != NULL;
}

static bool keep(struct views *places, const struct view *place)
{
	if (!place->path || !place->text || !make_room(places)) {
		free(place->path);
		free(place->text);
		places->failed = true;
		return false;
	}
	places->place[places->count++] = *place;
	return true;
}

bool views_say(struct views *places, const struct statement *from, struct bytes path, unsigned said,
	       unsigned given)
{
	struct view place = { .said = said, .given = given & said, .from = *from };

	while (path.size > 1 && path.data[path.size - 1] == '/')
		path.size--;
	if (!name_is_canonical(path)) {
		granted_note(from, NOTE_UNREAD, "\"%.*s\" is no path that can be followed",
			     (int)(path.size < 200 ? path.size : 200), path.data);
		return false;
	}
	if (places->count == VIEWS_MAX) {
		if (places->is_full)
			return false;
		places->is_full = true;
		granted_note(from, NOTE_UNREAD, "from here on: there are more than %d paths",
			     VIEWS_MAX);
		return false;
	}
	place.path = strndup(path.data, path.size);
	place.text = strdup(from->text ? from->text : "granted");
	place.from.text = place.text;
	return keep(places, &place);
}

void views_release(struct views *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->place[i].path);
		free(places->place[i].text);
	}
	free(places->place);
	*places = (struct views){ 0 };
}

/* ---- one path once, sorted ---- */

static int compare(const void *a, const void *b)
{
	const struct view *one = a, *other = b;

	return strcmp(one->path, other->path);
}

static void settle(struct views *places)
{
	size_t kept = 0;

	/* Of equal ones as they stood: a stable sort, for the later one counts. */
	for (size_t i = 0; i < places->count; i++) {
		struct view *place = &places->place[i];
		size_t at = 0;

		while (at < kept && strcmp(places->place[at].path, place->path) != 0)
			at++;
		if (at == kept) {
			places->place[kept++] = *place;
			continue;
		}
		places->place[at].given &= ~place->said;
		places->place[at].given |= place->given;
		places->place[at].said |= place->said;
		free(places->place[at].text);
		free(place->path);
		places->place[at].text = place->text;
		places->place[at].from = place->from;
	}
	places->count = kept;
	if (kept)
		qsort(places->place, kept, sizeof *places->place, compare);
}

/* ---- one right ---- */

struct walk {
	const struct views *places;
	struct granted *grants;
	const struct source *source;
	enum view_right right;
	bool noted;
};

static bool is_below(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	if (size == 1)
		return path[1] != '\0';
	return !strncmp(path, folder, size) && path[size] == '/';
}

static bool says(const struct walk *walk, const struct view *place)
{
	return place->said & 1u << walk->right;
}

static bool gives(const struct walk *walk, const struct view *place)
{
	return place->given & 1u << walk->right;
}

/* Who says it of a path; NULL: nobody. */
static const struct view *sayer(const struct walk *walk, const char *path, bool itself)
{
	const struct view *best = NULL;

	for (size_t i = 0; i < walk->places->count; i++) {
		const struct view *place = &walk->places->place[i];

		if (says(walk, place) &&
		    (is_below(path, place->path) || (itself && !strcmp(path, place->path))) &&
		    (!best || strlen(place->path) > strlen(best->path)))
			best = place;
	}
	return best;
}

/* Whether something below the path has what the path has not. */
static bool has_exception(const struct walk *walk, const char *path)
{
	for (size_t i = 0; i < walk->places->count; i++)
		if (says(walk, &walk->places->place[i]) && gives(walk, &walk->places->place[i]) &&
		    is_below(walk->places->place[i].path, path))
			return true;
	return false;
}

static void add(const struct walk *walk, const struct view *place, const char *path, bool is_denied)
{
	struct statement from = place->from;
	struct bytes name = bytes_of(path);

	from.is_denied = is_denied;
	if (walk->right == VIEW_SEE) {
		granted_add_tree(&from, RESOURCE_FILE, GRANT_READ, name);
		granted_add_tree(&from, RESOURCE_SOCKET, GRANT_BIT(CONNECT) | GRANT_BIT(SEND),
				 name);
	} else if (walk->right == VIEW_CHANGE) {
		granted_add_tree(&from, RESOURCE_FILE, GRANT_CHANGE, name);
		granted_add_tree(&from, RESOURCE_SOCKET, GRANT_LISTEN, name);
	} else {
		granted_add_tree(&from, RESOURCE_FILE, GRANT_BIT(MAP), name);
		granted_add_tree(&from, RESOURCE_PROGRAM, GRANT_ALL, name);
	}
}

static void grant(struct walk *walk, const struct view *place, const char *path);

/* The usual names in `/` in its place: what is hidden there shows a part. */
static void grant_usual(struct walk *walk, const struct view *place)
{
	if (!walk->noted)
		granted_note(&(struct statement){ .source = walk->source, .grants = walk->grants },
			     NOTE_NARROWER, "of / only the names that are usual there");
	walk->noted = true;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		scoped(buffer) struct buffer path = { 0 };
		const struct view *own;

		buffer_printf(&path, "/%s", usual[i]);
		walk->grants->failed |= path.failed;
		own = path.failed ? NULL : sayer(walk, buffer_text(&path), true);
		if (own && own == place)
			grant(walk, place, buffer_text(&path));
	}
}

/* Whether the first that says something between `top` and the place is the place itself. */
static bool is_next(const struct walk *walk, const struct view *place, const char *top)
{
	const struct view *above = sayer(walk, place->path, false);

	return !above || !is_below(above->path, top);
}

/* Whether it is the first below the path that says that something is missing. */
static bool is_taken(const struct walk *walk, const struct view *place, const char *path)
{
	return says(walk, place) && !gives(walk, place) && is_below(place->path, path) &&
	       is_next(walk, place, path);
}

static void take(const struct walk *walk, const struct view *place)
{
	if (!has_exception(walk, place->path))
		add(walk, place, place->path, true);
	else
		granted_note(&place->from, NOTE_WIDER,
			     "%s is not there but for a part: all of it is counted", place->path);
}

/* All below the path but what is taken from it; what shows within that is granted by itself. */
static void grant(struct walk *walk, const struct view *place, const char *path)
{
	const struct views *places = walk->places;

	for (size_t i = 0; i < places->count && !path[1]; i++) {
		const struct view *other = &places->place[i];

		if (is_taken(walk, other, path) && has_exception(walk, other->path)) {
			grant_usual(walk, place);
			return;
		}
	}
	add(walk, place, path, false);
	for (size_t i = 0; i < places->count; i++)
		if (is_taken(walk, &places->place[i], path))
			take(walk, &places->place[i]);
}

/* What cannot be seen can be neither changed nor executed. */
static bool is_visible(struct walk walk, const char *path)
{
	const struct view *place;

	walk.right = VIEW_SEE;
	place = sayer(&walk, path, true);
	return place && gives(&walk, place);
}

static void walk_right(struct walk *walk)
{
	for (size_t i = 0; i < walk->places->count; i++) {
		const struct view *place = &walk->places->place[i];
		const struct view *above = sayer(walk, place->path, false);

		if (says(walk, place) && gives(walk, place) && (!above || !gives(walk, above)) &&
		    is_visible(*walk, place->path))
			grant(walk, place, place->path);
	}
}

void views_add_up(struct views *places, const struct source *source, struct granted *grants)
{
	struct walk walk = { .places = places, .grants = grants, .source = source };

	grants->failed |= places->failed;
	if (grants->failed)
		return;
	settle(places);
	for (int right = 0; right < VIEW_RIGHTS; right++) {
		walk.right = (enum view_right)right;
		walk_right(&walk);
	}
	grants->governs |= 1u << RESOURCE_FILE | 1u << RESOURCE_PROGRAM;
}
