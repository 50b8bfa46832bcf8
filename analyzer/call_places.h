#ifndef ANALYZER_CALL_PLACES_H
#define ANALYZER_CALL_PLACES_H

#include "analyzer/tool_calls.h"

struct json_t;

/* Every value that calls of one tool in one phase had, by where it stands: found once, however many
 * parts of the runs are looked at. */

struct sighting {
	const char *text; /* of the value; of arrays and objects their size; equal ones share it */
	struct json_t *value;
	const struct call_sample *sample; /* who had it */
};

/* All of one path and type, sorted by text. */
struct spot {
	char *path;
	enum argument_type type;
	const struct sighting *sighting;
	size_t count;
};

struct call_places {
	struct spot *spot; /* sorted by path and type */
	size_t count;
	struct sighting *sighting;
	size_t sightings;
};

/* Those of the calls of which `first` is the first sample, which keeps them.  0, -ENOMEM. */
int call_places_find(struct call_sample *first, const struct call_places **ret);
void call_places_release(struct call_places *places); /* NULL is fine */

/* The index of a place, or as many as there are. */
size_t call_places_index(const struct call_places *places, const char *path,
			 enum argument_type type);

/* The next sample of the same tool and phase, or NULL. */
struct call_sample *sample_next(const struct call_sample *sample);

#endif
