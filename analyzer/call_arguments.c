#include "analyzer/call_arguments.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct sightings {
	struct sighting *sighting;
	size_t count, capacity;
};

/* All sightings of one path and type. */
struct spot {
	const struct sighting *sighting;
	size_t count;
};

struct mining {
	struct sightings seen;
	struct spot *place; /* sorted by path and type */
	size_t places;
	const bool *left_out;
	size_t runs;
	const struct tuning *tuning;
	struct buffer *why;
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

/* ---- every value, with its place ---- */

static int describe(struct sighting *sighting, json_t *value)
{
	scoped(buffer) struct buffer text = { 0 };
	int r = 0;

	sighting->type = type_of(value);
	sighting->value = value;
	if (sighting->type == TYPE_ARRAY)
		buffer_printf(&text, "%zu", json_array_size(value));
	else if (sighting->type != TYPE_OBJECT)
		r = value_write(value, &text);
	buffer_add(&text, "");
	if (r == 0)
		r = buffer_status(&text);
	sighting->text = buffer_steal(&text);
	return r;
}

static int add_sighting(struct sightings *seen, json_t *value, const struct buffer *path,
			const struct call_sample *sample)
{
	size_t capacity = seen->capacity ? seen->capacity * 2 : 64;
	struct sighting *grown = seen->sighting;

	if (seen->count == seen->capacity) {
		grown = reallocarray(grown, capacity, sizeof *grown);
		if (!grown)
			return -ENOMEM;
		seen->sighting = grown;
		seen->capacity = capacity;
	}
	grown += seen->count;
	*grown = (struct sighting){ .path = strdup(buffer_text(path)), .sample = sample };
	seen->count++;
	return grown->path ? describe(grown, value) : -ENOMEM;
}

static int look(struct sightings *seen, json_t *value, struct buffer *path,
		const struct call_sample *sample);

static int look_into(struct sightings *seen, const char *name, json_t *part, struct buffer *path,
		     const struct call_sample *sample)
{
	size_t size = path->size;
	int r;

	pointer_add(path, name);
	r = buffer_status(path);
	if (r == 0)
		r = look(seen, part, path, sample);
	path->size = size;
	path->data[size] = '\0';
	return r;
}

/* As deep as calls are read: ARGUMENT_DEPTH_MAX. */
static int look(struct sightings *seen, json_t *value, struct buffer *path,
		const struct call_sample *sample)
{
	const char *name;
	json_t *part;
	size_t i;
	int r = add_sighting(seen, value, path, sample);

	json_object_foreach(value, name, part) r =
		r ? r : look_into(seen, name, part, path, sample);
	json_array_foreach(value, i, part) r = r ? r : look_into(seen, NULL, part, path, sample);
	return r;
}

static int compare_places(const struct sighting *a, const struct sighting *b)
{
	int order = strcmp(a->path, b->path);

	return order ? order : (int)a->type - (int)b->type;
}

static int compare_sightings(const void *a, const void *b)
{
	const struct sighting *one = a, *other = b;
	int order = compare_places(one, other);

	return order ? order : strcmp(one->text, other->text);
}

static int group(struct mining *mining)
{
	const struct sighting *sighting = mining->seen.sighting;
	size_t count = mining->seen.count;

	mining->place = calloc(count + 1, sizeof *mining->place);
	if (!mining->place)
		return -ENOMEM;
	if (count)
		qsort(mining->seen.sighting, count, sizeof *sighting, compare_sightings);
	for (size_t i = 0; i < count; i++) {
		if (!i || compare_places(&sighting[i - 1], &sighting[i]))
			mining->place[mining->places++].sighting = &sighting[i];
		mining->place[mining->places - 1].count++;
	}
	return 0;
}

/* ---- is it in each object? ---- */

static int compare_place(const void *key, const void *member)
{
	return compare_places(key, ((const struct spot *)member)->sighting);
}

static size_t count_of(const struct mining *mining, const char *path, enum argument_type type)
{
	const struct sighting key = { .path = (char *)path, .type = type };
	const struct spot *place =
		bsearch(&key, mining->place, mining->places, sizeof *mining->place, compare_place);

	return place ? place->count : 0;
}

static bool is_needed(const struct mining *mining, const char *path)
{
	const char *slash = strrchr(path, '/');
	scoped(buffer) struct buffer parent = { 0 };
	size_t there = 0;

	if (!slash || !strcmp(slash, "/*"))
		return false;
	buffer_append(&parent, path, (size_t)(slash - path));
	for (enum argument_type type = TYPE_ARRAY; type <= TYPE_STRING; type++)
		there += count_of(mining, path, type);
	return buffer_status(&parent) == 0 &&
	       there == count_of(mining, buffer_text(&parent), TYPE_OBJECT);
}

/* ---- the values of one place ---- */

static void add_runs(const struct mining *mining, const struct call_sample *sample,
		     struct choice *choice)
{
	for (size_t i = 0; i < sample->runs && choice->runs < 2; i++) {
		if (mining->left_out && mining->left_out[sample->run[i]])
			continue;
		if (!choice->runs)
			choice->run = sample->run[i];
		choice->runs = choice->runs && sample->run[i] != choice->run ? 2 : 1;
	}
}

static int find_choices(const struct mining *mining, const struct spot *place, struct choices *ret)
{
	struct choice *choice = calloc(place->count, sizeof *choice);
	size_t count = 0;

	if (!choice)
		return -ENOMEM;
	for (size_t i = 0; i < place->count; i++) {
		const struct sighting *seen = &place->sighting[i];

		if (!i || strcmp(seen->text, choice[count - 1].text) != 0)
			choice[count++] =
				(struct choice){ .text = seen->text, .value = seen->value };
		add_runs(mining, seen->sample, &choice[count - 1]);
	}
	*ret = (struct choices){ choice, count, mining->runs };
	return 0;
}

size_t choices_spread(const struct choices *choices, bool (*keep)(const struct choice *, void *),
		      void *context)
{
	bool *seen = calloc(choices->runs + 1, sizeof *seen);
	size_t spread = 0;

	for (size_t i = 0; seen && i < choices->count; i++) {
		const struct choice *choice = &choices->choice[i];

		if (choice->runs != 1 || seen[choice->run] || (keep && !keep(choice, context)))
			continue;
		seen[choice->run] = true;
		spread++;
	}
	free(seen);
	return spread;
}

static int set_items(struct choices *choices, const struct tuning *tuning,
		     struct argument *argument)
{
	long long least = LLONG_MAX, most = 0;
	size_t spread = choices_spread(choices, NULL, NULL);
	bool open = tuning->chosen_runs && spread >= tuning->chosen_runs;

