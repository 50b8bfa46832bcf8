#include "analyzer/call_arguments.h"

#include "analyzer/call_places.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct mining {
	const struct call_places *places;
	size_t *there; /* of each place: sightings of the runs that are left */
	const bool *left_out;
	size_t runs;
	const struct tuning *tuning;
	struct buffer *why;
};

/* ---- is it in each object? ---- */

static size_t count_of(const struct mining *mining, const char *path, enum argument_type type)
{
	size_t index = call_places_index(mining->places, path, type);

	return index < mining->places->count ? mining->there[index] : 0;
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

		if (!sample_remains(seen->sample, mining->left_out))
			continue;
		if (!count || seen->text != choice[count - 1].text)
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
	struct argument argument = { .path = strdup(place->path),
				     .type = place->type,
				     .needed = is_needed(mining, place->path) };
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

/* ---- all calls of one tool ---- */

static bool counts(const struct call_sample *sample, const bool *left_out)
{
	return sample->called.value && sample_remains(sample, left_out);
}

static int take_exact(const struct call_sample *first, const bool *left_out, struct arguments *ret)
{
	int r = 0;

	for (const struct call_sample *at = first; at && r == 0; at = sample_next(at)) {
		const char *phase = sample_phase(at);

		if (counts(at, left_out) && json_is_object(at->called.value))
			r = texts_add(&ret->exact, &ret->exact_count,
				      strdup(phase + strlen(phase) + 1));
	}
	return r;
}

static void count_there(struct mining *mining)
{
	for (size_t i = 0; i < mining->places->count; i++) {
		const struct spot *place = &mining->places->spot[i];

		for (size_t k = 0; k < place->count; k++)
			mining->there[i] +=
				sample_remains(place->sighting[k].sample, mining->left_out);
	}
}

static int mine(struct mining *mining, struct call_sample *first, struct arguments *ret)
{
	int r = call_places_find(first, &mining->places);

	if (r < 0)
		return r;
	mining->there = calloc(mining->places->count + 1, sizeof *mining->there);
	if (!mining->there)
		return -ENOMEM;
	count_there(mining);
	for (size_t i = 0; i < mining->places->count && r == 0; i++)
		if (mining->there[i])
			r = mine_place(mining, &mining->places->spot[i], ret);
	free(mining->there);
	return r;
}

/* Where nobody knows what a tool was called with, it may be called with nothing. */
static int take_nothing(struct arguments *ret)
{
	struct argument whole = { .path = strdup(""), .type = TYPE_OBJECT };

	return whole.path ? arguments_add(ret, &whole) : -ENOMEM;
}

int arguments_of_calls(struct call_sample *first, const bool *left_out, size_t runs,
		       const struct tuning *tuning, struct arguments *ret, struct buffer *why)
{
	struct mining mining = { .left_out = left_out, .runs = runs, .tuning = tuning, .why = why };
	int r = tuning ? mine(&mining, first, ret) : take_exact(first, left_out, ret);

	if (r == 0 && arguments_are_free(ret))
		r = take_nothing(ret);
	return r ? r : buffer_status(why);
}
