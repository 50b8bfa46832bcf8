#include "analyzer/grants/mounts.h"
#include "core/error.h"
#include "core/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void nest_cleanup(struct nest *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->place[i].text);
		free(places->place[i].name);
		free(places->place[i].pattern);
	}
	free(places->place);
	*places = (struct nest){ 0 };
}

static bool reserve(struct nest *places)
{
	size_t capacity = places->capacity ? places->capacity * 2 : 16;
	struct nest_place *grown;

	if (places->count < places->capacity)
		return true;
	grown = reallocarray(places->place, capacity, sizeof *grown);
	if (!grown)
		return false;
	places->place = grown;
	places->capacity = capacity;
	return true;
}

static void keep(struct nest *places, const struct nest_place *like, struct buffer *name,
		 const char *pattern)
{
	struct nest_place place = *like;

	place.text = like->from.text ? strdup(like->from.text) : NULL;
	place.name = buffer_steal(name);
	place.pattern = strdup(pattern);
	if (!place.name || !place.pattern || (like->from.text && !place.text) || !reserve(places)) {
		places->failed = true;
		free(place.text);
		free(place.name);
		free(place.pattern);
		return;
	}
	place.from.text = place.text;
	places->place[places->count++] = place;
}

bool nest_add(struct nest *places, const struct nest_place *like, enum root_kind root,
	      struct bytes path)
{
	const struct roots *roots = &like->from.source->roots;
	struct bytes folder = root_folder(roots, root);
	scoped(buffer) struct buffer name = { 0 }, pattern = { 0 };

	if ((!root || path.size) && !name_is_canonical(path)) {
		granted_note(&like->from, NOTE_UNREAD,
			     "a path must be absolute, without empty, . and .. components");
		return false;
	}
	buffer_append(&name, folder.data, folder.size);
	if (root && !folder.size) {
		buffer_add(&name, root_text(root));
		buffer_add(&pattern, root_text(root));
		if (path.size)
			pattern_of_name(&(struct roots){ 0 }, RESOURCE_FILE, path, &pattern);
	}
	buffer_append(&name, path.data, path.size);
	if (!pattern.size)
		pattern_of_name(roots, RESOURCE_FILE, buffer_bytes(&name), &pattern);
	if (buffer_status(&name) < 0 || buffer_status(&pattern) < 0)
		places->failed = true;
	else
		keep(places, like, &name, buffer_text(&pattern));
	return true;
}

static bool holds(const char *outer, const char *inner)
{
	size_t size = strlen(outer);

	if (!strcmp(outer, "/"))
		return true;
	return !strncmp(outer, inner, size) && (!inner[size] || inner[size] == '/');
}

void nest_cover(struct nest *places)
{
	struct nest_place last;
	size_t kept = 0;

	if (!places->count)
		return;
	last = places->place[places->count - 1];
	for (size_t i = 0; i + 1 < places->count; i++) {
		struct nest_place *place = &places->place[i];

		if (!holds(last.name, place->name)) {
			places->place[kept++] = *place;
			continue;
		}
		free(place->text);
		free(place->name);
		free(place->pattern);
	}
	places->place[kept++] = last;
	places->count = kept;
}

void nest_drop(struct nest *places)
{
	struct nest_place *last = &places->place[--places->count];

	free(last->text);
	free(last->name);
	free(last->pattern);
}

/* ---- what they grant ---- */

/* A place in the order of their names, an outer one first. */
struct nested {
	struct nest_place *place;
	size_t outer;	 /* index; its own where there is none */
	unsigned within; /* actions of all in it */
	unsigned around; /* what rules and denials further out leave of it */
	unsigned left;	 /* the same for what is in it */
};

static int rank(char c)
{
	return c == '/' ? 1 : c ? 2 + (unsigned char)c : 0;
}

/* "/" before all other bytes, so that what is in a folder follows it. */
static int compare_names(const char *a, const char *b)
{
	bool root_a = !strcmp(a, "/"), root_b = !strcmp(b, "/");

	if (root_a || root_b)
		return root_b - root_a;
	while (*a && *a == *b)
		a++, b++;
	return rank(*a) - rank(*b);
}

static int compare(const void *a, const void *b)
{
	const struct nested *one = a, *other = b;
	int order = compare_names(one->place->name, other->place->name);

	return order ? order : one->place < other->place ? -1 : one->place > other->place;
}

/* Of those of one name. */
static size_t keep_last(struct nested *nested, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (i + 1 == count || strcmp(nested[i].place->name, nested[i + 1].place->name) != 0)
			nested[kept++] = nested[i];
	return kept;
}

