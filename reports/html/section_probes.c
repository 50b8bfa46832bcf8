#include "reports/html/parts.h"
#include "reports/html/rows.h"

#include <string.h>

#define SHOWN 200

static bool is_probe(const struct object *object)
{
	return object->tally[OUTCOME_ABSENT].runs > 0;
}

static bool is_never_there(const struct object *object)
{
	return is_probe(object) && !object->tally[OUTCOME_OK].runs;
}

/* Where a probe is looked at first: where people keep things, then settings, then the work itself;
 * search paths of libraries last. */
static const struct {
	const char *start;
	int rank;
} place[] = {
	{ "$HOME", 0 }, { "/root", 0 }, { "/home", 0 }, { "$WS", 2 },  { "$TMP", 3 },
	{ "/tmp", 3 },	{ "/usr", 4 },	{ "/lib", 4 },	{ "/bin", 4 }, { "/sbin", 4 },
};

static int rank_of(const struct object *object)
{
	if (object->resource != RESOURCE_FILE)
		return 1;
	for (size_t i = 0; i < sizeof place / sizeof *place; i++)
		if (!strncmp(object->name, place[i].start, strlen(place[i].start)))
			return place[i].rank;
	return 1;
}

static int order(const struct report_model *model, const void *a, const void *b)
{
	const struct object *one = a, *other = b;
	int64_t left = one->tally[OUTCOME_ABSENT].runs, right = other->tally[OUTCOME_ABSENT].runs;
	int compared = rank_of(one) - rank_of(other);

	(void)model;
	if (compared)
		return compared;
	if (left != right)
		return left > right ? -1 : 1;
	compared = strcmp(one->name, other->name);
	return compared ? compared : (int)one->resource - (int)other->resource;
}

int section_probes(const struct report_model *model, struct element *into)
{
	int64_t probes = 0, never = 0;
	char room[2][WORDS_SIZE];

	for (size_t i = 0; i < model->object_count; i++) {
		probes += is_probe(&model->object[i]);
		never += is_never_there(&model->object[i]);
	}
	if (!probes) {
		part_answer(into, "Nothing: whatever it looked for was there.");
		return 0;
	}
	part_answer(into, "%s, of which %s never there in any run.",
		    counted(probes, "object", "objects", room[0]),
		    counted(never, "was", "were", room[1]));
	part_note(into, "A probe is not a need and is not in the proposed policy. Most are search "
			"paths of libraries and settings; one for credentials, another user's "
			"files or an unknown tool deserves a look.");
	return rows_objects(model, into,
			    &(struct object_table){
				    .id = "probes-caption",
				    .caption = "Objects that were never there: home folders and "
					       "settings first, search paths of libraries last",
				    .want = is_never_there,
				    .order = order,
				    .limit = SHOWN,
				    .outcome = OUTCOME_ABSENT,
				    .has_resource = true,
			    });
}
