#include "analyzer/objective.h"

#include "analyzer/protect.h"
#include "core/match.h"

#include <string.h>

#define OPEN   true
#define CLOSED false

static const struct place place_row[] = {
#define PLACE(folder, weight, names) { folder, weight, names },
#include "analyzer/places.def"
};

const struct place *place_of(struct bytes path)
{
	const struct place *place = place_row;
	struct bytes ignored;

	while (*place->folder && !name_is_below(path, bytes_of(place->folder), &ignored))
		place++;
	return place;
}

int64_t weight_of(const struct tuning *tuning, struct bytes path)
{
	const struct place *place = place_of(path);

	if (tuning->workspace && !strcmp(place->folder, root_text(ROOT_WORKSPACE)))
		return tuning->workspace;
	return place->weight;
}

static int64_t action_weight(enum action action)
{
	switch (action) {
	case ACTION_EXEC:
		return 10;
	case ACTION_DELETE:
		return 5;
	default:
		return action_is_change(action) ? 3 : 1;
	}
}

/* The binary logarithm of a number and one, rounded down. */
static int64_t bits_of(uint64_t number)
{
	int64_t bits = 0;

	while (number >= (UINT64_C(2) << bits) - 1)
		bits++;
	return bits;
}

int64_t cost_of_excess(int64_t weight, enum action action, bool own, uint64_t admitted)
{
	return (own ? 1 : weight) * action_weight(action) * bits_of(admitted);
}
