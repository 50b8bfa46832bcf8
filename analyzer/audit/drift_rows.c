#include "analyzer/audit/drift.h"

#include "analyzer/audit/beyond.h"
#include "analyzer/audit/memo.h"
#include "analyzer/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An object is what its pattern says: the same in all runs, whatever their roots and phases. */
struct object {
	size_t text; /* of all texts */
	uint32_t memo;
	uint32_t first_run, last_run, runs;
	uint8_t resource, action;
};

struct objects {
	const struct memos *memos;
	struct object *object;
	size_t count;
	struct buffer text; /* each ended by a NUL */
};

static void objects_cleanup(struct objects *objects)
{
	free(objects->object);
	buffer_release(&objects->text);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct object *one = a, *other = b;
	const char *text = context;
	int order;

	if (one->resource != other->resource)
		return one->resource < other->resource ? -1 : 1;
	if (one->action != other->action)
		return one->action < other->action ? -1 : 1;
	order = strcmp(text + one->text, text + other->text);
	return order ? order : one->memo < other->memo ? -1 : one->memo > other->memo;
}

/* Those that are alike stand together. */
static void merge(struct objects *objects)
{
	const char *text = objects->text.data;
	size_t count = 0;

	for (size_t i = 0; i < objects->count; i++) {
		const struct object *one = &objects->object[i];
		struct object *last = count ? &objects->object[count - 1] : NULL;

		if (!last || last->resource != one->resource || last->action != one->action ||
		    strcmp(text + last->text, text + one->text)) {
			objects->object[count++] = *one;
			continue;
		}
		if (one->first_run < last->first_run)
			last->first_run = one->first_run;
		if (one->last_run > last->last_run)
			last->last_run = one->last_run;
		last->runs += one->runs;
	}
	objects->count = count;
}

static int collect(struct objects *objects, const struct evidence *roots)
{
	const struct memos *memos = objects->memos;

	objects->object = calloc(memos->count + 1, sizeof *objects->object);
	if (!objects->object)
		return -ENOMEM;
	for (size_t i = 0; i < memos->count; i++) {
		const struct memo *memo = &memos->memo[i];

		if (!memo->runs || !memo->key)
			continue;
		objects->object[objects->count++] = (struct object){ .resource = memo->resource,
								     .action = memo->action,
								     .text = objects->text.size,
								     .memo = (uint32_t)i,
								     .first_run = memo->first_run,
								     .last_run = memo->last_run,
								     .runs = memo->runs };
		pattern_of_name(&roots->root[memo->root].roots, (enum resource)memo->resource,
				memo->name, &objects->text);
		buffer_append(&objects->text, "", 1);
	}
	if (buffer_status(&objects->text) < 0)
		return -ENOMEM;
	qsort_r(objects->object, objects->count, sizeof *objects->object, compare,
		objects->text.data);
	merge(objects);
	return 0;
}

/* ---- which are new, and gone ---- */

static bool is_gone(const struct drift *drift, const struct object *object)
{
	return object->last_run >= drift->first && object->last_run < drift->split;
}

static void count_object(const struct drift *drift, const struct object *object,
			 struct drift_row *row)
{
	row->fresh += object->first_run >= drift->split;
	row->gone += is_gone(drift, object);
	row->kept += object->first_run < drift->split && object->last_run >= drift->split;
}

/* The changes before it and behind it.  Several kinds that changed between the same two runs stand
 * together, and each has all that came with them. */
struct stretch {
	size_t before, at, behind; /* numbers of runs */
};

static struct stretch stretch_of(const struct audit_drift *said, const struct drift *drift,
				 size_t change)
{
	struct stretch stretch = { 0, drift->change_run[change], SIZE_MAX };

	for (size_t i = 0; i < said->change_count; i++) {
		size_t other = drift->change_run[i];

		if (other < stretch.at && other > stretch.before)
			stretch.before = other;
		if (other > stretch.at && other < stretch.behind)
			stretch.behind = other;
	}
	return stretch;
}

static void count_for_changes(struct audit_drift *said, const struct drift *drift,
			      const struct objects *objects)
{
	for (size_t i = 0; i < said->change_count; i++) {
		struct stretch stretch = stretch_of(said, drift, i);
		struct drift_change *change = &said->change[i];

		for (size_t k = 0; k < objects->count; k++) {
			const struct object *object = &objects->object[k];

			change->fresh += object->first_run >= stretch.at &&
					 object->first_run < stretch.behind;
			change->gone +=
				object->last_run < stretch.at && object->last_run >= stretch.before;
		}
	}
}

static int count_objects(struct auditing *auditing, const struct objects *objects)
{
	struct audit_drift *said = &auditing->audit->drift;
	struct drift_row *row = NULL;

	said->row = calloc(DRIFT_KINDS_MAX, sizeof *said->row);
	if (!said->row)
		return -ENOMEM;
	for (size_t i = 0; i < objects->count; i++) {
		const struct object *object = &objects->object[i];

		if (!row || row->resource != object->resource || row->action != object->action) {
			row = &said->row[said->row_count++];
			*row = (struct drift_row){ .resource = object->resource,
						   .action = object->action };
		}
		count_object(auditing->drift, object, row);
	}
	count_for_changes(said, auditing->drift, objects);
	return 0;
}

/* ---- what is gone, for the finding ---- */

/* What so few runs used before, chance may leave out now. */
#define GONE_RUNS 3

static bool is_told(const struct drift *drift, const struct object *object)
{
	return is_gone(drift, object) && object->runs >= GONE_RUNS;
}

static int add_gone(struct beyond *beyond, const struct objects *objects,
		    const struct object *object)
{
	const struct memo *memo = &objects->memos->memo[object->memo];
	struct beyond_group *group =
		beyond->gone_count ? &beyond->gone[beyond->gone_count - 1] : NULL;

	if (!group || group->resource != object->resource || group->action != object->action) {
		group = &beyond->gone[beyond->gone_count++];
		*group = (struct beyond_group){ .resource = object->resource,
						.action = object->action };
	}
	group->objects++;
	if (group->example_count == EXAMPLES_MAX)
		return 0;
	group->witness[group->example_count] = memo_witness(objects->memos, memo);
	group->example[group->example_count] = strdup(objects->text.data + object->text);
	return group->example[group->example_count++] ? 0 : -ENOMEM;
}

static int find_gone(struct auditing *auditing, const struct objects *objects)
{
	struct beyond *beyond = &auditing->beyond;
	int r = 0;

	beyond->gone = calloc(DRIFT_KINDS_MAX, sizeof *beyond->gone);
	if (!beyond->gone)
		return -ENOMEM;
	for (size_t i = 0; i < objects->count && r == 0; i++)
		if (is_told(auditing->drift, &objects->object[i]))
			r = add_gone(beyond, objects, &objects->object[i]);
	return r;
}

int drift_end(struct auditing *auditing, const struct memos *memos, const struct evidence *roots)
{
	scoped(objects) struct objects objects = { .memos = memos };
	int r = collect(&objects, roots);

	r = r < 0 ? r : count_objects(auditing, &objects);
	r = r < 0 ? r : find_gone(auditing, &objects);
	return r < 0 ? r : drift_test(auditing);
}