	for (size_t i = 0; i < choices->count; i++) {
		long long size = strtoll(choices->choice[i].text, NULL, 10);

		choices->choice[i].open = open && choices->choice[i].runs == 1;
		least = size < least ? size : least;
		most = size > most ? size : most;
	}
	return set_limits(argument, least, most, open);
}

static int add_values(const struct choices *choices, struct argument *argument)
{
	int r = 0;

	for (size_t i = 0; i < choices->count && r == 0; i++)
		if (!choices->choice[i].open)
			r = texts_add(&argument->value, &argument->value_count,
				      strdup(choices->choice[i].text));
	return r;
}

static int open_values(const struct mining *mining, struct choices *choices,
		       struct argument *argument)
{
	int r = 0;

	if (argument->type == TYPE_STRING)
		r = open_strings(choices, mining->tuning, argument);
	else if (argument->type != TYPE_BOOLEAN)
		r = open_numbers(choices, mining->tuning, argument);
	return r ? r : add_values(choices, argument);
}

/* Which values show that it is open. */
static void explain(struct buffer *why, const struct choices *choices,
		    const struct argument *argument)
{
	const struct choice *witness = NULL;
	scoped(buffer) struct buffer what = { 0 };
	size_t open = 0;

	for (size_t i = 0; i < choices->count; i++) {
		open += choices->choice[i].open;
		witness = witness || !choices->choice[i].open ? witness : &choices->choice[i];
	}
	if (!witness)
		return;
	argument_describe(&(struct argument){ .path = argument->path,
					      .type = argument->type,
					      .needed = true,
					      .format = argument->format,
					      .least = argument->least,
					      .most = argument->most },
			  0, NULL, &what);
	buffer_printf(why, "%s%s is open: %zu values that one run each had, such as %.*s",
		      why->size ? "; " : "", buffer_text(&what), open, 40, witness->text);
}

static int mine_place(const struct mining *mining, const struct spot *place, struct arguments *ret)
{
	struct argument argument = { .path = strdup(place->sighting->path),
				     .type = place->sighting->type,
				     .needed = is_needed(mining, place->sighting->path) };
	struct choices choices = { 0 };
	int r = argument.path ? find_choices(mining, place, &choices) : -ENOMEM;

	if (r == 0 && argument.type == TYPE_ARRAY)
		r = set_items(&choices, mining->tuning, &argument);
	else if (r == 0 && argument.type != TYPE_OBJECT && argument.type != TYPE_NULL)
		r = open_values(mining, &choices, &argument);
	if (r == 0)
		explain(mining->why, &choices, &argument);
	free(choices.choice);
	if (r == 0)
		return arguments_add(ret, &argument);
	argument_release(&argument);
	return r;
}

static void mining_release(struct mining *mining)
{
	for (size_t i = 0; i < mining->seen.count; i++) {
		free(mining->seen.sighting[i].path);
		free(mining->seen.sighting[i].text);
	}
	free(mining->seen.sighting);
	free(mining->place);
}

/* ---- all calls of one tool ---- */

static const struct call_sample *next_of(const struct call_sample *sample)
{
	const struct call_sample *next = sample->hh.next;

	return next && !strcmp(sample_tool(next), sample_tool(sample)) &&
			       !strcmp(sample_phase(next), sample_phase(sample))
		       ? next
		       : NULL;
}

static bool counts(const struct call_sample *sample, const bool *left_out)
{
	return sample->called.value && sample_remains(sample, left_out);
}

static int take_exact(const struct call_sample *first, const bool *left_out, struct arguments *ret)
{
	int r = 0;

	for (const struct call_sample *at = first; at && r == 0; at = next_of(at)) {
		const char *phase = sample_phase(at);

		if (counts(at, left_out) && json_is_object(at->called.value))
			r = texts_add(&ret->exact, &ret->exact_count,
				      strdup(phase + strlen(phase) + 1));
	}
	return r;
}

static int mine(struct mining *mining, const struct call_sample *first, struct arguments *ret)
{
	scoped(buffer) struct buffer path = { 0 };
	int r = 0;

	buffer_add(&path, "");
	for (const struct call_sample *at = first; at && r == 0; at = next_of(at))
		if (counts(at, mining->left_out) && json_is_object(at->called.value))
			r = look(&mining->seen, at->called.value, &path, at);
	if (r == 0)
		r = group(mining);
	for (size_t i = 0; i < mining->places && r == 0; i++)
		r = mine_place(mining, &mining->place[i], ret);
	return r;
}

/* Where nobody knows what a tool was called with, it may be called with nothing. */
static int take_nothing(struct arguments *ret)
{
	struct argument whole = { .path = strdup(""), .type = TYPE_OBJECT };

	return whole.path ? arguments_add(ret, &whole) : -ENOMEM;
}

int arguments_of_calls(const struct call_sample *first, const bool *left_out, size_t runs,
		       const struct tuning *tuning, struct arguments *ret, struct buffer *why)
{
	struct mining mining = { .left_out = left_out, .runs = runs, .tuning = tuning, .why = why };
	int r = tuning ? mine(&mining, first, ret) : take_exact(first, left_out, ret);

	mining_release(&mining);
	if (r == 0 && arguments_are_free(ret))
		r = take_nothing(ret);
	return r ? r : buffer_status(why);
}
