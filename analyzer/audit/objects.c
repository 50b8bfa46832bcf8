#include "analyzer/audit/auditing.h"

#include "analyzer/audit/memo.h"
#include "analyzer/audit/narrow.h"
#include "analyzer/audit/used_commands.h"
#include "analyzer/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* An object is what its pattern says: below a symbolic root it is the same in all runs, whatever
 * the root stood for.  So what was used is written with the root of the grant: once for all grants
 * that have the same. */

struct object {
	size_t text; /* of all texts */
	uint32_t memo;
};

struct objects {
	struct auditing *auditing;
	const struct memos *memos;
	const struct evidence *roots;
	enum root_kind root;
	struct buffer text; /* each ended by a NUL */
	struct object *object;
	size_t count;
	uint32_t *of_grant; /* numbers of objects, sorted; those of a grant stand together */
	size_t *begin;	    /* of each grant, and the end */
};

static void objects_cleanup(struct objects *objects)
{
	buffer_release(&objects->text);
	free(objects->object);
	free(objects->of_grant);
	free(objects->begin);
}

static bool has_root(const struct objects *objects, uint32_t grant)
{
	return objects->auditing->audit->grant[grant].rule->match.root == objects->root;
}

static bool is_wanted(const struct objects *objects, const struct memo *memo)
{
	const struct grant_set *set = memo_set(objects->memos, memo);

	for (size_t i = 0; memo->runs && i < set->count; i++)
		if (has_root(objects, set->grant[i]))
			return true;
	return false;
}

static struct roots only_root(struct roots roots, enum root_kind root)
{
	struct bytes none = { 0 };

	return (struct roots){ root == ROOT_WORKSPACE ? roots.workspace : none,
			       root == ROOT_HOME ? roots.home : none,
			       root == ROOT_TMP ? roots.tmp : none };
}

static int write_texts(struct objects *objects)
{
	const struct memos *memos = objects->memos;

	objects->object = calloc(memos->count + 1, sizeof *objects->object);
	if (!objects->object)
		return -ENOMEM;
	for (size_t i = 0; i < memos->count; i++) {
		const struct memo *memo = &memos->memo[i];
		struct roots roots =
			only_root(objects->roots->root[memo->root].roots, objects->root);

		if (!is_wanted(objects, memo))
			continue;
		objects->object[objects->count++] =
			(struct object){ objects->text.size, (uint32_t)i };
		pattern_of_name(&roots, memo->resource, memo->name, &objects->text);
		buffer_append(&objects->text, "", 1);
	}
	return buffer_status(&objects->text);
}

static int compare(const void *a, const void *b, void *context)
{
	const struct object *one = a, *other = b;
	const char *text = context;
	int order = narrow_compare(text + one->text, text + other->text);

	return order ? order : one->memo < other->memo ? -1 : one->memo > other->memo;
}

/* For each object that each grant admits: counts it, or, once there is room, puts it. */
static void each_pair(struct objects *objects, bool is_put)
{
	for (size_t i = 0; i < objects->count; i++) {
		const struct memo *memo = &objects->memos->memo[objects->object[i].memo];
		const struct grant_set *set = memo_set(objects->memos, memo);

		for (size_t k = 0; k < set->count; k++) {
			if (!has_root(objects, set->grant[k]))
				continue;
			if (is_put)
				objects->of_grant[objects->begin[set->grant[k] + 1]++] =
					(uint32_t)i;
			else
				objects->begin[set->grant[k] + 2]++;
		}
	}
}

/* Which of the objects, that are sorted, each grant admits: those of grant i stand from begin[i] to
 * begin[i + 1]. */
static int spread(struct objects *objects)
{
	size_t grants = objects->auditing->audit->grant_count;

	objects->begin = calloc(grants + 2, sizeof *objects->begin);
	if (!objects->begin)
		return -ENOMEM;
	each_pair(objects, false);
	for (size_t i = 1; i < grants + 2; i++)
		objects->begin[i] += objects->begin[i - 1];
	objects->of_grant = calloc(objects->begin[grants + 1] + 1, sizeof *objects->of_grant);
	if (!objects->of_grant)
		return -ENOMEM;
	each_pair(objects, true);
	return 0;
}

static struct used used_of(const struct objects *objects, uint32_t number)
{
	const struct object *object = &objects->object[number];
	const struct memo *memo = &objects->memos->memo[object->memo];

	return (struct used){ .text = objects->text.data + object->text,
			      .raw = memo->name,
			      .first_run = memo->first_run,
			      .last_run = memo->last_run,
			      .runs = memo->runs };
}

/* Adds it to the last where that is the same. */
static size_t add_used(struct used *used, size_t count, struct used one)
{
	struct used *last = count ? &used[count - 1] : NULL;

	if (!last || strcmp(last->text, one.text)) {
		used[count] = one;
		return count + 1;
	}
	last->first_run = last->first_run < one.first_run ? last->first_run : one.first_run;
	last->last_run = last->last_run > one.last_run ? last->last_run : one.last_run;
	last->runs = last->runs > one.runs ? last->runs : one.runs;
	return count;
}

static int judge_grant(struct objects *objects, size_t number)
{
	scoped(buffer) struct buffer names = { 0 };
	struct audit_grant *grant = &objects->auditing->audit->grant[number];
	size_t begin = objects->begin[number], end = objects->begin[number + 1], count = 0;
	struct used *used = calloc(end - begin + 1, sizeof *used);
	int r = 0;

	if (!used)
		return -ENOMEM;
	for (size_t i = begin; i < end; i++)
		count = add_used(used, count, used_of(objects, objects->of_grant[i]));
	grant->use.objects = (int64_t)count;
	if (grant->use.runs >= NARROW_RUNS)
		r = narrow_names(grant->rule, used, count, &names);
	free(used);
	if (r == 0 && names.size)
		objects->auditing->note[number].names = buffer_steal(&names);
	return r;
}

static int judge_root(struct auditing *auditing, const struct memos *memos,
		      const struct evidence *roots, enum root_kind root)
{
	scoped(objects) struct objects objects = {
		.auditing = auditing, .memos = memos, .roots = roots, .root = root
	};
	int r = write_texts(&objects);

	if (r < 0)
		return r;
	qsort_r(objects.object, objects.count, sizeof *objects.object, compare, objects.text.data);
	r = spread(&objects);
	for (size_t i = 0; i < auditing->audit->grant_count && r == 0; i++)
		if (has_root(&objects, (uint32_t)i))
			r = judge_grant(&objects, i);
	return r;
}

int audit_objects(struct auditing *auditing, const struct memos *memos,
		  const struct evidence *roots)
{
	int r = 0;

	for (enum root_kind root = ROOT_NONE; root <= ROOT_TMP && r == 0; root++)
		r = judge_root(auditing, memos, roots, root);
	return r ? r : audit_commands(auditing, memos, roots);
}