static void find_outer(struct nested *nested, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = i ? i - 1 : 0;

		while (!holds(nested[at].place->name, nested[i].place->name) &&
		       nested[at].outer != at)
			at = nested[at].outer;
		if (i && !holds(nested[at].place->name, nested[i].place->name))
			at = holds(nested[0].place->name, nested[i].place->name) ? 0 : i;
		nested[i].outer = at;
	}
	for (size_t i = count; i-- > 1;)
		if (nested[i].outer != i)
			nested[nested[i].outer].within |=
				nested[i].within | nested[i].place->actions;
}

/* What is allowed at the place itself: a mount stays where it is. */
static unsigned here(const struct nest_place *place)
{
	return place->is_mount ? place->actions & ~GRANT_ENTRY : place->actions;
}

static void add_rules(const struct nest_place *place, const struct statement *from,
		      unsigned actions, bool is_below)
{
	scoped(buffer) struct buffer below = { 0 };
	const char *pattern = place->pattern;

	if (is_below) {
		buffer_printf(&below, "%s/**", strcmp(pattern, "/") != 0 ? pattern : "");
		pattern = buffer_text(&below);
	}
	if (buffer_status(&below) < 0) {
		from->grants->failed = true;
		return;
	}
	granted_add(from, RESOURCE_FILE, actions, pattern);
	/* Only files are known to be a run's own: the programs of others are not there. */
	if (from->own)
		return;
	if (actions & GRANT_BIT(EXEC) && strcmp(pattern, "/") != 0)
		granted_add(from, RESOURCE_PROGRAM, actions, pattern);
	if (actions & SANDBOX_SOCKET && strcmp(pattern, "/") != 0)
		granted_add(from, RESOURCE_SOCKET, actions, pattern);
}

static void deny(struct nested *nested, unsigned lost)
{
	struct nest_place *place = nested->place;
	struct statement from = place->from;
	unsigned active = lost & ~nested->within;

	if (lost & nested->within & (GRANT_READ | GRANT_CHANGE))
		granted_note(&from, NOTE_WIDER,
			     "it takes away what is granted around it, and something in it has "
			     "that again: here all of it has");
	from.is_denied = true;
	add_rules(place, &from, active, false);
	if (!place->is_file)
		add_rules(place, &from, active, true);
	nested->left &= ~active;
}

/* What a place around it grants needs no rule of its own. */
static void grant(struct nested *nested, unsigned around)
{
	struct nest_place *place = nested->place;
	struct statement from = place->from;

	from.own = place->own;
	add_rules(place, &from, here(place) & ~around, false);
	if (!place->is_file)
		add_rules(place, &from, place->actions & ~around, true);
}

/* The folders on the way are there, though empty. */
static void grant_way(const struct nested *nested)
{
	struct statement from = nested->place->from;
	scoped(buffer) struct buffer way = { 0 };
	const char *slash = nested->place->pattern;

	from.text = "the way to what is granted";
	from.line = 0;
	while (*slash && (slash = strchr(slash + 1, '/'))) {
		buffer_clear(&way);
		buffer_append(&way, nested->place->pattern,
			      (size_t)(slash - nested->place->pattern));
		granted_add(&from, RESOURCE_FILE, GRANT_LOOK, buffer_text(&way));
	}
	if (*nested->place->pattern == '/')
		granted_add(&from, RESOURCE_FILE, GRANT_LOOK, "/");
	from.grants->failed |= way.failed;
}

static void settle(struct nested *nested, const struct nested *outer)
{
	const struct nest_place *place = nested->place;
	unsigned around = outer ? outer->left : 0, lost;

	nested->left = around | (place->own ? 0 : place->actions);
	if (!outer || outer->place->own)
		grant_way(nested);
	lost = place->adds ? 0 : around & ~(place->own ? 0 : place->actions);
	if (lost)
		deny(nested, lost);
	grant(nested, around);
}

void nest_grant(struct nest *places, struct granted *grants)
{
	struct nested *nested = calloc(places->count + 1, sizeof *nested);
	size_t count;

	if (!nested || places->failed) {
		grants->failed = true;
		free(nested);
		return;
	}
	for (size_t i = 0; i < places->count; i++)
		nested[i].place = &places->place[i];
	qsort(nested, places->count, sizeof *nested, compare);
	count = keep_last(nested, places->count);
	find_outer(nested, count);
	for (size_t i = 0; i < count; i++)
		settle(&nested[i], nested[i].outer != i ? &nested[nested[i].outer] : NULL);
	free(nested);
}
