#include "analyzer/call_places.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A value as it is found, before those of a place stand together. */
struct found {
	char *path, *text;
	enum argument_type type;
	struct sighting sighting;
};

struct finding {
	struct found *found;
	size_t count, capacity;
};

static enum argument_type type_of(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return TYPE_OBJECT;
	case JSON_ARRAY:
		return TYPE_ARRAY;
	case JSON_STRING:
		return TYPE_STRING;
	case JSON_INTEGER:
		return TYPE_INTEGER;
	case JSON_REAL:
		return TYPE_NUMBER;
	case JSON_NULL:
		return TYPE_NULL;
	default:
		return TYPE_BOOLEAN;
	}
}

static int describe(struct found *found, json_t *value)
{
	scoped(buffer) struct buffer text = { 0 };
	int r = 0;

	found->type = type_of(value);
	found->sighting.value = value;
	if (found->type == TYPE_ARRAY)
		buffer_printf(&text, "%zu", json_array_size(value));
	else if (found->type != TYPE_OBJECT)
		r = value_write(value, &text);
	buffer_add(&text, "");
	if (r == 0)
		r = buffer_status(&text);
	found->text = buffer_steal(&text);
	return r;
}

static int add_found(struct finding *finding, json_t *value, const struct buffer *path,
		     const struct call_sample *sample)
{
	size_t capacity = finding->capacity ? finding->capacity * 2 : 64;
	struct found *grown = finding->found;

	if (finding->count == finding->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		finding->found = grown;
		finding->capacity = capacity;
	}
	grown += finding->count;
	*grown = (struct found){ .path = strdup(buffer_text(path)), .sighting.sample = sample };
	finding->count++;
	return grown->path ? describe(grown, value) : -ENOMEM;
}

static int look(struct finding *finding, json_t *value, struct buffer *path,
		const struct call_sample *sample);

static int look_into(struct finding *finding, const char *name, json_t *part, struct buffer *path,
		     const struct call_sample *sample)
{
	size_t size = path->size;
	int r;

	pointer_add(path, name);
	r = buffer_status(path);
	if (r == 0)
		r = look(finding, part, path, sample);
	path->size = size;
	path->data[size] = '\0';
	return r;
}

/* As deep as calls are read: ARGUMENT_DEPTH_MAX. */
static int look(struct finding *finding, json_t *value, struct buffer *path,
		const struct call_sample *sample)
{
	const char *name;
	json_t *part;
	size_t i;
	int r = add_found(finding, value, path, sample);

	json_object_foreach(value, name, part) r =
		r ? r : look_into(finding, name, part, path, sample);
	json_array_foreach(value, i, part) r = r ? r : look_into(finding, NULL, part, path, sample);
	return r;
}

static int compare_found(const void *a, const void *b)
{
	const struct found *one = a, *other = b;
	int order = strcmp(one->path, other->path);

	order = order ? order : (int)one->type - (int)other->type;
	return order ? order : strcmp(one->text, other->text);
}

static bool is_same_place(const struct found *a, const struct found *b)
{
	return a->type == b->type && !strcmp(a->path, b->path);
}

/* Takes the text over, unless the sighting before has it, too. */
static void share_text(struct call_places *places, struct found *found, bool is_first)
{
	struct sighting *sighting = &places->sighting[places->sightings++];

	*sighting = found->sighting;
	if (!is_first && !strcmp(sighting[-1].text, found->text)) {
		sighting->text = sighting[-1].text;
		return;
	}
	sighting->text = found->text;
	found->text = NULL;
}

/* What was found stands in order: the first of a place gives it its path. */
static void gather(struct call_places *places, struct finding *finding)
{
	const struct found *before = NULL;

	for (size_t i = 0; i < finding->count; i++) {
		struct found *found = &finding->found[i];
		bool is_first = !before || !is_same_place(before, found);

		share_text(places, found, is_first);
		if (is_first)
			places->spot[places->count++] = (struct spot){
				.path = found->path,
				.type = found->type,
				.sighting = &places->sighting[i],
			};
		places->spot[places->count - 1].count++;
		before = is_first ? found : before;
	}
}

/* Those paths that a place has are its own. */
static void finding_release(struct finding *finding, const struct call_places *places)
{
	size_t next = 0;

	for (size_t i = 0; i < finding->count; i++) {
		struct found *found = &finding->found[i];

		if (places && next < places->count && places->spot[next].path == found->path)
			next++;
		else
			free(found->path);
		free(found->text);
	}
	free(finding->found);
}

static struct call_places *places_of(struct finding *finding)
{
	struct call_places *places = calloc(1, sizeof *places);

	if (!places)
		return NULL;
	places->spot = calloc(finding->count + 1, sizeof *places->spot);
	places->sighting = calloc(finding->count + 1, sizeof *places->sighting);
	if (!places->spot || !places->sighting) {
		call_places_release(places);
		return NULL;
	}
	if (finding->count)
		qsort(finding->found, finding->count, sizeof *finding->found, compare_found);
	gather(places, finding);
	return places;
}

int call_places_find(struct call_sample *first, const struct call_places **ret)
{
	scoped(buffer) struct buffer path = { 0 };
	struct finding finding = { 0 };
	int r = 0;

	buffer_add(&path, "");
	for (struct call_sample *at = first->places ? NULL : first; at && r == 0;
	     at = sample_next(at))
		if (at->called.value && json_is_object(at->called.value))
			r = look(&finding, at->called.value, &path, at);
	if (r == 0 && !first->places) {
		first->places = places_of(&finding);
		r = first->places ? 0 : -ENOMEM;
		finding_release(&finding, first->places);
	} else {
		finding_release(&finding, NULL);
	}
	*ret = first->places;
	return r;
}

void call_places_release(struct call_places *places)
{
	if (!places)
		return;
	for (size_t i = 0; i < places->sightings; i++)
		if (!i || places->sighting[i].text != places->sighting[i - 1].text)
			free((char *)places->sighting[i].text);
	for (size_t i = 0; i < places->count; i++)
		free(places->spot[i].path);
	free(places->sighting);
	free(places->spot);
	free(places);
}

static int compare_spot(const void *key, const void *member)
{
	const struct spot *one = key, *other = member;
	int order = strcmp(one->path, other->path);

	return order ? order : (int)one->type - (int)other->type;
}

size_t call_places_index(const struct call_places *places, const char *path,
			 enum argument_type type)
{
	const struct spot key = { .path = (char *)path, .type = type };
	const struct spot *spot =
		bsearch(&key, places->spot, places->count, sizeof *places->spot, compare_spot);

	return spot ? (size_t)(spot - places->spot) : places->count;
}

struct call_sample *sample_next(const struct call_sample *sample)
{
	struct call_sample *next = sample->hh.next;

	return next && !strcmp(sample_tool(next), sample_tool(sample)) &&
			       !strcmp(sample_phase(next), sample_phase(sample))
		       ? next
		       : NULL;
}
